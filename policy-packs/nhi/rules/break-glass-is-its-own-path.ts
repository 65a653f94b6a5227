import { awsBreakGlass } from "../aws/break-glass";
import { gcpBreakGlass } from "../gcp/break-glass";
import type { ResourceRule } from "../rule";

const judges = { ...awsBreakGlass, ...gcpBreakGlass };

export const breakGlassIsItsOwnPath: ResourceRule = {
  id: "break-glass-is-its-own-path",
  title: "The way in for emergencies is for people with a second factor, for an hour, and for no machine.",
  why: "It has every right, so that whatever opens it in an ordinary hour opens everything.",
  fix: 'Trust people alone, compare aws:MultiFactorAuthPresent with "true" in Bool, and leave the session at an hour.',
  severity: "critical",
  enforcement: "mandatory",
  topic: "break-glass",
  doesNotSee:
    "Whether somebody is paged when it is used and looks at it afterwards, who keeps the second factor, and a way in that is not marked as one: nhi:kind break-glass.",
  neverExempt: "A machine that can break the glass has every right at any hour.",
  whenNot: "A role that is used in ordinary hours is no way in for emergencies: take the mark away.",
  ceilings: {
    maxEmergencySeconds: {
      seconds: 3600,
      says: "The longest session of a way in for emergencies. Default: 3600.",
    },
  },
  samples: {
    bad: `
new aws.iam.Role("emergency", {
  assumeRolePolicy: {
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { AWS: "arn:aws:iam::123456789012:user/on-call" },
        Action: "sts:AssumeRole",
        Condition: { BoolIfExists: { "aws:MultiFactorAuthPresent": "true" } },
      },
    ],
  },
  tags: { "nhi:kind": "break-glass" },
});
`,
    good: `
new aws.iam.Role("emergency", {
  assumeRolePolicy: {
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { AWS: "arn:aws:iam::123456789012:user/on-call" },
        Action: "sts:AssumeRole",
        Condition: { Bool: { "aws:MultiFactorAuthPresent": "true" } },
      },
    ],
  },
  maxSessionDuration: 3600,
  tags: { "nhi:kind": "break-glass" },
});
`,
  },
  types: Object.keys(judges),
  check: (resource) => judges[resource.type]?.(resource) ?? [],
};
