/** Something that a rule found. What it does not find, passes. */
export interface Finding {
  /** `undetermined`: it could not be decided with what is known now. */
  verdict: "fail" | "undetermined";
  /** The property that decided, with a path into it: `assumeRolePolicy.Statement[0]`. Part of the finding's identity. */
  property: string;
  /** What is wrong, as the end of a sentence that starts with the property. Never with a value that may be secret. */
  says: string;
  /** The one step that mends it, where it is not the rule's own `fix`. */
  fix?: string;
  /**
   * What the properties have to be, by name, where there is one right answer: the ceiling itself, or on. Never for who is
   * let in. A team can have the engine write it in (`enforcementLevel: remediate`).
   */
  remedy?: Readonly<Record<string, boolean | number | string>>;
  /** Set where the finding is true and still no reason to stop a deployment, whatever the rule's own level. */
  level?: "advisory";
}

export const fail = (property: string, says: string, fix?: string): Finding => ({
  verdict: "fail",
  property,
  says,
  ...(fix !== undefined && { fix }),
});

/** The same finding with what the property has to be. */
export const mendedBy = (finding: Finding, remedy: NonNullable<Finding["remedy"]>): Finding => ({
  ...finding,
  remedy,
});

/** A weakness that is reported and stops nothing: something better exists, and what is there still holds. */
export const advise = (property: string, says: string, fix?: string): Finding => ({
  ...fail(property, says, fix),
  level: "advisory",
});

export const undetermined = (property: string, says: string): Finding => ({
  verdict: "undetermined",
  property,
  says,
});
