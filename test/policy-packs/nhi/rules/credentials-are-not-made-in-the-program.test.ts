import { credentialsAreNotMadeInTheProgram } from "../../../../policy-packs/nhi/rules/credentials-are-not-made-in-the-program";
import { makerTypes, sinks } from "../../../../policy-packs/nhi/stack/made-credentials";
import { type Given, type Props, unknownText } from "../../../support/analyze";
import { testStackRule } from "../../../support/rule-tester";

const one = (type: string, name: string, props: Props = {}, more: Partial<Given> = {}): Given => ({
  type,
  name,
  props,
  ...more,
});
const key = one("tls:index/privateKey:PrivateKey", "made", { algorithm: "ED25519" });
const password = one("random:index/randomPassword:RandomPassword", "made", { length: 32 });
const makerOf = (type: string) => (sinks[type]?.takes === "key" ? key : password);

/** A resource whose property is made of something. */
const takes = (type: string, property: string, props: Props = {}, sources = ["made"]): Given =>
  one(type, "thing", { [property]: unknownText, ...props }, { sources: { [property]: sources } });
const says = (type: string, property: string, maker: Given) =>
  `${type} "thing": ${property} is made of ${maker.type} "made", which stands in the state and is never renewed`;

const database = "aws:rds/instance:Instance";
const version = "aws:secretsmanager/secretVersion:SecretVersion";
const secret = one("aws:secretsmanager/secret:Secret", "secret", { name: "orders" });
const rotation = (
  type: string,
  props: Props = {},
  sources: Record<string, string[]> = { secretId: ["secret"] },
) => one(type, "rotation", props, { sources });
const stored = one(
  version,
  "thing",
  { secretString: unknownText },
  { sources: { secretString: ["made"], secretId: ["secret"] } },
);

testStackRule(credentialsAreNotMadeInTheProgram, {
  allows: [
    { name: "a password that nothing is made of", resources: [password, one(database, "thing")] },
    {
      name: "a password in the name of a bucket",
      resources: [password, takes("aws:s3/bucket:Bucket", "bucket")],
    },
    {
      name: "a key that encrypts, where a password is meant",
      resources: [key, takes(database, "password")],
    },
    { name: "a name that is made of it", resources: [password, takes(database, "identifier")] },
    {
      name: "a database whose password the platform makes",
      resources: [password, one(database, "thing", { manageMasterUserPassword: true })],
    },
    {
      name: "a password that comes from elsewhere",
      resources: [password, takes(database, "password", {}, [])],
    },
    {
      name: "a stored value that Secrets Manager renews",
      resources: [password, secret, stored, rotation("aws:secretsmanager/secretRotation:SecretRotation")],
    },
    {
      name: "a stored value that is renewed by the secret's name",
      resources: [
        password,
        {
          ...stored,
          props: { secretString: unknownText, secretId: "orders" },
          sources: { secretString: ["made"] },
        },
        rotation("aws-native:secretsmanager:RotationSchedule", { secretId: "orders" }, {}),
      ],
    },
    {
      name: "an exception with an end to come",
      resources: [password, takes(database, "password", { tags: { "nhi:exception-expires": "2027-03-31" } })],
    },
    {
      name: "a secret of the cloud's own type",
      resources: [one("aws-native:secretsmanager:Secret", "secret", { name: "orders" })],
    },
  ],
  blocks: [
    ...Object.entries(sinks).flatMap(([type, { properties, isStore }]) =>
      properties.map((property) => ({
        name: `${property} of ${type}`,
        resources: [makerOf(type), takes(type, property)],
        says: [says(type, property, makerOf(type))],
        ...(isStore && { level: "advisory" as const }),
      })),
    ),
    ...makerTypes
      .filter((type) => type.startsWith("random:"))
      .map((type) => ({
        name: `a password of ${type}`,
        resources: [{ ...password, type }, takes(database, "password")],
        says: [says(database, "password", { ...password, type })],
      })),
    {
      name: "a value that is known and still made of it",
      resources: [password, takes(database, "password", { password: "canary" })],
      says: [says(database, "password", password)],
    },
    {
      name: "one source among others",
      resources: [password, secret, takes(database, "password", {}, ["secret", "made"])],
      says: [says(database, "password", password)],
    },
    {
      name: "an exception that has ended",
      resources: [password, takes(database, "password", { tags: { "nhi:exception-expires": "2026-01-31" } })],
      says: [says(database, "password", password)],
    },
    {
      name: "a rotation of another secret",
      resources: [
        password,
        secret,
        stored,
        one("aws:secretsmanager/secret:Secret", "other", { name: "other" }),
        rotation("aws:secretsmanager/secretRotation:SecretRotation", {}, { secretId: ["other"] }),
      ],
      says: [says(version, "secretString", password)],
      level: "advisory",
    },
  ],
});
