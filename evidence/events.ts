import { readMessage } from "./message";
import type { Finding, JudgedStack } from "./result";

/** The engine's events that say something of policies (`sdk/go/common/apitype/events.go`). */
interface EngineEvent {
  policyEvent?: {
    resourceUrn?: string;
    message: string;
    policyName: string;
    enforcementLevel: "advisory" | "mandatory";
  };
  policyAnalyzeSummaryEvent?: Summary & { resourceUrn: string };
  policyAnalyzeStackSummaryEvent?: Summary;
}
interface Summary {
  passed?: string[];
  failed?: string[];
}

/** A rule as far as it matters here. */
interface Judging {
  id: string;
  types: readonly string[];
}

/** What the engine's events tell of a preview with the pack. */
export interface Told {
  stack: JudgedStack;
  /** Whether the rules of the whole stack ran: they are the last, and only when the program has come to its end. */
  isComplete: boolean;
}

/** Collects the events of one preview. */
export function newListener(rules: readonly Judging[]) {
  const findings: Finding[] = [];
  const passed: Record<string, string[]> = {};
  const resources = new Set<string>();
  let isComplete = false;
  let stackPassed: string[] = [];
  const passes = (urn: string, names: string[] = []) => {
    // What is no rule is not asked about a resource.
    for (const name of names)
      if (name !== "settings" && name !== "exemptions") (passed[name] ??= []).push(urn);
  };

  return {
    hear(event: EngineEvent): void {
      const { policyEvent, policyAnalyzeSummaryEvent: summary, policyAnalyzeStackSummaryEvent: last } = event;
      if (policyEvent && !policyEvent.message.startsWith("[undetermined]"))
        findings.push(findingOf(policyEvent));
      if (summary) {
        resources.add(summary.resourceUrn);
        passes(summary.resourceUrn, summary.passed);
      }
      if (last) {
        isComplete = true;
        stackPassed = last.passed ?? [];
      }
    },
    /** Nothing where no resource was judged. */
    told(disabled: (stackUrn: string) => ReadonlySet<string>): Told | undefined {
      const [any] = resources;
      if (any === undefined) return undefined;
      const stackUrn = [...resources].find((urn) => typeOf(urn) === "pulumi:pulumi:Stack") ?? any;
      const types = new Set([...resources].map(typeOf));
      // A stack rule passes without a word where nothing is of its types.
      const isAsked = (name: string) =>
        rules.find(({ id }) => id === name)?.types.some((type) => types.has(type)) ?? true;
      passes(stackUrn, stackPassed.filter(isAsked));
      const off = disabled(stackUrn);
      const [start = "", project = ""] = stackUrn.split("::");
      return {
        isComplete,
        stack: {
          stack: `${project}/${start.replace("urn:pulumi:", "")}`,
          resources: resources.size,
          findings: findings.map((finding) => (finding.urn === "" ? { ...finding, urn: stackUrn } : finding)),
          passed: Object.fromEntries(Object.entries(passed).filter(([rule]) => !off.has(rule))),
          notApplicable: Object.fromEntries(
            rules.map(({ id, types: judged }) => [
              id,
              [...resources].filter((urn) => !judged.includes(typeOf(urn))).length,
            ]),
          ),
          disabled: [...off],
        },
      };
    },
  };
}

/** `urn:pulumi:stack::project::parent$type::name` */
const typeOf = (urn: string) => urn.split("::")[2]?.split("$").at(-1) ?? "";

function findingOf({
  resourceUrn = "",
  message: said,
  policyName,
  enforcementLevel,
}: NonNullable<EngineEvent["policyEvent"]>): Finding {
  // The engine ends a message with a line feed.
  const message = said.trim();
  const until = /(?:Exempted until|Excepted until|to be mended by) (\d{4}-\d{2}-\d{2})/.exec(
    readMessage(message).then ?? "",
  )?.[1];
  return {
    rule: policyName,
    urn: resourceUrn,
    level: enforcementLevel,
    message,
    status: until !== undefined ? "excepted" : isUndecided(message) ? "undetermined" : "fail",
    ...(until !== undefined && { until }),
  };
}

/** The pack's own words, a rule of the pack that threw, and what the SDK says where a policy met an unknown value. */
const isUndecided = (message: string) =>
  readMessage(message).then !== undefined ||
  message.includes("] could not judge ") ||
  /^can't run policy .+ during preview: /s.test(message);
