import { unknownText } from "../../../support/analyze";
import type { RuleCases } from "../../../support/rule-tester";

const keys = ["gcp:kms/cryptoKey:CryptoKey", "google-native:cloudkms/v1:CryptoKey"];
const secrets = [
  "gcp:secretmanager/secret:Secret",
  "gcp:secretmanager/regionalSecret:RegionalSecret",
  "google-native:secretmanager/v1:Secret",
];
const [key = ""] = keys;
const [secret = ""] = secrets;

/** Keys and secrets of GCP. */
export const gcpRotationCases: Required<RuleCases> = {
  allows: [
    { name: "a key that is renewed each quarter", type: key, props: { rotationPeriod: "7776000s" } },
    { name: "a key that signs", type: key, props: { purpose: "ASYMMETRIC_SIGN" } },
    {
      name: "a key whose versions are brought along",
      type: key,
      props: { skipInitialVersionCreation: true },
    },
    {
      name: "a key that lies outside Google",
      type: key,
      props: { versionTemplate: { algorithm: "EXTERNAL_SYMMETRIC_ENCRYPTION", protectionLevel: "EXTERNAL" } },
    },
    { name: "a key that is brought along", type: key, props: { importOnly: true } },
    {
      name: "a secret that is renewed each day",
      type: secret,
      props: { rotation: { rotationPeriod: "86400s" } },
    },
    { name: "a key that ends by itself", type: secret, props: { secretId: "api-key", ttl: "3600s" } },
    { name: "a secret that no name shows to be a key", type: secret, props: { secretId: "orders-url" } },
  ],
  blocks: [
    ...keys.map((type) => ({
      name: `a key that is never renewed, ${type}`,
      type,
      props: {},
      says: ["rotationPeriod is not set, so that nothing is ever renewed"],
    })),
    {
      name: "a key that is renewed every second year",
      type: key,
      props: { purpose: "ENCRYPT_DECRYPT", rotationPeriod: "63072000s" },
      says: ["rotationPeriod lets 730 d pass, and 366 d are allowed"],
    },
    ...secrets.map((type) => ({
      name: `a secret that is renewed once a quarter, ${type}`,
      type,
      props: { secretId: "orders", rotation: { rotationPeriod: "7776000s" } },
      says: ["rotation.rotationPeriod lets 90 d pass, and 31 d are allowed"],
    })),
    {
      name: "a secret that is renewed once",
      type: secret,
      props: { secretId: "orders", rotation: { nextRotationTime: "2027-01-16T00:00:00Z" } },
      says: ["rotation.rotationPeriod is not set, so that nothing is ever renewed"],
    },
    {
      name: "a key's time that is none",
      type: key,
      props: { rotationPeriod: "often" },
      says: ["rotationPeriod is no time or schedule that can be read, or one that ends"],
    },
    {
      name: "a key in a secret, for ever",
      type: secret,
      props: { secretId: "payments-api-KEY" },
      says: ["rotation is not set for what its name says is a key: nothing asks for a new one"],
      level: "advisory" as const,
    },
  ],
  undecided: [
    {
      name: "a key's time that is not known yet",
      type: key,
      props: { rotationPeriod: unknownText },
      says: ["rotationPeriod is not known yet, and may be seldom"],
    },
    {
      name: "a rotation that is not known yet",
      type: secret,
      props: { rotation: unknownText },
      says: ["rotation is not known yet, and may be seldom"],
    },
  ],
};
