import { grantsPolicy, grantsProblem, type AwsGrants } from "../../components/aws-grants";

const account = { partition: "aws", accountId: "123456789012" };
const region = "eu-central-1";
const statements = (grants: AwsGrants) =>
  (JSON.parse(grantsPolicy(grants, account) ?? '{"Statement":[]}') as { Statement: unknown[] }).Statement;
const allow = (actions: string[], ...resources: string[]) => ({
  Effect: "Allow",
  Action: actions,
  Resource: resources,
});

describe("what a grant becomes", () => {
  it.each<[string, AwsGrants, unknown[]]>([
    [
      "objects to read below a prefix, and only those listed",
      { buckets: [{ bucket: "releases", prefix: "web/", access: "read" }] },
      [
        {
          ...allow(["s3:ListBucket"], "arn:aws:s3:::releases"),
          Condition: { StringLike: { "s3:prefix": ["web/*"] } },
        },
        allow(["s3:GetObject"], "arn:aws:s3:::releases/web/*"),
      ],
    ],
    [
      "objects to write, without reading, listing or deleting",
      { buckets: [{ bucket: "releases", access: "write" }] },
      [allow(["s3:PutObject", "s3:AbortMultipartUpload"], "arn:aws:s3:::releases/*")],
    ],
    [
      "objects to keep",
      { buckets: [{ bucket: "releases", access: "read-write" }] },
      [
        allow(["s3:ListBucket"], "arn:aws:s3:::releases"),
        allow(
          ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload"],
          "arn:aws:s3:::releases/*",
        ),
      ],
    ],
    [
      "one secret, whose ARN ends in six characters of AWS's",
      { secrets: [{ region, name: "orders/api" }] },
      [
        allow(
          ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"],
          "arn:aws:secretsmanager:eu-central-1:123456789012:secret:orders/api-??????",
        ),
      ],
    ],
    [
      "one parameter",
      { parameters: [{ region, path: "/orders/url" }] },
      [
        allow(
          ["ssm:GetParameter", "ssm:GetParameters"],
          "arn:aws:ssm:eu-central-1:123456789012:parameter/orders/url",
        ),
      ],
    ],
    [
      "all parameters below a path",
      { parameters: [{ region, path: "/orders/" }] },
      [
        allow(
          ["ssm:GetParameter", "ssm:GetParameters", "ssm:GetParametersByPath"],
          "arn:aws:ssm:eu-central-1:123456789012:parameter/orders/*",
          "arn:aws:ssm:eu-central-1:123456789012:parameter/orders",
        ),
      ],
    ],
    [
      "items to add, without those actions that also delete",
      { tables: [{ region, table: "orders", access: "write" }] },
      [
        allow(
          ["dynamodb:PutItem", "dynamodb:UpdateItem"],
          "arn:aws:dynamodb:eu-central-1:123456789012:table/orders",
        ),
      ],
    ],
    [
      "a key to decrypt with",
      { keys: [{ region, keyId: "1234abcd-12ab-34cd-56ef-1234567890ab", access: "decrypt" }] },
      [
        allow(
          ["kms:Decrypt"],
          "arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab",
        ),
      ],
    ],
    [
      "a function to deploy, without its role and its environment",
      { functions: [{ region, function: "orders", access: "deploy" }] },
      [
        allow(
          ["lambda:UpdateFunctionCode", "lambda:PublishVersion", "lambda:GetFunction"],
          "arn:aws:lambda:eu-central-1:123456789012:function:orders",
        ),
      ],
    ],
    [
      "repositories to pull from, with one login",
      {
        repositories: [
          { region, repository: "orders/api", access: "pull" },
          { region, repository: "orders/web", access: "pull" },
        ],
      },
      [
        allow(
          ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
          "arn:aws:ecr:eu-central-1:123456789012:repository/orders/api",
        ),
        { Effect: "Allow", Action: ["ecr:GetAuthorizationToken"], Resource: "*" },
        allow(
          ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
          "arn:aws:ecr:eu-central-1:123456789012:repository/orders/web",
        ),
      ],
    ],
    ["nothing", {}, []],
  ])("%s", (_, grants, expected) => {
    expect(grantsProblem(grants)).toBeUndefined();
    expect(statements(grants)).toEqual(expected);
  });

  it("is in the account's own partition", () => {
    const policy = grantsPolicy(
      { secrets: [{ region: "cn-north-1", name: "a" }], buckets: [{ bucket: "releases", access: "read" }] },
      { partition: "aws-cn", accountId: "210987654321" },
    );
    expect(policy?.match(/arn:[^"]*/g)?.every((arn) => arn.startsWith("arn:aws-cn:"))).toBe(true);
  });
});

describe("what is refused", () => {
  it.each<[string, AwsGrants, string]>([
    [
      "any bucket",
      { buckets: [{ bucket: "*", access: "read" }] },
      'grants.buckets[0].bucket must be the whole name of a bucket, got "*".',
    ],
    [
      "a prefix that more than a folder begins with",
      { buckets: [{ bucket: "releases", prefix: "web", access: "read" }] },
      'grants.buckets[0].prefix must be the whole beginning of a key up to a slash, got "web".',
    ],
    [
      "every secret of a kind",
      {
        secrets: [
          { region, name: "orders" },
          { region, name: "orders/*" },
        ],
      },
      'grants.secrets[1].name must be the whole name of a secret, got "orders/*".',
    ],
    [
      "every parameter",
      { parameters: [{ region, path: "/" }] },
      'grants.parameters[0].path must be a path, for example "/app/config/", got "/".',
    ],
    [
      "any region",
      { tables: [{ region: "*", table: "orders", access: "read" }] },
      'grants.tables[0].region must be a region, for example "eu-central-1", got "*".',
    ],
    [
      "an alias, which can be moved to another key",
      { keys: [{ region, keyId: "alias/orders", access: "decrypt" }] },
      'grants.keys[0].keyId must be a key\'s id, got "alias/orders".',
    ],
    [
      "every function",
      { functions: [{ region, function: "*", access: "invoke" }] },
      'grants.functions[0].function must be the whole name of a function, got "*".',
    ],
    [
      "an access that nobody knows",
      { repositories: [{ region, repository: "orders", access: "delete" as "pull" }] },
      'grants.repositories[0].access must be one of pull, push, got "delete".',
    ],
  ])("%s", (_, grants, says) => {
    expect(grantsProblem(grants)).toBe(says);
  });
});
