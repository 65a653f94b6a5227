import * as aws from "@pulumi/aws";
import { Config, secret } from "@pulumi/pulumi";

const tags = {
  "nhi:owner": "web",
  "nhi:purpose": "deploys the shop",
  "nhi:environment": "staging",
  "nhi:kind": "workload",
};
const trust = JSON.stringify({
  Statement: [{ Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" }],
});

// Fails.
const key = new aws.iam.AccessKey("early", { user: "ci" });
// Is mended where the settings say so, and passes what else is asked.
const long = new aws.iam.Role("long", { assumeRolePolicy: trust, maxSessionDuration: 7200, tags });
// Stays by an exemption.
new aws.iam.Role("ownerless", { assumeRolePolicy: trust });
// Nobody knows its document before the first role exists.
new aws.iam.Role("later", {
  assumeRolePolicy: long.arn.apply((arn) =>
    JSON.stringify({ Statement: [{ Effect: "Allow", Principal: { AWS: arn }, Action: "sts:AssumeRole" }] }),
  ),
  tags,
});
new aws.ssm.Parameter("password", { type: "SecureString", value: secret("canary-in-a-property") });
export const token = secret(`canary-in-an-output ${new Config().require("token")}`);

if (process.env.CRASHES === "yes")
  key.urn.apply(() => {
    throw new Error("canary-of-the-program");
  });
