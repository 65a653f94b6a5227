import { awsLifetimes } from "../aws/lifetimes";
import { gcpLifetimes } from "../gcp/lifetimes";
import type { ResourceRule } from "../rule";
import { vaultLifetimes } from "../vault/lifetimes";

const judges = { ...awsLifetimes, ...gcpLifetimes, ...vaultLifetimes };

export const sessionsAreShort: ResourceRule = {
  id: "sessions-are-short",
  title: "A session, a token and a lease end soon after the task that they are for.",
  why: "Until it ends, a leaked credential is as good as the machine's own, and most of them can't be called back.",
  fix: "Set the time that the task needs, and let a longer task ask again.",
  severity: "high",
  enforcement: "mandatory",
  topic: "overlong-ttl",
  doesNotSee:
    "Limits of a Vault mount or of the server, which may be tighter: they are set on the role to be seen there. Time conditions in an AWS policy. Whether a renewal is asked for.",
  ceilings: {
    maxSessionSeconds: {
      seconds: 3600,
      sensitive: 900,
      longRunning: 43_200,
      says: "The longest session, and the longest time without a renewal. Default: 3600.",
    },
    maxRenewableSeconds: {
      seconds: 14_400,
      says: "The longest life of a Vault token or lease, however often it is renewed. Default: 14400.",
    },
    maxGrantSeconds: {
      seconds: 14_400,
      says: "The longest grant of an entitlement of GCP's Privileged Access Manager. Default: 14400.",
    },
    maxCertificateSeconds: {
      seconds: 86_400,
      says: "The longest life of a certificate of Vault's PKI and KMIP engines, and of an SSH host. Default: 86400.",
    },
  },
  whenNot:
    "A job that can't be split and runs longer than the ceiling: raise the ceiling for its stack, not for all.",
  remedy:
    "A time above its ceiling becomes the ceiling, in the property's own form. A token of Vault that has no end gets one.",
  samples: {
    bad: `
new aws.iam.Role("nightly", {
  assumeRolePolicy: aws.iam.assumeRolePolicyForPrincipal({ Service: "lambda.amazonaws.com" }),
  maxSessionDuration: 43200,
});
`,
    good: `
new aws.iam.Role("nightly", {
  assumeRolePolicy: aws.iam.assumeRolePolicyForPrincipal({ Service: "lambda.amazonaws.com" }),
  maxSessionDuration: 3600,
});
`,
  },
  types: Object.keys(judges),
  check: (resource) => judges[resource.type]?.(resource) ?? [],
};
