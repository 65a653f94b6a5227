import { awsKeys } from "../aws/static-keys";
import { keysElsewhere } from "../elsewhere/static-keys";
import { gcpKeys } from "../gcp/static-keys";
import type { ResourceRule } from "../rule";
import { maxKeySeconds } from "../static-key";
import { vaultKeys } from "../vault/static-keys";

const judges = { ...awsKeys, ...gcpKeys, ...vaultKeys, ...keysElsewhere };

export const noStaticKeys: ResourceRule = {
  id: "no-static-keys",
  title: "No machine holds a key that does not end by itself.",
  why: "A static key works from anywhere until somebody remembers to delete it, and nobody sees where it was copied.",
  fix: "Give the machine an identity of its own and let it ask for a credential for each task.",
  severity: "critical",
  enforcement: "mandatory",
  topic: "static-key",
  doesNotSee:
    "Keys made outside Pulumi, keys of resources that are only read (`get`), keys in other providers' resources, and a word in a CI secret that neither its name nor its form shows to be a credential.",
  whenNot:
    "A program that can't be given an identity of its own, and is named as a static exception with an owner and an end.",
  samples: {
    bad: `
const user = new aws.iam.User("deployer");
new aws.iam.AccessKey("deployer", { user: user.name });
`,
    good: `
new nhi.AwsFederatedRole("deploy", {
  metadata: {
    owner: "team-web",
    purpose: "publish the website",
    environment: "production",
    kind: nhi.NhiKind.Pipeline,
    reviewBy: "2027-06-30",
  },
  accountId: "123456789012",
  workloads: {
    github: [
      { owner: "octo", ownerId: "123456", repository: "app", repositoryId: "456789", environment: "production" },
    ],
  },
});
`,
  },
  ceilings: { maxKeySeconds },
  types: Object.keys(judges),
  check: (resource) => judges[resource.type]?.(resource) ?? [],
};
