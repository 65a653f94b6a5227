import { isoDuration, seconds, type Time } from "../duration";
import type { Resource, ResourceRule } from "../rule";
import { unknown } from "../value";
import { fail, type Finding, undetermined } from "../verdict";

/** AWS takes no shorter maximum for a role: what is shorter is asked for with each session. */
const leastOfRoles = 3600;

/** What Vault gives when neither role nor mount says anything (`default_lease_ttl`, `max_lease_ttl`): 768 hours. */
const systemDefault = 768 * 3600;

const judges: Record<string, (resource: Resource) => Finding[]> = {
  "aws:iam/role:Role": session("maxSessionDuration", seconds, leastOfRoles),
  "aws:rolesanywhere/profile:Profile": session("durationSeconds", seconds),
  "aws:ssoadmin/permissionSet:PermissionSet": session("sessionDuration", isoDuration),
  "vault:aws/secretBackendRole:SecretBackendRole": (resource) => [
    ...session("defaultStsTtl", seconds)(resource),
    ...session("maxStsTtl", seconds)(resource),
  ],
  ...forTypes(
    [
      "vault:alicloud/authBackendRole:AuthBackendRole",
      "vault:appRole/authBackendRole:AuthBackendRole",
      "vault:aws/authBackendRole:AuthBackendRole",
      "vault:azure/authBackendRole:AuthBackendRole",
      "vault:gcp/authBackendRole:AuthBackendRole",
      "vault:index/certAuthBackendRole:CertAuthBackendRole",
      "vault:index/ociAuthBackendRole:OciAuthBackendRole",
      "vault:jwt/authBackendRole:AuthBackendRole",
      "vault:kubernetes/authBackendRole:AuthBackendRole",
    ],
    tokenRole,
  ),
  "vault:tokenauth/authBackendRole:AuthBackendRole": tokenRole,
  "vault:index/token:Token": token,
  "vault:database/secretBackendRole:SecretBackendRole": lease("defaultTtl", "maxTtl"),
  "vault:kubernetes/secretBackendRole:SecretBackendRole": lease("tokenDefaultTtl", "tokenMaxTtl"),
  "vault:ldap/secretBackendDynamicRole:SecretBackendDynamicRole": lease("defaultTtl", "maxTtl"),
  "vault:pkiSecret/secretBackendRole:SecretBackendRole": certificate("maxCertificateSeconds"),
  "vault:ssh/secretBackendRole:SecretBackendRole": certificate("maxSessionSeconds"),
};

export const sessionsAreShort: ResourceRule = {
  id: "sessions-are-short",
  title: "A session, a token and a lease end soon after the task that they are for.",
  why: "Until it ends, a leaked credential is as good as the machine's own, and most of them can't be called back.",
  fix: "Set the time that the task needs, and let a longer task ask again.",
  severity: "high",
  enforcement: "mandatory",
  topic: "overlong-ttl",
  doesNotSee:
    "Limits of a Vault mount or of the server, which may be tighter: they are set on the role to be seen there. Time conditions in an AWS policy.",
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
    maxCertificateSeconds: {
      seconds: 86_400,
      says: "The longest life of a certificate of Vault's PKI engine. Default: 86400.",
    },
  },
  whenNot:
    "A job that can't be split and runs longer than the ceiling: raise the ceiling for its stack, not for all.",
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

function forTypes(types: string[], judge: (resource: Resource) => Finding[]) {
  return Object.fromEntries(types.map((type) => [type, judge]));
}

/** A cap that has a short default of its own: only what is set can be too long. */
function session(property: string, read: typeof seconds, least = 0) {
  return (resource: Resource): Finding[] => {
    const time = read(resource.read(property));
    return time === undefined ? [] : tooLong(resource, property, [time], "maxSessionSeconds", least);
  };
}

/** A lease of a secret engine: Vault renews it up to the maximum. */
function lease(ttlProperty: string, maxProperty: string) {
  return (resource: Resource): Finding[] => {
    const ttl = seconds(resource.read(ttlProperty));
    const max = seconds(resource.read(maxProperty));
    return [
      ...tooLong(resource, ttlProperty, [ttl, max], "maxSessionSeconds"),
      ...tooLong(resource, maxProperty, [max], "maxRenewableSeconds"),
    ];
  };
}

/** A certificate: it is not renewed, so the maximum is what counts. */
function certificate(ceiling: string) {
  return (resource: Resource): Finding[] =>
    tooLong(resource, "maxTtl", [seconds(resource.read("maxTtl"))], ceiling);
}

function tokenRole(resource: Resource): Finding[] {
  const type = resource.read("tokenType");
  return tokenLife(resource, {
    ttl: "tokenTtl",
    max: "tokenMaxTtl",
    explicitMax: "tokenExplicitMaxTtl",
    period: "tokenPeriod",
    // A batch token can't be renewed.
    renewable: type !== "batch" && type !== "default-batch",
  });
}

function token(resource: Resource): Finding[] {
  const renewable = resource.read("renewable");
  return tokenLife(resource, {
    ttl: "ttl",
    explicitMax: "explicitMaxTtl",
    period: "period",
    renewable: renewable !== undefined && renewable !== false,
  });
}

/** The properties that say how long a token lives. */
interface TokenLife {
  ttl: string;
  max?: string;
  explicitMax: string;
  period: string;
  renewable: boolean;
}

/**
 * A token lives for its `ttl`, and is renewed until the lower of `max` and `explicitMax`. A periodic one is renewed for
 * ever unless it has an `explicitMax` (developer.hashicorp.com/vault/docs/concepts/tokens).
 */
function tokenLife(resource: Resource, { ttl, max, explicitMax, period, renewable }: TokenLife): Finding[] {
  const time = (property: string): Time => seconds(resource.read(property));
  const limits: Time[] = max === undefined ? [time(explicitMax)] : [time(max), time(explicitMax)];
  if (isSet(time(period))) {
    if (isSet(time(explicitMax)))
      return tooLong(resource, explicitMax, [time(explicitMax)], "maxRenewableSeconds");
    return time(period) === unknown
      ? [undetermined(period, "is not known yet, and a periodic token has no end")]
      : [fail(period, `makes a token without an end, which ${explicitMax} would give it`)];
  }
  return [
    ...tooLong(resource, ttl, [time(ttl), ...limits], "maxSessionSeconds"),
    ...(renewable ? tooLong(resource, max ?? explicitMax, limits, "maxRenewableSeconds") : []),
  ];
}

/** Vault reads 0 as not set. */
const isSet = (time: Time) => time !== undefined && time !== 0;

/** Each bound that is set ends the session, so one that is short enough is enough. */
function tooLong(
  resource: Resource,
  property: string,
  bounds: Time[],
  ceilingName: string,
  least = 0,
): Finding[] {
  const ceiling = Math.max(resource.ceiling(ceilingName), least);
  const set = bounds.filter(isSet);
  if (set.some((time) => typeof time === "number" && time <= ceiling)) return [];
  if (set.includes(unknown))
    return [undetermined(property, `is not known yet, and may be more than ${ceiling} seconds`)];
  const known = set.filter((time) => typeof time === "number");
  if (known.some(Number.isNaN)) return [undetermined(property, "can't be read as a time")];
  const what =
    known.length > 0
      ? `is ${Math.min(...known)} seconds`
      : `is not set, so Vault's default holds: ${systemDefault / 3600} hours unless somebody changed it`;
  return [fail(property, `${what}, and may be at most ${ceiling} seconds`)];
}
