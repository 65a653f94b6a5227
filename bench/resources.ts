import type { Given } from "../policy-packs/nhi/testing";

const json = (document: object) => JSON.stringify({ Version: "2012-10-17", ...document });
const inHalfAYear = new Date(Date.now() + 180 * 24 * 3600 * 1000).toISOString().slice(0, 10);
const tags = {
  "nhi:owner": "team-web",
  "nhi:purpose": "serves the shop",
  "nhi:environment": "production",
  "nhi:kind": "workload",
  "nhi:review-by": inHalfAYear,
};
const statement = (principal: object, action: string, more: object = {}) => ({
  Statement: [{ Effect: "Allow", Principal: principal, Action: action, ...more }],
});

/** Ten resources of a service, five of which neither pack has much to say about. Nothing in them is refused. */
const service: ((name: string) => Omit<Given, "name">)[] = [
  () => ({
    type: "aws:iam/role:Role",
    props: {
      assumeRolePolicy: json(statement({ Service: "lambda.amazonaws.com" }, "sts:AssumeRole")),
      maxSessionDuration: 3600,
      tags,
    },
  }),
  (name) => ({
    type: "aws:iam/role:Role",
    props: {
      assumeRolePolicy: json(
        statement(
          { Federated: "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com" },
          "sts:AssumeRoleWithWebIdentity",
          {
            Condition: {
              StringEquals: {
                "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
                "token.actions.githubusercontent.com:sub": `repo:octo@1/${name}@2:environment:production`,
              },
            },
          },
        ),
      ),
      maxSessionDuration: 3600,
      tags,
    },
  }),
  (name) => ({
    type: "aws:iam/rolePolicy:RolePolicy",
    props: {
      role: name,
      policy: json({
        Statement: [
          { Effect: "Allow", Action: ["s3:GetObject"], Resource: `arn:aws:s3:::${name}/*` },
          { Effect: "Allow", Action: ["sqs:SendMessage"], Resource: `arn:aws:sqs:eu-west-1:1:${name}` },
        ],
      }),
    },
  }),
  (name) => ({
    type: "aws:lambda/function:Function",
    props: {
      role: `arn:aws:iam::123456789012:role/${name}`,
      environment: { variables: { LOG_LEVEL: "info", QUEUE: name, REGION: "eu-west-1" } },
      handler: "index.handler",
      runtime: "nodejs22.x",
      tags,
    },
  }),
  (name) => ({
    type: "aws:s3/bucket:Bucket",
    props: {
      bucket: name,
      acl: "private",
      loggings: [{ targetBucket: "logs", targetPrefix: name }],
      tags,
    },
  }),
  () => ({
    type: "aws:ec2/instance:Instance",
    props: {
      ami: "ami-0abcdef1234567890",
      instanceType: "t3.micro",
      monitoring: true,
      associatePublicIpAddress: false,
      ebsOptimized: true,
      metadataOptions: { httpTokens: "required", httpPutResponseHopLimit: 1 },
      rootBlockDevice: { encrypted: true },
      tags,
    },
  }),
  () => ({ type: "aws:kms/key:Key", props: { enableKeyRotation: true, tags } }),
  (name) => ({ type: "aws:sqs/queue:Queue", props: { name, messageRetentionSeconds: 345600, tags } }),
  (name) => ({ type: "aws:cloudwatch/logGroup:LogGroup", props: { name, retentionInDays: 90, tags } }),
  (name) => ({
    type: "aws:ec2/securityGroup:SecurityGroup",
    props: {
      description: name,
      ingress: [{ protocol: "tcp", fromPort: 443, toPort: 443, cidrBlocks: ["10.0.0.0/8"] }],
      tags,
    },
  }),
];

/** A stack with so many resources: a service of ten, again and again. */
export const resources = (count: number): Given[] =>
  Array.from({ length: count }, (_, index) => {
    const make = service[index % service.length];
    if (make === undefined) throw new Error("There is no such resource.");
    const name = `r${index}`;
    return { name, ...make(name) };
  });
