import * as aws from "@pulumi/aws";

// What the rule about owners asks for, so that other rules are heard alone.
const tags = {
  "nhi:owner": "web",
  "nhi:purpose": "deploys the shop",
  "nhi:environment": "staging",
  "nhi:kind": "workload",
};

// Two hours: more than the pack allows unless a team says so.
const long = new aws.iam.Role("long", {
  assumeRolePolicy: JSON.stringify({
    Statement: [
      { Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" },
    ],
  }),
  maxSessionDuration: 7200,
  tags,
});

// A document that nobody knows before the first role exists.
new aws.iam.Role("later", {
  assumeRolePolicy: long.arn.apply((arn) =>
    JSON.stringify({ Statement: [{ Effect: "Allow", Principal: { AWS: arn }, Action: "sts:AssumeRole" }] }),
  ),
  tags,
});
