import { machinesDoNotSignInAsPeople } from "../../../../policy-packs/nhi/rules/machines-do-not-sign-in-as-people";
import { unknownText } from "../../../support/analyze";
import { testRule } from "../../../support/rule-tester";
import { gcpHumanUseCases } from "../gcp/human-use";
import { vaultHumanUseCases } from "../vault/human-use";

const password = "gives an IAM user a password for the console";
const policy = "aws:iam/accountPasswordPolicy:AccountPasswordPolicy";
const person = "snowflake:index/user:User";
const short = ["minimumPasswordLength lets people with a password of less than 14 characters in"];

testRule(machinesDoNotSignInAsPeople, {
  allows: [
    ...gcpHumanUseCases.allows,
    ...vaultHumanUseCases.allows,
    { name: "a user without a console", type: "aws-native:iam:User", props: { userName: "x" } },
    { name: "a person with a password", type: person, props: { password: "x", rsaPublicKey: "" } },
    { name: "long passwords", type: policy, props: { minimumPasswordLength: 14 } },
    { name: "a length that is not known yet", type: policy, props: { minimumPasswordLength: unknownText } },
  ],
  blocks: [
    ...gcpHumanUseCases.blocks,
    ...vaultHumanUseCases.blocks,
    {
      name: "a password for the console",
      type: "aws:iam/userLoginProfile:UserLoginProfile",
      props: { user: "x", pgpKey: "keybase:x" },
      says: [`it ${password}`],
    },
    {
      name: "a password in a user",
      type: "aws-native:iam:User",
      props: { loginProfile: { password: "x" } },
      says: [`loginProfile ${password}`],
    },
    {
      name: "a password in a user that is not known yet",
      type: "aws-native:iam:User",
      props: { loginProfile: unknownText },
      says: [`loginProfile ${password}`],
    },
    {
      name: "a person with a key pair",
      type: person,
      props: { rsaPublicKey: "MIIB" },
      says: ["rsaPublicKey lets a program sign in as a person"],
    },
    {
      name: "a person with a second key pair",
      type: person,
      props: { rsaPublicKey2: unknownText },
      says: ["rsaPublicKey2 lets a program sign in as a person"],
    },
    {
      name: "short passwords",
      type: policy,
      props: { minimumPasswordLength: 8 },
      says: short,
      level: "advisory",
    },
    {
      name: "a password policy that says no length",
      type: policy,
      props: {},
      says: short,
      level: "advisory",
    },
  ],
});
