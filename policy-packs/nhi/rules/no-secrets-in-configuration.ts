import { awsSettings } from "../aws/settings";
import { settingsElsewhere } from "../elsewhere/settings";
import { gcpSettings } from "../gcp/settings";
import type { ResourceRule } from "../rule";

const judges = { ...awsSettings, ...gcpSettings, ...settingsElsewhere };

export const noSecretsInConfiguration: ResourceRule = {
  id: "no-secrets-in-configuration",
  title: "What a program is started with names its secrets and does not hold them.",
  why: "Variables, start scripts and parameters are shown to everybody who may look at the resource, and stay in its history and in the stack's state.",
  fix: "Put the secret into a store and give the program its name, or let the program ask for a credential with its own identity.",
  severity: "high",
  enforcement: "mandatory",
  topic: "secret-in-config",
  doesNotSee:
    "A secret that neither its form nor its name shows, what is in images and files, and what a program writes into its own settings.",
  whenNot:
    "A value that only looks like a secret, as a public key of a service for browsers: say in the exemption what it is.",
  samples: {
    bad: `
new aws.lambda.Function("orders", {
  role: "arn:aws:iam::123456789012:role/orders",
  runtime: "nodejs22.x",
  handler: "index.handler",
  environment: { variables: { DB_HOST: "db.internal", DB_PASSWORD: "correct horse battery staple" } },
});
`,
    good: `
new aws.lambda.Function("orders", {
  role: "arn:aws:iam::123456789012:role/orders",
  runtime: "nodejs22.x",
  handler: "index.handler",
  environment: {
    variables: {
      DB_HOST: "db.internal",
      DB_PASSWORD_SECRET_ARN: "arn:aws:secretsmanager:eu-central-1:123456789012:secret:orders-a1b2c3",
    },
  },
});
`,
  },
  types: Object.keys(judges),
  check: (resource) => judges[resource.type]?.(resource) ?? [],
};
