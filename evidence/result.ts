/** What came of one rule at one resource. */
export type Status = "pass" | "fail" | "undetermined" | "excepted";

/** A finding of a run, or of what lets a finding stay. */
export interface Finding {
  /** The rule's id; `settings` and `exemptions` for what is wrong with those. */
  rule: string;
  /** The resource's URN, or that of the stack where something is missing altogether. */
  urn: string;
  status: Exclude<Status, "pass">;
  /** Whether it stops a deployment. */
  level: "advisory" | "mandatory";
  /** As the pack says it in a preview. It holds no value that may be secret. */
  message: string;
  /** The property that decided. Missing where the engine told no more than the message. */
  property?: string;
  /** The day on which an exemption or a baseline entry ends. */
  until?: string;
}

/** What a pack said of one stack. */
export interface JudgedStack {
  /** `project/stack` */
  stack: string;
  resources: number;
  findings: Finding[];
  /** For each rule the URNs at which it found nothing. */
  passed: Record<string, string[]>;
  /** For each rule the resources of types that it does not judge. */
  notApplicable: Record<string, number>;
  /** Rules that were switched off for this stack. */
  disabled: string[];
}

/** Findings that stop a deployment. */
export const blocks = ({ level, status }: Finding) => level === "mandatory" && status === "fail";

/** Checks that stop a deployment because nobody could decide them. */
export const isStrictlyUndecided = ({ level, status }: Finding) =>
  level === "mandatory" && status === "undetermined";
