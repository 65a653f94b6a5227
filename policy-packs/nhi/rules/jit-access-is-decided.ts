import { awsJitAccess } from "../aws/jit";
import { gcpJitAccess } from "../gcp/jit";
import type { ResourceRule } from "../rule";

const judges = { ...awsJitAccess, ...gcpJitAccess };

export const jitAccessIsDecided: ResourceRule = {
  id: "jit-access-is-decided",
  title: "Rights for one task are asked for and decided, say who asked, and end.",
  why: "A session that does not say which request it came from can't be told from others, and can't be ended without them.",
  fix: "On sts:AssumeRole, demand a SourceIdentity and the tags nhi:grant-id, nhi:purpose and nhi:expires-at.",
  severity: "high",
  enforcement: "mandatory",
  topic: "jit-decision",
  doesNotSee:
    "How the broker decides, and what it writes into the tags. Who else may assume such a role is another rule's, which sees the whole stack.",
  whenNot:
    "A role that machines assume themselves is no role for just-in-time access: take the tag nhi:jit away.",
  samples: {
    bad: `
new aws.iam.Role("migrate", {
  assumeRolePolicy: aws.iam.assumeRolePolicyForPrincipal({
    AWS: "arn:aws:iam::123456789012:role/nhi-broker",
  }),
  tags: { "nhi:jit": "true" },
});
`,
    good: `
new nhi.AwsJitRole("migrate", {
  metadata: {
    owner: "orders",
    purpose: "migrate the orders database",
    environment: "production",
    kind: nhi.NhiKind.Pipeline,
    reviewBy: "2027-06-30",
  },
  accountId: "123456789012",
  brokerRoleArn: "arn:aws:iam::123456789012:role/nhi-broker",
  permissionsBoundaryArn: "arn:aws:iam::123456789012:policy/jit-boundary",
});
`,
  },
  types: Object.keys(judges),
  check: (resource) => judges[resource.type]?.(resource) ?? [],
};
