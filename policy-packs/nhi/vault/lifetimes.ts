import { seconds, type Time } from "../duration";
import { forTypes } from "../judge";
import { isSet, session, tooLong } from "../lifetime";
import type { Judge, Resource } from "../rule";
import { isObject, unknown } from "../value";
import { advise, fail, type Finding, mendedBy, undetermined } from "../verdict";
import { withEndpoint } from "./endpoint";

/** What Vault gives when neither role nor mount says anything (`default_lease_ttl`, `max_lease_ttl`): 768 hours. */
const systemDefault = 768 * 3600;
export const otherwise = `Vault's default holds: ${systemDefault / 3600} hours unless somebody changed it`;

/** Methods by which a machine shows who it is. Each role says how long its tokens live. */
export const machineRoles = [
  "vault:alicloud/authBackendRole:AuthBackendRole",
  "vault:appRole/authBackendRole:AuthBackendRole",
  "vault:aws/authBackendRole:AuthBackendRole",
  "vault:azure/authBackendRole:AuthBackendRole",
  "vault:gcp/authBackendRole:AuthBackendRole",
  "vault:index/certAuthBackendRole:CertAuthBackendRole",
  "vault:index/ociAuthBackendRole:OciAuthBackendRole",
  "vault:index/scepAuthBackendRole:ScepAuthBackendRole",
  "vault:jwt/authBackendRole:AuthBackendRole",
  "vault:kubernetes/authBackendRole:AuthBackendRole",
  "vault:tokenauth/authBackendRole:AuthBackendRole",
];

/** Methods of people. Their day is longer than a job, so nothing is stopped here. */
const methodsOfPeople = [
  "vault:github/authBackend:AuthBackend",
  "vault:ldap/authBackend:AuthBackend",
  "vault:okta/authBackend:AuthBackend",
  "vault:saml/authBackendRole:AuthBackendRole",
];

/** How long tokens, leases and certificates of Vault live. */
export const vaultLifetimes: Record<string, Judge> = withEndpoint({
  ...forTypes(machineRoles, tokenRole),
  ...forTypes(methodsOfPeople, (resource) => [
    ...tokenRole(resource).map(advisory),
    ...tune("defaultLeaseTtl", "maxLeaseTtl")(resource),
  ]),
  ...forTypes(
    [
      "vault:gcp/authBackend:AuthBackend",
      "vault:index/authBackend:AuthBackend",
      "vault:index/ociAuthBackend:OciAuthBackend",
      "vault:jwt/authBackend:AuthBackend",
    ],
    tune("defaultLeaseTtl", "maxLeaseTtl"),
  ),
  "vault:index/token:Token": token,
  "vault:index/mount:Mount": mount,
  "vault:aws/secretBackendRole:SecretBackendRole": (resource) => [
    ...session("defaultStsTtl", seconds)(resource),
    ...session("maxStsTtl", seconds)(resource),
  ],
  "vault:azure/backendRole:BackendRole": azureRole,
  "vault:consul/secretBackendRole:SecretBackendRole": lease("ttl", "maxTtl"),
  "vault:database/secretBackendRole:SecretBackendRole": lease("defaultTtl", "maxTtl"),
  "vault:gcp/secretImpersonatedAccount:SecretImpersonatedAccount": session("ttl", seconds),
  "vault:identity/oidcRole:OidcRole": identityToken,
  "vault:index/nomadSecretBackend:NomadSecretBackend": lease("ttl", "maxTtl"),
  "vault:kmip/secretRole:SecretRole": (resource) =>
    resource.read("tlsClientTtl") === undefined
      ? []
      : certificate("tlsClientTtl", "maxCertificateSeconds")(resource),
  "vault:kubernetes/secretBackendRole:SecretBackendRole": lease("tokenDefaultTtl", "tokenMaxTtl"),
  "vault:ldap/secretBackendDynamicRole:SecretBackendDynamicRole": lease("defaultTtl", "maxTtl"),
  "vault:ldap/secretBackendLibrarySet:SecretBackendLibrarySet": lease("ttl", "maxTtl"),
  "vault:mongodbatlas/secretRole:SecretRole": lease("ttl", "maxTtl"),
  "vault:pkiSecret/secretBackendCert:SecretBackendCert": issued,
  "vault:pkiSecret/secretBackendRole:SecretBackendRole": pkiRole,
  "vault:pkiSecret/secretBackendSign:SecretBackendSign": issued,
  // A role of this engine says nothing of time: the mount's limit is all that ends a lease.
  "vault:rabbitMq/secretBackend:SecretBackend": lease("defaultLeaseTtlSeconds", "maxLeaseTtlSeconds"),
  "vault:ssh/secretBackendRole:SecretBackendRole": sshRole,
  "vault:terraformcloud/secretRole:SecretRole": lease("ttl", "maxTtl"),
});

const advisory = (finding: Finding): Finding =>
  finding.verdict === "fail" ? advise(finding.property, finding.says) : finding;

/** A lease of a secret engine: Vault renews it up to the maximum. */
function lease(ttlProperty: string, maxProperty: string): Judge {
  return (resource) => {
    const ttl = seconds(resource.read(ttlProperty));
    const max = seconds(resource.read(maxProperty));
    return [
      ...tooLong(resource, ttlProperty, [ttl, max], { ceiling: "maxSessionSeconds", otherwise }),
      ...tooLong(resource, maxProperty, [max], { ceiling: "maxRenewableSeconds", otherwise }),
    ];
  };
}

/** A service principal ends with its lease, and with `explicitMaxTtl` at the latest. */
function azureRole(resource: Resource): Finding[] {
  const [ttl, max, explicitMax] = ["ttl", "maxTtl", "explicitMaxTtl"].map((name) =>
    seconds(resource.read(name)),
  );
  return [
    ...tooLong(resource, "ttl", [ttl, max, explicitMax], { ceiling: "maxSessionSeconds", otherwise }),
    ...tooLong(resource, "maxTtl", [max, explicitMax], { ceiling: "maxRenewableSeconds", otherwise }),
  ];
}

/** A certificate: it is not renewed, so the maximum is what counts. */
function certificate(property: string, ceiling: string, unset = otherwise): Judge {
  return (resource) =>
    tooLong(resource, property, [seconds(resource.read(property))], { ceiling, otherwise: unset });
}

function pkiRole(resource: Resource): Finding[] {
  return [...certificate("maxTtl", "maxCertificateSeconds")(resource), ...fixedEnd(resource)];
}

/** A certificate that the program itself asks for. Without a time of its own it has the role's. */
function issued(resource: Resource): Finding[] {
  return resource.read("ttl") === undefined
    ? fixedEnd(resource)
    : [...certificate("ttl", "maxCertificateSeconds")(resource), ...fixedEnd(resource)];
}

/** `notAfter` replaces every other limit (developer.hashicorp.com/vault/api-docs/secret/pki#not_after). */
function fixedEnd(resource: Resource): Finding[] {
  const end = resource.read("notAfter");
  if (end === undefined || end === null || end === "") return [];
  if (end === unknown) return [undetermined("notAfter", "is not known yet, and is stronger than maxTtl")];
  const left = typeof end === "string" ? (Date.parse(end) - resource.now) / 1000 : NaN;
  if (Number.isNaN(left)) return [undetermined("notAfter", "can't be read as a date")];
  const ceiling = resource.ceiling("maxCertificateSeconds");
  return left > ceiling
    ? [fail("notAfter", `is more than ${ceiling} seconds from now, whatever maxTtl says`)]
    : [];
}

/**
 * Only a certificate lives for a time. The password of the kind `otp` is good for one sign-in. A host shows its
 * certificate as a server shows that of TLS; who holds a user's is let in.
 */
function sshRole(resource: Resource): Finding[] {
  if (resource.read("keyType") === "otp") return [];
  const users = resource.read("allowUserCertificates");
  const isOfHosts =
    resource.read("allowHostCertificates") === true && (users === undefined || users === false);
  return certificate("maxTtl", isOfHosts ? "maxCertificateSeconds" : "maxSessionSeconds")(resource);
}

/** Whoever holds a token that Vault has signed is let in by others, and Vault can't call it back. */
function identityToken(resource: Resource): Finding[] {
  return certificate("ttl", "maxSessionSeconds", "Vault's default holds: 24 hours")(resource);
}

/** Limits of a mount: roles have shorter ones of their own, unless the mount's are more than Vault would give by itself. */
function tune(...properties: string[]): Judge {
  return (resource) => {
    const tuned = resource.read("tune");
    return properties.flatMap((name) =>
      raises(`tune.${name}`, seconds(isObject(tuned) ? tuned[name] : undefined)),
    );
  };
}

/** Types of mounts that give no leases, or whose limit is for the certificate of an authority. */
const withoutLeases = ["kv", "kv-v2", "pki", "transit", "ssh", "cubbyhole", "generic", "transform", "totp"];

function mount(resource: Resource): Finding[] {
  const type = resource.read("type");
  if (typeof type === "string" && withoutLeases.includes(type)) return [];
  if (type === "rabbitmq") return lease("defaultLeaseTtlSeconds", "maxLeaseTtlSeconds")(resource);
  return ["defaultLeaseTtlSeconds", "maxLeaseTtlSeconds"].flatMap((name) =>
    raises(name, seconds(resource.read(name))),
  );
}

const raises = (property: string, time: Time): Finding[] =>
  typeof time === "number" && time > systemDefault
    ? [
        advise(
          property,
          `is ${time} seconds, and lets a role without a limit of its own give more than the ${systemDefault / 3600} hours that Vault would`,
        ),
      ]
    : [];

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
      return tooLong(resource, explicitMax, [time(explicitMax)], {
        ceiling: "maxRenewableSeconds",
        otherwise,
      });
    return time(period) === unknown
      ? [undetermined(period, "is not known yet, and a periodic token has no end")]
      : [
          mendedBy(fail(period, `makes a token without an end, which ${explicitMax} would give it`), {
            [explicitMax]: resource.ceiling("maxRenewableSeconds"),
          }),
        ];
  }
  return [
    ...tooLong(resource, ttl, [time(ttl), ...limits], { ceiling: "maxSessionSeconds", otherwise }),
    ...(renewable
      ? tooLong(resource, max ?? explicitMax, limits, { ceiling: "maxRenewableSeconds", otherwise })
      : []),
  ];
}
