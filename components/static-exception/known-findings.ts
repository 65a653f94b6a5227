import { firstProblem, shown, type Problem } from "../refusal";

/** A finding of the policy pack that the exception is for: one weakness of one resource of the stack. */
export interface KnownFinding {
  /**
   * The resource as its URN ends: its type and its name, `github:index/actionsSecret:ActionsSecret::erp-key`. One in a
   * component has the component's type before it, with a `$`.
   */
  resource: string;
  /** The rule's id: one about static credentials, for example `no-static-keys`. */
  rule: string;
  /** The property that the finding's message names after the resource. */
  property: string;
}

export function knownFindingsProblem(findings: readonly KnownFinding[]): Problem {
  if (findings.length === 0)
    return "existing must name at least one finding. An exception of nothing is not needed.";
  return firstProblem(findings, ({ resource, rule, property }, index) => {
    const where = `existing[${index}]`;
    if (!/^[^:*]+(:[^:*]+){1,2}(\$[^:*]+(:[^:*]+){1,2})*::[^*]+$/.test(resource))
      return `${where}.resource must be a type and a name with :: between them, for example "aws:iam/accessKey:AccessKey::erp", got ${shown(resource)}.`;
    if (!/^[a-z]+(-[a-z]+)*$/.test(rule))
      return `${where}.rule must be the id of a rule, for example "no-static-keys", got ${shown(rule)}.`;
    return property.trim() === ""
      ? `${where}.property must be the property that the finding names, got ${shown(property)}.`
      : undefined;
  });
}
