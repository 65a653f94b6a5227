import { keyConstraints } from "../gcp/organization";
import type { ResourceRule } from "../rule";

export const keysStayForbidden: ResourceRule = {
  id: "keys-stay-forbidden",
  title: "What an organisation has set against static keys and long tokens stays on.",
  why: "With the constraint off, anybody with a role in the project makes a key that works from anywhere until it is found.",
  fix: "Enforce the constraint, and name single accounts where one has to be left out.",
  severity: "high",
  enforcement: "mandatory",
  topic: "static-key",
  doesNotSee:
    "Keys that exist already, as constraints are not retroactive, and constraints that a folder or a project below sets in another stack.",
  whenNot:
    "While a project is moved away from keys: exempt its own policy until the move's last day, not the organisation's.",
  samples: {
    bad: `
new gcp.orgpolicy.Policy("no-keys", {
  parent: "projects/octo-web",
  name: "projects/octo-web/policies/iam.managed.disableServiceAccountKeyCreation",
  spec: { rules: [{ enforce: "FALSE" }] },
});
`,
    good: `
new gcp.orgpolicy.Policy("no-keys", {
  parent: "projects/octo-web",
  name: "projects/octo-web/policies/iam.managed.disableServiceAccountKeyCreation",
  spec: { rules: [{ enforce: "TRUE" }] },
});
`,
  },
  types: Object.keys(keyConstraints),
  check: (resource) => keyConstraints[resource.type]?.(resource) ?? [],
};
