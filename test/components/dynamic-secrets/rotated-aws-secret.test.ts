import { NhiKind, RotatedAwsSecret, type RotatedAwsSecretArgs } from "pulumi-nhi";
import { refusalOf, registeredBy } from "../../support/mocks";
import { verdictOf } from "../audit-log/authorization";

const role = (name: string) => `arn:aws:iam::123456789012:role/${name}`;
const args: RotatedAwsSecretArgs = {
  metadata: {
    owner: "team-orders",
    purpose: "orders at the partner",
    environment: "production",
    kind: NhiKind.Service,
    reviewBy: "2027-06-30",
  },
  rotationFunctionArn: "arn:aws:lambda:eu-central-1:123456789012:function:rotate",
  rotationRoleArn: role("rotate"),
  readers: [role("orders")],
  administrators: [role("deploy")],
};
const made = (more: Partial<RotatedAwsSecretArgs> = {}) =>
  registeredBy(() => new RotatedAwsSecret("partner-api", { ...args, ...more }));

it("is a secret without a value, its policy, and what renews it at once and every week", async () => {
  const registered = await made();
  expect(registered.map(({ type }) => type)).toEqual([
    "aws:secretsmanager/secret:Secret",
    "aws:secretsmanager/secretPolicy:SecretPolicy",
    "aws:secretsmanager/secretRotation:SecretRotation",
    "nhi:index:RotatedAwsSecret",
  ]);
  const [secret, policy, rotation, component] = registered;
  expect(secret?.inputs).toMatchObject({ name: "partner-api", recoveryWindowInDays: 30 });
  expect(policy?.inputs).toMatchObject({ blockPublicPolicy: true });
  expect(rotation?.inputs).toMatchObject({
    rotationLambdaArn: args.rotationFunctionArn,
    rotationRules: { automaticallyAfterDays: 7 },
    rotateImmediately: true,
  });
  expect(rotation?.after).toContain("SecretPolicy partner-api");
  expect(component?.outputs).toMatchObject({ secretName: "partner-api" });
});

it("takes a key, a name and a shorter time", async () => {
  const [secret, , rotation] = await made({
    kmsKeyId: "alias/orders",
    secretName: "orders/api",
    rotateEveryDays: 1,
  });
  expect(secret?.inputs).toMatchObject({ name: "orders/api", kmsKeyId: "alias/orders" });
  expect(rotation?.inputs).toMatchObject({ rotationRules: { automaticallyAfterDays: 1 } });
});

it("is read, written and changed by those who are named, and by no administrator of the account", async () => {
  const registered = await made();
  const { policy } = registered.find(({ type }) => type.endsWith(":SecretPolicy"))?.inputs as {
    policy: string;
  };
  const everybody = [
    role("orders"),
    role("rotate"),
    role("deploy"),
    role("Administrator"),
    "arn:aws:iam::123456789012:root",
  ];
  /** Who gets through when everybody's own policies allow everything. */
  const may = (action: string) =>
    everybody.filter(
      (principal) => verdictOf(policy, { principal, action: `secretsmanager:${action}` }) !== "deny",
    );
  expect(may("GetSecretValue")).toEqual([role("orders"), role("rotate")]);
  expect(may("BatchGetSecretValue")).toEqual([role("orders"), role("rotate")]);
  expect(may("PutSecretValue")).toEqual([role("rotate"), role("deploy")]);
  for (const action of [
    "DeleteSecret",
    "PutResourcePolicy",
    "DeleteResourcePolicy",
    "CancelRotateSecret",
    "UpdateSecret",
    "ReplicateSecretToRegions",
  ])
    expect([action, may(action)]).toEqual([action, [role("deploy")]]);
  // The readers need no policy of their own.
  expect(verdictOf(policy, { principal: role("orders"), action: "secretsmanager:GetSecretValue" })).toBe(
    "allow",
  );
});

it.each<{ wrong: Partial<RotatedAwsSecretArgs>; says: string }>([
  {
    wrong: { rotationFunctionArn: "rotate" },
    says: `rotationFunctionArn must be the ARN of one function, got "rotate".`,
  },
  { wrong: { rotationRoleArn: "*" }, says: `rotationRoleArn must be the ARN of one role, got "*".` },
  {
    wrong: { readers: [] },
    says: "readers must have at least one role. A secret that nobody reads is not needed.",
  },
  { wrong: { readers: ["*"] }, says: `readers[0] must be the ARN of one role, got "*".` },
  {
    wrong: { administrators: [] },
    says: "administrators must name at least the role that runs pulumi up. Nobody could mend the secret.",
  },
  { wrong: { administrators: ["x"] }, says: `administrators[0] must be the ARN of one role, got "x".` },
  {
    wrong: { rotateEveryDays: 90 },
    says: "rotateEveryDays must be a whole number from 1 to 30 days, got 90. Until the next renewal a leaked value is good.",
  },
  {
    wrong: { secretName: "a b" },
    says: `secretName must be 1 to 512 letters, digits or _ / + = . @ - (AWS's limit), got "a b".`,
  },
  {
    wrong: { metadata: { ...args.metadata, owner: "" } },
    says: `metadata.owner must say something, got "".`,
  },
])("refuses: $says", async ({ wrong, says }) => {
  expect(await refusalOf(() => new RotatedAwsSecret("partner-api", { ...args, ...wrong }))).toBe(
    `RotatedAwsSecret "partner-api": ${says}`,
  );
});
