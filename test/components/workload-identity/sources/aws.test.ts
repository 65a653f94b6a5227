import {
  aws,
  awsOutbound,
  thirdParty,
  type AwsOutboundWorkload,
  type AwsWorkload,
  type ThirdPartyWorkload,
} from "../../../../components/workload-identity/sources/aws";

const role: AwsWorkload = { accountId: "210987654321", roleName: "orders" };
const exact = (argument: string, got: string) =>
  `${argument} must be exact, got "${got}". List each one as a workload of its own.`;

describe("a role of AWS", () => {
  const problem = (change: Partial<AwsWorkload>) =>
    aws.problem([{ ...role, ...change }], "production", "gcp");

  it("shows itself", () => {
    expect(aws.proof(role)).toEqual({
      awsRole: { accountId: "210987654321", partition: "aws", roleName: "orders" },
    });
    expect(aws.proof({ ...role, partition: "aws-cn" }).awsRole?.partition).toBe("aws-cn");
  });

  it.each<[string, Partial<AwsWorkload>]>([
    ["a name", {}],
    ["a name with a path", { roleName: "services/shop/orders" }],
    ["another partition", { partition: "aws-us-gov" }],
  ])("is taken with %s", (_, change) => {
    expect(problem(change)).toBeUndefined();
  });

  const name = (got: string) =>
    `workloads.aws[0].roleName must be the name of an AWS role, without arn:aws:iam:: before it, got "${got}".`;
  it.each<[string, Partial<AwsWorkload>, string]>([
    ["every role", { roleName: "*" }, exact("workloads.aws[0].roleName", "*")],
    ["roles of a pattern", { roleName: "orders-?" }, exact("workloads.aws[0].roleName", "orders-?")],
    ["no name", { roleName: "" }, "workloads.aws[0].roleName must not be empty."],
    ["a slash before the path", { roleName: "/services/orders" }, name("/services/orders")],
    ["a slash after the name", { roleName: "orders/" }, name("orders/")],
    [
      "its ARN",
      { roleName: "arn:aws:iam::210987654321:role/orders" },
      name("arn:aws:iam::210987654321:role/orders"),
    ],
    [
      "an account of other digits",
      { accountId: "2109-8765-4321" },
      'workloads.aws[0].accountId must be an AWS account, 12 digits, got "2109-8765-4321".',
    ],
    ["every account", { accountId: "*" }, exact("workloads.aws[0].accountId", "*")],
    [
      "a partition that does not exist",
      { partition: "arn:aws" },
      'workloads.aws[0].partition must be aws, aws-cn, aws-us-gov or another of AWS\'s, got "arn:aws".',
    ],
  ])("is refused with %s", (_, change, says) => {
    expect(problem(change)).toBe(says);
  });
});

describe("a role with a token of AWS's", () => {
  const workload: AwsOutboundWorkload = {
    ...role,
    issuer: "https://0f5b2c1e-6a7d-4b3c-9e8f-1a2b3c4d5e6f.tokens.sts.global.api.aws",
  };

  it("shows its ARN as the subject", () => {
    expect(awsOutbound.proof(workload)).toEqual({
      token: {
        issuer: "0f5b2c1e-6a7d-4b3c-9e8f-1a2b3c4d5e6f.tokens.sts.global.api.aws",
        subjects: ["arn:aws:iam::210987654321:role/orders"],
        claims: {},
        awsClaims: [],
        audience: {},
        choosesAudience: true,
        identity: "sub",
        trail: [],
      },
    });
    expect(awsOutbound.problem([workload], "production", "gcp")).toBeUndefined();
  });

  it.each<[string, Partial<AwsOutboundWorkload>, string]>([
    [
      "an issuer of somebody else's",
      { issuer: "https://tokens.example.com" },
      "workloads.awsOutbound[0].issuer must be the account's issuer, https://<uuid>.tokens.sts.global.api.aws, " +
        'got "https://tokens.example.com".',
    ],
    [
      "an issuer with a slash at its end",
      { issuer: `${workload.issuer}/` },
      `workloads.awsOutbound[0].issuer must not end with a slash, got "${workload.issuer}/". ` +
        "Tokens are compared with it letter by letter.",
    ],
    ["every role", { roleName: "*" }, exact("workloads.awsOutbound[0].roleName", "*")],
  ])("is refused with %s", (_, change, says) => {
    expect(awsOutbound.problem([{ ...workload, ...change }], "production", "gcp")).toBe(says);
  });
});

describe("a vendor's role", () => {
  const workload: ThirdPartyWorkload = {
    accountId: "464622532012",
    roleName: "scanner",
    externalId: "5b0a3d9e-7c1f-4e68-9d2b-8f6a1c4e7b35",
  };
  const problem = (change: Partial<ThirdPartyWorkload>) =>
    thirdParty.problem([{ ...workload, ...change }], "production", "aws");

  it("shows itself with its ExternalId", () => {
    expect(thirdParty.proof(workload)).toEqual({
      awsRole: {
        accountId: "464622532012",
        partition: "aws",
        roleName: "scanner",
        externalId: "5b0a3d9e-7c1f-4e68-9d2b-8f6a1c4e7b35",
      },
    });
    expect(problem({})).toBeUndefined();
  });

  const form = (got: string) =>
    "workloads.thirdParty[0].externalId must be 20 to 1224 letters, digits or _ + = , . @ : / - " +
    `(AWS limits it to these, and a short one can be guessed), got "${got}".`;
  const guessable =
    "workloads.thirdParty[0].externalId must be hard to guess: letters and digits at random, without the account or " +
    "the role. Ask the vendor for one, for example a UUID.";
  it.each<[string, Partial<ThirdPartyWorkload>, string]>([
    ["no ExternalId", { externalId: "" }, "workloads.thirdParty[0].externalId must not be empty."],
    ["a short ExternalId", { externalId: "12345" }, form("12345")],
    [
      "an ExternalId of a sentence",
      { externalId: "our secret with Acme 2026" },
      form("our secret with Acme 2026"),
    ],
    ["one character many times", { externalId: "a1a1a1a1a1a1a1a1a1a1a1" }, guessable],
    ["words", { externalId: "acme-scanner-production-access" }, guessable],
    ["digits", { externalId: "12345678901234567890" }, guessable],
    ["the vendor's account in it", { externalId: "customer-464622532012-prod-xyz" }, guessable],
    ["the role's name in it", { externalId: "Scanner-9f8e7d6c5b4a39281706" }, guessable],
    ["every role of the vendor", { roleName: "*" }, exact("workloads.thirdParty[0].roleName", "*")],
    [
      "the vendor's account",
      { roleName: "arn:aws:iam::464622532012:root" },
      "workloads.thirdParty[0].roleName must be the name of an AWS role, without arn:aws:iam:: before it, " +
        'got "arn:aws:iam::464622532012:root".',
    ],
  ])("is refused with %s", (_, change, says) => {
    expect(problem(change)).toBe(says);
  });
});
