import { breakGlassIsItsOwnPath } from "../../../../policy-packs/nhi/rules/break-glass-is-its-own-path";
import { type Props, unknownText } from "../../../support/analyze";
import { testRule } from "../../../support/rule-tester";
import { gcpBreakGlassCases } from "../gcp/break-glass";

const role = "aws:iam/role:Role";
const nativeRole = "aws-native:iam:Role";
const tags = { "nhi:kind": "break-glass" };
const onCall = { AWS: "arn:aws:iam::123456789012:user/on-call" };
const mfa = { Bool: { "aws:MultiFactorAuthPresent": "true" } };
const allow = (condition: Props, more: Props = {}): Props => ({
  Effect: "Allow",
  Principal: onCall,
  Action: "sts:AssumeRole",
  Condition: condition,
  ...more,
});
const trust = (...statements: Props[]): Props => ({
  assumeRolePolicy: { Version: "2012-10-17", Statement: statements },
  tags,
});
const denied = (operator: string, more: Props = {}): Props => ({
  Effect: "Deny",
  Principal: "*",
  Action: "sts:AssumeRole",
  Condition: { [operator]: { "aws:MultiFactorAuthPresent": "false" } },
  ...more,
});
const at = (index: number, what: string) => `assumeRolePolicy.Statement[${index}] ${what}`;
const withoutMfa = "lets in a session without MFA";
const notAnHour = "maxSessionDuration is not a time of at most 3600 seconds";
const byToken = "lets a machine in by its token: this way is for people alone";

testRule(breakGlassIsItsOwnPath, {
  allows: [
    ...gcpBreakGlassCases.allows,
    { name: "people with MFA", type: role, props: { ...trust(allow(mfa)), maxSessionDuration: 3600 } },
    {
      name: "MFA of the last five minutes, which is MFA too",
      type: role,
      props: trust(allow({ NumericLessThan: { "AWS:MultiFactorAuthAge": "300" } })),
    },
    {
      name: "MFA if the key is there, which another comparison demands",
      type: role,
      props: trust(
        allow({
          BoolIfExists: { "aws:MultiFactorAuthPresent": "true" },
          Null: { "aws:MultiFactorAuthPresent": "false" },
        }),
      ),
    },
    {
      name: "a Deny for everybody without",
      type: role,
      props: trust(allow({}), denied("BoolIfExists")),
    },
    {
      name: "a longer session, where the team says so",
      type: role,
      props: { ...trust(allow(mfa)), maxSessionDuration: 7200 },
      config: { maxEmergencySeconds: 7200 },
    },
    {
      name: "another kind of role",
      type: role,
      props: { ...trust(allow({})), tags: { "nhi:kind": "service" } },
    },
    { name: "a role that says nothing of itself", type: nativeRole, props: {} },
  ],
  blocks: [
    ...gcpBreakGlassCases.blocks,
    { name: "no condition", type: role, props: trust(allow({})), says: [at(0, withoutMfa)] },
    {
      name: "MFA if the key is there, which it is not for a static key",
      type: role,
      props: trust(allow({ BoolIfExists: { "aws:MultiFactorAuthPresent": "true" } })),
      says: [at(0, withoutMfa)],
    },
    {
      name: "either with or without MFA",
      type: role,
      props: trust(allow({ Bool: { "aws:MultiFactorAuthPresent": ["true", "false"] } })),
      says: [at(0, withoutMfa)],
    },
    {
      name: "a second statement",
      type: role,
      props: trust(allow(mfa), allow({ StringEquals: { "aws:PrincipalOrgID": "o-1" } })),
      says: [at(1, withoutMfa)],
    },
    {
      name: "a Deny that misses who has no such key",
      type: role,
      props: trust(allow({}), denied("Bool")),
      says: [at(0, withoutMfa)],
    },
    {
      name: "a Deny that asks for more",
      type: role,
      props: trust(
        allow({}),
        denied("BoolIfExists", {
          Condition: {
            BoolIfExists: { "aws:MultiFactorAuthPresent": "false" },
            StringEquals: { "aws:PrincipalTag/team": "web" },
          },
        }),
      ),
      says: [at(0, withoutMfa)],
    },
    {
      name: "a Deny for somebody",
      type: role,
      props: trust(allow({}), denied("BoolIfExists", { Principal: onCall })),
      says: [at(0, withoutMfa)],
    },
    {
      name: "a pipeline",
      type: role,
      props: trust(
        allow(mfa),
        allow(mfa, {
          Principal: {
            Federated: "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com",
          },
          Action: ["sts:AssumeRoleWithWebIdentity"],
        }),
      ),
      says: [at(1, byToken)],
    },
    {
      name: "an identity provider of people, beside users",
      type: role,
      props: trust(
        allow(mfa, {
          Principal: { ...onCall, Federated: "arn:aws:iam::123456789012:saml-provider/okta" },
          Action: "sts:AssumeRole*",
        }),
      ),
      says: [at(0, byToken), at(0, "hangs on an identity provider, which may be what is out of order")],
    },
    {
      name: "a service",
      type: role,
      props: trust(allow({}, { Principal: { Service: "lambda.amazonaws.com" } })),
      says: [at(0, "lets in a service of AWS, and so whatever runs in it")],
    },
    {
      name: "two hours",
      type: role,
      props: { ...trust(allow(mfa)), maxSessionDuration: 7200 },
      says: [notAnHour],
    },
    {
      name: "no time",
      type: role,
      props: { ...trust(allow(mfa)), maxSessionDuration: "long" },
      says: [notAnHour],
    },
    {
      name: "both ways in one role",
      type: role,
      props: { ...trust(allow(mfa)), tags: { ...tags, "nhi:jit": "true" } },
      says: ["tags name it a role for just-in-time access as well, which goes through the broker"],
    },
    {
      name: "no condition, by the other provider",
      type: nativeRole,
      props: {
        assumeRolePolicyDocument: JSON.stringify({ Statement: allow({}) }),
        tags: [{ key: "nhi:kind", value: "break-glass" }],
      },
      says: [`assumeRolePolicyDocument.Statement[0] ${withoutMfa}`],
    },
  ],
  undecided: [
    {
      name: "the whole document",
      type: role,
      props: { tags, assumeRolePolicy: unknownText },
      says: ["assumeRolePolicy is not known yet"],
    },
    {
      name: "the session",
      type: role,
      props: { ...trust(allow(mfa)), maxSessionDuration: unknownText },
      says: ["maxSessionDuration is not known yet, and may be more than 3600 seconds"],
    },
    {
      name: "a condition",
      type: role,
      props: trust(allow({ Bool: unknownText })),
      says: [at(0, "may let in a session without MFA: a condition is not known yet")],
    },
    {
      name: "whether a statement allows",
      type: role,
      props: trust(allow({}, { Effect: unknownText })),
      says: [at(0, withoutMfa)],
    },
  ],
});
