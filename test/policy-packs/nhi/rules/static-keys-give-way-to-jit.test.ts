import { staticKeysGiveWayToJit } from "../../../../policy-packs/nhi/rules/static-keys-give-way-to-jit";
import { type Given, type Props, unknownText } from "../../../support/analyze";
import { testStackRule } from "../../../support/rule-tester";

const one = (type: string, name: string, props: Props = {}, more: Partial<Given> = {}): Given => ({
  type,
  name,
  props,
  ...more,
});
const key = one("aws:iam/accessKey:AccessKey", "key", { user: "ci" });
const role = one("aws:iam/role:Role", "migrate", { tags: { "nhi:jit": "true" } });
const user = (expires: string) =>
  one("aws:iam/user:User", "user", { name: "ci", tags: { "nhi:exception-expires": expires } });

const gcpKey = one("gcp:serviceaccount/key:Key", "key", {
  serviceAccountId: "projects/shop/serviceAccounts/ci@shop.iam.gserviceaccount.com",
});
const entitlement = one("gcp:privilegedaccessmanager/entitlement:entitlement", "deploy", {
  parent: "projects/shop",
});
const hmac = one("gcp:storage/hmacKey:HmacKey", "key", {
  serviceAccountEmail: "ci@shop.iam.gserviceaccount.com",
});

const engine = (type: string, name: string, props: Props) => one(`vault:${type}`, name, props);
const database = (name: string, props: Props) =>
  engine("database/secretBackendRole:SecretBackendRole", name, props);
const staticUser = (props: Props) =>
  engine("database/secretBackendStaticRole:SecretBackendStaticRole", "key", props);

const says = (type: string, way: Given) =>
  `${type} "key": it is a static key for what ${way.type} "${way.name}" gives access to when it is needed`;

testStackRule(staticKeysGiveWayToJit, {
  allows: [
    { name: "a key where nothing else leads, which is for another rule", resources: [key] },
    {
      name: "a role beside a key that is not for just-in-time access",
      resources: [key, { ...role, props: {} }],
    },
    {
      name: "a way into another account",
      resources: [
        { ...key, provider: "one" },
        { ...role, provider: "two" },
      ],
    },
    { name: "a key of a user who is an exception until March", resources: [key, role, user("2027-03-31")] },
    {
      name: "a way into another project",
      resources: [gcpKey, { ...entitlement, props: { parent: "projects/other" } }],
    },
    {
      name: "an HMAC key that is switched off",
      resources: [{ ...hmac, props: { ...hmac.props, state: "INACTIVE" } }, entitlement],
    },
    {
      name: "another database of one mount",
      resources: [
        staticUser({ backend: "db", dbName: "orders" }),
        database("d", { backend: "db", dbName: "stock" }),
      ],
    },
    {
      name: "one database name at two mounts",
      resources: [
        staticUser({ backend: "db", dbName: "orders" }),
        database("d", { backend: "db2", dbName: "orders" }),
      ],
    },
    {
      name: "mounts that are not known yet",
      resources: [
        staticUser({ backend: unknownText, dbName: "orders" }),
        database("d", { backend: unknownText, dbName: "orders" }),
      ],
    },
    {
      name: "a role of Vault that makes users, which is no way in just in time",
      resources: [
        engine("aws/secretBackendStaticRole:SecretBackendStaticRole", "key", { backend: "aws" }),
        engine("aws/secretBackendRole:SecretBackendRole", "d", {
          backend: "aws",
          credentialType: "iam_user",
        }),
      ],
    },
  ],
  blocks: [
    {
      name: "an access key beside a role for just-in-time access",
      resources: [key, role],
      says: [says(key.type, role)],
    },
    {
      name: "an access key beside a role of CloudFormation's type",
      resources: [
        key,
        { ...role, type: "aws-native:iam:Role", props: { tags: [{ key: "nhi:jit", value: "true" }] } },
      ],
      says: [says(key.type, { ...role, type: "aws-native:iam:Role" })],
    },
    {
      name: "a key of the native provider of Google's beside an entitlement",
      resources: [
        one("google-native:iam/v1:Key", "key", {
          serviceAccountId: "projects/shop/serviceAccounts/ci@shop.iam.gserviceaccount.com",
        }),
        entitlement,
      ],
      says: [says("google-native:iam/v1:Key", entitlement)],
    },
    {
      name: "a key of a user whose exception has ended",
      resources: [key, role, user("2027-01-14")],
      says: [says(key.type, role)],
    },
    {
      name: "a key of another user than the exception's",
      resources: [{ ...key, props: { user: "other" } }, role, user("2027-03-31")],
      says: [says(key.type, role)],
    },
    {
      name: "a service account key beside an entitlement",
      resources: [gcpKey, entitlement],
      says: [says(gcpKey.type, entitlement)],
    },
    {
      name: "a key of an account that is not known yet, with the same provider",
      resources: [
        { ...gcpKey, props: { serviceAccountId: unknownText }, provider: "p" },
        { ...entitlement, provider: "p" },
      ],
      says: [says(gcpKey.type, entitlement)],
    },
    {
      name: "an HMAC key beside an entitlement",
      resources: [hmac, entitlement],
      says: [says(hmac.type, entitlement)],
    },
    ...(
      [
        [
          "aws/secretBackendStaticRole:SecretBackendStaticRole",
          { backend: "aws" },
          "aws/secretBackendRole:SecretBackendRole",
          { backend: "aws", credentialType: "assumed_role" },
        ],
        [
          "database/secretBackendStaticRole:SecretBackendStaticRole",
          { backend: "db", dbName: "orders" },
          "database/secretBackendRole:SecretBackendRole",
          { backend: "db", dbName: "orders" },
        ],
        [
          "ldap/secretBackendStaticRole:SecretBackendStaticRole",
          { mount: "ldap" },
          "ldap/secretBackendDynamicRole:SecretBackendDynamicRole",
          { mount: "ldap" },
        ],
      ] as [string, Props, string, Props][]
    ).map(([type, props, wayType, wayProps]) => {
      const way = engine(wayType, "way", wayProps);
      return {
        name: `${type} beside a dynamic one`,
        resources: [engine(type, "key", props), way],
        says: [says(`vault:${type}`, way)],
      };
    }),
    {
      name: "a mount that both are made of and that is not known yet",
      resources: [
        one("aws:iam/user:User", "mount"),
        { ...staticUser({ backend: unknownText, dbName: "orders" }), sources: { backend: ["mount"] } },
        { ...database("d", { backend: unknownText, dbName: "orders" }), sources: { backend: ["mount"] } },
      ],
      says: [says("vault:database/secretBackendStaticRole:SecretBackendStaticRole", database("d", {}))],
    },
  ],
});
