import { storedSecretsAreRenewed } from "../../../../policy-packs/nhi/rules/stored-secrets-are-renewed";
import { type Given, type Props, unknownText } from "../../../support/analyze";
import { testStackRule } from "../../../support/rule-tester";

const secret = (props: Props = {}, type = "aws:secretsmanager/secret:Secret"): Given => ({
  type,
  name: "thing",
  props,
});
const native = "aws-native:secretsmanager:Secret";
const rotation = (props: Props, sources: string[] = []): Given => ({
  type: "aws:secretsmanager/secretRotation:SecretRotation",
  name: "rotation",
  props,
  sources: { secretId: sources },
});
const arn = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:orders-a1b2c3";
const says = (type = "aws:secretsmanager/secret:Secret") => [
  `${type} "thing": it has nothing that renews it`,
];

testStackRule(storedSecretsAreRenewed, {
  allows: [
    {
      name: "a rotation that is made of the secret, before its id is known",
      resources: [secret(), rotation({ secretId: unknownText }, ["thing"])],
    },
    { name: "a rotation by name", resources: [secret({ name: "orders" }), rotation({ secretId: "orders" })] },
    { name: "a rotation by ARN", resources: [secret({ arn }), rotation({ secretId: arn })] },
    {
      name: "one in CloudFormation's types",
      resources: [
        secret({ name: "orders" }, native),
        { ...rotation({ secretId: "orders" }), type: "aws-native:secretsmanager:RotationSchedule" },
      ],
    },
    { name: "a secret of RDS's own", resources: [secret({ name: "rds!db-1" })] },
    {
      name: "an exception with an end to come",
      resources: [secret({ tags: { "nhi:exception-expires": "2027-03-31" } })],
    },
  ],
  blocks: [
    { name: "a secret alone", resources: [secret()], says: says(), level: "advisory" },
    {
      name: "one of CloudFormation's types",
      resources: [secret({}, native)],
      says: says(native),
      level: "advisory",
    },
    {
      name: "a rotation of another secret",
      resources: [secret({ name: "orders" }), rotation({ secretId: "other" })],
      says: says(),
      level: "advisory",
    },
    {
      name: "a rotation whose secret is not known",
      resources: [secret({ name: unknownText }), rotation({ secretId: unknownText })],
      says: says(),
      level: "advisory",
    },
    {
      name: "an exception that has ended",
      resources: [secret({ tags: { "nhi:exception-expires": "2026-01-31" } })],
      says: says(),
      level: "advisory",
    },
    {
      name: "a name that only looks like RDS's",
      resources: [secret({ name: "rds-db" })],
      says: says(),
      level: "advisory",
    },
  ],
});
