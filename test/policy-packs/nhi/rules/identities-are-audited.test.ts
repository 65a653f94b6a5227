import { typesOf } from "../../../../policy-packs/nhi/capabilities";
import { identitiesAreAudited } from "../../../../policy-packs/nhi/rules/identities-are-audited";
import { type Given, unknownText } from "../../../support/analyze";
import { testStackRule } from "../../../support/rule-tester";

const one = (type: string, props = {}): Given => ({ type, name: type, props });
const role = one("aws:iam/role:Role");
const trusting = (principal: object) =>
  one("aws:iam/role:Role", {
    assumeRolePolicy: JSON.stringify({
      Statement: [{ Effect: "Allow", Principal: principal, Action: "sts:AssumeRole" }],
    }),
  });
const pool = one("gcp:iam/workloadIdentityPool:WorkloadIdentityPool");
const mount = one("vault:jwt/authBackend:AuthBackend");
const stack = 'pulumi:pulumi:Stack "the stack": its resources';
const aws = `${stack} make identities of AWS, and none of them is a CloudTrail trail or event data store that is on`;
const gcp = `${stack} make identities of GCP, and none of them is an audit configuration`;
const vault = `${stack} let machines in to Vault, and none of them is an audit device`;
const of = (type: string) =>
  ({ aws, "aws-native": aws, gcp, "google-native": gcp, vault })[type.slice(0, type.indexOf(":"))] ?? "";

const trail = "aws:cloudtrail/trail:Trail";
const store = "aws:cloudtrail/eventDataStore:EventDataStore";

testStackRule(identitiesAreAudited, {
  allows: [
    { name: "nothing but an audit log", resources: [one(trail)] },
    {
      name: "a role that a service of AWS's acts with by itself",
      resources: [trusting({ Service: "events.amazonaws.com" })],
    },
    { name: "an AWS identity beside a trail", resources: [role, one(trail, { enableLogging: true })] },
    {
      name: "a trail of which it is not known yet whether it is on",
      resources: [role, one(trail, { enableLogging: unknownText })],
    },
    { name: "an event data store that takes events", resources: [role, one(store, { suspend: "false" })] },
    {
      name: "identities of CloudFormation's types beside its trail",
      resources: [one("aws-native:iam:Role"), one("aws-native:cloudtrail:Trail", { isLogging: true })],
    },
    {
      name: "an event data store of CloudFormation's that takes events",
      resources: [one("aws-native:iam:Role"), one("aws-native:cloudtrail:EventDataStore")],
    },
    ...[
      "gcp:projects/iAMAuditConfig:IAMAuditConfig",
      "gcp:folder/iamAuditConfig:IamAuditConfig",
      "gcp:organizations/iamAuditConfig:IamAuditConfig",
    ].map((type) => ({
      name: `a pool beside ${type}`,
      resources: [pool, one(type)],
    })),
    { name: "a way in to Vault beside an audit device", resources: [mount, one("vault:index/audit:Audit")] },
    {
      name: "platforms that are audited elsewhere",
      resources: [role, pool, mount],
      config: { auditedElsewhere: ["aws", "gcp", "vault"] },
    },
    {
      name: "a Vault role that hands out nothing but users of AWS, which is for other rules",
      resources: [one("vault:aws/secretBackendRole:SecretBackendRole", { credentialType: "iam_user" })],
    },
  ],
  blocks: [
    ...[...typesOf("identity"), ...typesOf("dynamic-secrets")].map((type) => ({
      name: `${type} alone`,
      resources: [one(type)],
      says: [of(type)],
    })),
    ...[
      { Service: "lambda.amazonaws.com" },
      { Service: ["events.amazonaws.com", "lambda.amazonaws.com"] },
      { Service: "events.amazonaws.com", AWS: "arn:aws:iam::123456789012:root" },
      { Service: unknownText },
      { Service: "events.example.com@s3.amazonaws.com" },
      "*",
    ].map((principal) => ({
      name: `a role for ${JSON.stringify(principal)}`,
      resources: [trusting(principal as object)],
      says: [aws],
    })),
    {
      name: "an audit log of another platform",
      resources: [role, mount, one("vault:index/audit:Audit")],
      says: [aws],
    },
    {
      name: "a trail of CloudFormation's that is off",
      resources: [role, one("aws-native:cloudtrail:Trail", { isLogging: false })],
      says: [aws],
    },
    {
      name: "an event data store of CloudFormation's that takes none",
      resources: [role, one("aws-native:cloudtrail:EventDataStore", { ingestionEnabled: false })],
      says: [aws],
    },
    { name: "a trail that is off", resources: [role, one(trail, { enableLogging: false })], says: [aws] },
    {
      name: "an event data store that takes none",
      resources: [role, one(store, { suspend: "true" })],
      says: [aws],
    },
    { name: "each platform on its own", resources: [mount, pool, role], says: [aws, gcp, vault] },
    {
      name: "a platform that the setting leaves out",
      resources: [role, mount],
      config: { auditedElsewhere: ["vault"] },
      says: [aws],
    },
  ],
});
