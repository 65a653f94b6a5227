import type { Problem } from "../refusal";

/** The policy of a role that ends single grants. The revoker writes it under this name. */
export const revocation = "nhi-revoked-grants";
/** AWS takes no empty list, and no grant has this id. */
const noGrant = "none";
/** All inline policies of a role share this many characters (IAM quotas). Spaces do not count. */
const roleCharacters = 10_240;
/** What the list of revoked grants needs: some 250 ids of 26 characters, with their marks. */
const listCharacters = 8_000;

/** Denies everything to the sessions of these grants. */
export function revokedGrantsPolicy(grantIds: readonly string[]): string {
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "RevokedGrants",
        Effect: "Deny",
        Action: "*",
        Resource: "*",
        Condition: {
          StringEquals: { "aws:PrincipalTag/nhi:grant-id": [noGrant, ...[...grantIds].sort()] },
        },
      },
    ],
  });
}

/** Whether the role's other policies leave the list enough room. */
export function roomProblem(policies: readonly string[]): Problem {
  const most = roleCharacters - listCharacters;
  const characters = policies.reduce((sum, policy) => sum + policy.replace(/\s/g, "").length, 0);
  return characters <= most
    ? undefined
    : `grants, preset and inlinePolicies must have at most ${most} characters together, got ${characters}: AWS gives all ` +
        `inline policies of a role ${roleCharacters}, and the list of revoked grants needs ${listCharacters}. ` +
        "Put the rest into a managed policy, and name it in managedPolicyArns.";
}
