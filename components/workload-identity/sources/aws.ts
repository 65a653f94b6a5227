import { partitionPattern } from "../../aws-names";
import type { Problem } from "../../refusal";
import type { AwsRole } from "../proof";
import { awsAccountId, awsRoleName, formProblem, issuerProblem, withoutScheme, type Form } from "./exact";
import { each, type Source } from "./source";

/** A program that runs as one role of AWS: a function, a task, a virtual machine. */
export interface AwsWorkload {
  /** The role's account: 12 digits. */
  accountId: string;
  /** The role's name, with its path where it has one: `services/orders`. */
  roleName: string;
  /** The account's partition. Default: `aws`. */
  partition?: string | undefined;
}

/** AWS roles, which sign in elsewhere with a signed request to AWS. */
export const aws: Source<AwsWorkload> = {
  title: "AWS role",
  problem: each("aws", (workload, where) => roleProblem(workload, where)),
  proof: (workload) => ({ awsRole: roleOf(workload) }),
  examples: [{ accountId: "210987654321", roleName: "orders" }],
  not: {
    aws: "A role of AWS needs no federation there. Use AwsJitRole, or workloads.thirdParty for the role of a vendor.",
  },
};

/** A program that runs as one role of AWS and shows a token that AWS signed for it (`sts:GetWebIdentityToken`). */
export interface AwsOutboundWorkload {
  /** The issuer of the role's account, for example `https://<uuid>.tokens.sts.global.api.aws`. */
  issuer: string;
  /** The role's account: 12 digits. */
  accountId: string;
  /** The role's name, with its path where it has one. */
  roleName: string;
  /** The account's partition. Default: `aws`. */
  partition?: string | undefined;
}

/** AWS as an OIDC issuer. */
export const awsOutbound: Source<AwsOutboundWorkload> = {
  title: "AWS role with an OIDC token of AWS's",
  problem: each(
    "awsOutbound",
    (workload, where, target) =>
      issuerProblem(`${where}.issuer`, workload.issuer, target) ??
      formProblem(`${where}.issuer`, workload.issuer, outboundIssuer) ??
      roleProblem(workload, where),
  ),
  proof: (workload) => ({
    token: {
      issuer: withoutScheme(workload.issuer),
      subjects: [roleArn(roleOf(workload))],
      // The account and the session stand in an object, `https://sts.amazonaws.com/`.
      claims: {},
      awsClaims: [],
      audience: {},
      choosesAudience: true,
      identity: "sub",
      trail: [],
    },
  }),
  examples: [
    {
      issuer: "https://0f5b2c1e-6a7d-4b3c-9e8f-1a2b3c4d5e6f.tokens.sts.global.api.aws",
      accountId: "210987654321",
      roleName: "orders",
    },
  ],
  not: { aws: "A role of AWS needs no token there. Use AwsJitRole." },
};

/** The program of a vendor, which runs as one role of an account of the vendor's. */
export interface ThirdPartyWorkload {
  /** The vendor's account: 12 digits. */
  accountId: string;
  /** The role that the vendor's program runs as. Its whole account is never let in. */
  roleName: string;
  /** The account's partition. Default: `aws`. */
  partition?: string | undefined;
  /**
   * What the vendor sends for you and for no other customer (AWS: the confused deputy). The vendor makes it, at least
   * 20 characters that nobody guesses, for example a UUID. It is no secret, and stands in the trust policy.
   */
  externalId: string;
}

/** Vendors that act in an account of yours from an account of theirs. */
export const thirdParty: Source<ThirdPartyWorkload> = {
  title: "AWS role of a vendor (third party)",
  problem: each(
    "thirdParty",
    (workload, where) =>
      roleProblem(workload, where) ??
      formProblem(`${where}.externalId`, workload.externalId, externalId) ??
      guessableProblem(`${where}.externalId`, workload),
  ),
  proof: (workload) => ({ awsRole: { ...roleOf(workload), externalId: workload.externalId } }),
  examples: [
    {
      accountId: "464622532012",
      roleName: "scanner",
      externalId: "5b0a3d9e-7c1f-4e68-9d2b-8f6a1c4e7b35",
    },
  ],
  not: {
    gcp: "An ExternalId is AWS's. Name the vendor's role in workloads.aws.",
    vault: "An ExternalId is AWS's. Name the vendor's role in workloads.aws.",
  },
};

export const roleArn = ({ partition, accountId, roleName }: AwsRole) =>
  `arn:${partition}:iam::${accountId}:role/${roleName}`;

function roleOf({ accountId, roleName, partition = "aws" }: AwsWorkload): AwsRole {
  return { accountId, partition, roleName };
}

const partitionName: Form = {
  pattern: partitionPattern,
  says: "aws, aws-cn, aws-us-gov or another of AWS's",
};
const outboundIssuer: Form = {
  pattern: /^https:\/\/[0-9a-f-]{36}\.tokens\.sts\.global\.api\.aws$/,
  says: "the account's issuer, https://<uuid>.tokens.sts.global.api.aws",
};
/** IAM User Guide: 2 to 1224 of these. The lower bound is ours. */
const externalId: Form = {
  pattern: /^[\w+=,.@:/-]{20,1224}$/,
  says: "20 to 1224 letters, digits or _ + = , . @ : / - (AWS limits it to these, and a short one can be guessed)",
};

function roleProblem({ accountId, roleName, partition = "aws" }: AwsWorkload, where: string): Problem {
  return (
    formProblem(`${where}.accountId`, accountId, awsAccountId) ??
    formProblem(`${where}.roleName`, roleName, awsRoleName) ??
    formProblem(`${where}.partition`, partition, partitionName)
  );
}

/** A UUID has about 12 different characters. Words, dates and account numbers have fewer. */
function guessableProblem(
  argument: string,
  { externalId, accountId, roleName }: ThirdPartyWorkload,
): Problem {
  const leastDifferent = 9;
  const guessable =
    new Set(externalId.toLowerCase()).size < leastDifferent ||
    !/\d/.test(externalId) ||
    !/[a-z]/i.test(externalId) ||
    externalId.includes(accountId) ||
    externalId.toLowerCase().includes(roleName.toLowerCase());
  return guessable
    ? `${argument} must be hard to guess: letters and digits at random, without the account or the role. Ask the vendor for one, for example a UUID.`
    : undefined;
}
