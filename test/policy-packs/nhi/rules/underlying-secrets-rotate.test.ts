import { underlyingSecretsRotate } from "../../../../policy-packs/nhi/rules/underlying-secrets-rotate";
import { unknownText } from "../../../support/analyze";
import { testRule } from "../../../support/rule-tester";
import { gcpRotationCases } from "../gcp/rotation";
import { vaultRotationCases } from "../vault/rotation";
import { endpointCases } from "../vault/endpoint";

const rotation = "aws:secretsmanager/secretRotation:SecretRotation";
const nativeRotation = "aws-native:secretsmanager:RotationSchedule";
const key = "aws:kms/key:Key";
const nativeKey = "aws-native:kms:Key";
const every = (scheduleExpression: string) => ({ rotationRules: { scheduleExpression } });

testRule(underlyingSecretsRotate, {
  allows: [
    ...endpointCases["underlying-secrets-rotate"].allows,
    ...gcpRotationCases.allows,
    ...vaultRotationCases.allows,
    {
      name: "a renewal each month",
      type: rotation,
      props: { rotationRules: { automaticallyAfterDays: 30 } },
    },
    { name: "a renewal each week", type: rotation, props: every("rate(7 days)") },
    { name: "the first of each month", type: nativeRotation, props: every("cron(0 8 1 * ? *)") },
    {
      name: "a longer time where a team allows it",
      type: rotation,
      props: every("rate(90 days)"),
      config: { maxRotationSeconds: 7_776_000 },
    },
    { name: "a key that KMS renews", type: key, props: { enableKeyRotation: true } },
    {
      name: "a key that KMS renews each quarter",
      type: key,
      props: { enableKeyRotation: true, rotationPeriodInDays: 90 },
    },
    { name: "a key that KMS can't renew", type: key, props: { customerMasterKeySpec: "RSA_4096" } },
    { name: "a key for messages", type: key, props: { keyUsage: "GENERATE_VERIFY_MAC" } },
    { name: "a key that lies outside AWS", type: key, props: { xksKeyId: "key-1" } },
    { name: "a key of an own store", type: key, props: { customKeyStoreId: "cks-1" } },
    { name: "a key from outside", type: nativeKey, props: { origin: "EXTERNAL" } },
  ],
  blocks: [
    ...endpointCases["underlying-secrets-rotate"].blocks,
    ...gcpRotationCases.blocks,
    ...vaultRotationCases.blocks,
    {
      name: "a renewal each year",
      type: rotation,
      props: { rotationRules: { automaticallyAfterDays: 365 } },
      says: ["rotationRules.automaticallyAfterDays lets 365 d pass, and 31 d are allowed"],
    },
    {
      name: "a day more than a month",
      type: rotation,
      props: every("rate(32 days)"),
      says: ["rotationRules.scheduleExpression lets 32 d pass, and 31 d are allowed"],
    },
    {
      name: "the first day of each quarter",
      type: nativeRotation,
      props: every("cron(0 8 1 1/3 ? *)"),
      says: ["rotationRules.scheduleExpression lets 92 d pass, and 31 d are allowed"],
    },
    {
      name: "a schedule that ends",
      type: rotation,
      props: every("cron(0 8 1 * ? 2027)"),
      says: ["rotationRules.scheduleExpression is no time or schedule that can be read, or one that ends"],
    },
    {
      name: "no rules",
      type: rotation,
      props: { secretId: "x" },
      says: ["rotationRules says no time, so that the secret is never renewed"],
    },
    {
      name: "rules without a time",
      type: rotation,
      props: { rotationRules: { duration: "2h" } },
      says: ["rotationRules says no time, so that the secret is never renewed"],
    },
    {
      name: "a key that nobody renews",
      type: key,
      props: { description: "orders" },
      says: ["enableKeyRotation is not true, so that the key is never renewed"],
    },
    {
      name: "a key whose renewal is off",
      type: nativeKey,
      props: { enableKeyRotation: false, keySpec: "SYMMETRIC_DEFAULT" },
      says: ["enableKeyRotation is not true, so that the key is never renewed"],
    },
    {
      name: "a key for seven years",
      type: key,
      props: { enableKeyRotation: true, rotationPeriodInDays: 2560 },
      says: ["rotationPeriodInDays lets 2560 d pass, and 366 d are allowed"],
    },
  ],
  undecided: [
    ...gcpRotationCases.undecided,
    ...vaultRotationCases.undecided,
    {
      name: "all rules",
      type: rotation,
      props: { rotationRules: unknownText },
      says: ["rotationRules is not known yet, and may be seldom"],
    },
    {
      name: "how many days",
      type: rotation,
      props: { rotationRules: { automaticallyAfterDays: unknownText } },
      says: ["rotationRules.automaticallyAfterDays is not known yet, and may be seldom"],
    },
    {
      name: "the schedule",
      type: rotation,
      props: every(unknownText),
      says: ["rotationRules.scheduleExpression is not known yet, and may be seldom"],
    },
    {
      name: "whether a key is renewed",
      type: key,
      props: { enableKeyRotation: unknownText },
      says: ["enableKeyRotation is not known yet, and has to be true"],
    },
    {
      name: "what a key is for",
      type: nativeKey,
      props: { keyUsage: unknownText },
      says: ["enableKeyRotation is not known yet, and has to be true"],
    },
    {
      name: "what kind of key",
      type: key,
      props: { customerMasterKeySpec: unknownText },
      says: ["enableKeyRotation is not known yet, and has to be true"],
    },
  ],
});
