import { numberOf } from "../duration";
import type { Judge } from "../rule";
import { isGiven } from "../static-key";
import { unknown } from "../value";
import { advise, fail } from "../verdict";

const password = "gives an IAM user a password for the console";

/** Where people and machines are one user, or people have a user that machines are meant for. */
export const awsHumanUse: Readonly<Record<string, Judge>> = {
  "aws:iam/userLoginProfile:UserLoginProfile": () => [fail("it", password)],
  "aws-native:iam:User": (user) =>
    isGiven(user.read("loginProfile")) ? [fail("loginProfile", password)] : [],
  "aws:iam/accountPasswordPolicy:AccountPasswordPolicy": (policy) => {
    const length = policy.read("minimumPasswordLength");
    // CIS AWS Foundations 1.8; AWS's own default is 6 where the policy says nothing.
    return length === unknown || numberOf(length ?? 6) >= 14
      ? []
      : [advise("minimumPasswordLength", "lets people with a password of less than 14 characters in")];
  },
};
