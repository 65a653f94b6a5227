import { awsHumanUse } from "../aws/human-use";
import { gcpHumanUse } from "../gcp/human-use";
import { humanUseElsewhere } from "../elsewhere/human-use";
import type { ResourceRule } from "../rule";
import { vaultHumanUse } from "../vault/human-use";

const judges = { ...awsHumanUse, ...gcpHumanUse, ...vaultHumanUse, ...humanUseElsewhere };

export const machinesDoNotSignInAsPeople: ResourceRule = {
  id: "machines-do-not-sign-in-as-people",
  title: "People and machines have identities of their own kind.",
  why: "Where one identity serves both, nobody can tell who did it, and the machine has a password or the person a key.",
  fix: "Let people sign in through the identity provider, and give the machine a role.",
  severity: "high",
  enforcement: "mandatory",
  topic: "human-use",
  doesNotSee:
    "Who really uses an identity, and users whose passwords are set outside Pulumi. That a user of Vault is a program shows in its name or in its settings alone; groups of a directory are people.",
  whenNot:
    "The one user for emergencies of an account without Identity Center: with a second factor and an exemption.",
  samples: {
    bad: `
const user = new aws.iam.User("deployer");
new aws.iam.UserLoginProfile("deployer", { user: user.name });
`,
    good: `
new aws.ssoadmin.AccountAssignment("deployers", {
  instanceArn: "arn:aws:sso:::instance/ssoins-1234567890abcdef",
  permissionSetArn: "arn:aws:sso:::permissionSet/ssoins-1234567890abcdef/ps-1234567890abcdef",
  principalId: "f81d4fae-7dec-11d0-a765-00a0c91e6bf6",
  principalType: "GROUP",
  targetId: "123456789012",
  targetType: "AWS_ACCOUNT",
});
`,
  },
  types: Object.keys(judges),
  check: (resource) => judges[resource.type]?.(resource) ?? [],
};
