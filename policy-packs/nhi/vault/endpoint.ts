import type { Judge, Resource } from "../rule";
import { unknown, type Value } from "../value";
import { type Finding, undetermined } from "../verdict";

const endpoint = "vault:generic/endpoint:Endpoint";

/** What is written to a path of Vault's, and the provider's own resource for the same. */
interface Kind {
  type: string;
  path: RegExp;
  /** Fields of which one has to be there, where the path alone does not say the engine. */
  by?: readonly string[];
  /** Fields that the API names otherwise than the provider. */
  fields?: Readonly<Record<string, string>>;
}

const ofMethod = /^auth\/.{1,200}\/role\/[^/]{1,200}$/;
const ofEngine = /^(?!auth\/|sys\/|identity\/).{1,200}\/roles\/[^/]{1,200}$/;

const kinds: readonly Kind[] = [
  { type: "vault:index/policy:Policy", path: /^sys\/(policies\/acl|policy)\/[^/]{1,200}$/ },
  { type: "vault:index/audit:Audit", path: /^sys\/audit\/.{1,200}$/ },
  { type: "vault:identity/oidcKey:OidcKey", path: /^identity\/oidc\/key\/[^/]{1,200}$/ },
  { type: "vault:identity/oidcRole:OidcRole", path: /^identity\/oidc\/role\/[^/]{1,200}$/ },
  { type: "vault:tokenauth/authBackendRole:AuthBackendRole", path: /^auth\/token\/roles\/[^/]{1,200}$/ },
  {
    type: "vault:index/certAuthBackendRole:CertAuthBackendRole",
    path: /^auth\/.{1,200}\/certs\/[^/]{1,200}$/,
  },
  {
    type: "vault:jwt/authBackendRole:AuthBackendRole",
    path: ofMethod,
    by: ["user_claim", "bound_claims", "role_type"],
  },
  {
    type: "vault:kubernetes/authBackendRole:AuthBackendRole",
    path: ofMethod,
    by: ["bound_service_account_names", "bound_service_account_namespaces"],
  },
  {
    type: "vault:appRole/authBackendRole:AuthBackendRole",
    path: ofMethod,
    by: ["bind_secret_id", "secret_id_ttl", "secret_id_num_uses"],
  },
  {
    type: "vault:azure/authBackendRole:AuthBackendRole",
    path: ofMethod,
    by: ["bound_service_principal_ids", "bound_subscription_ids", "bound_resource_groups"],
  },
  {
    type: "vault:gcp/authBackendRole:AuthBackendRole",
    path: ofMethod,
    by: ["bound_service_accounts", "bound_projects"],
  },
  {
    type: "vault:aws/authBackendRole:AuthBackendRole",
    path: ofMethod,
    by: ["bound_iam_principal_arn", "auth_type", "bound_account_id"],
    fields: {
      boundEc2InstanceIds: "bound_ec2_instance_id",
      boundIamInstanceProfileArns: "bound_iam_instance_profile_arn",
      boundIamPrincipalArns: "bound_iam_principal_arn",
      boundIamRoleArns: "bound_iam_role_arn",
    },
  },
  {
    type: "vault:database/secretBackendRole:SecretBackendRole",
    path: ofEngine,
    by: ["creation_statements", "db_name"],
  },
  { type: "vault:aws/secretBackendRole:SecretBackendRole", path: ofEngine, by: ["credential_type"] },
  {
    type: "vault:pkiSecret/secretBackendRole:SecretBackendRole",
    path: ofEngine,
    by: ["allow_any_name", "allowed_domains", "allowed_uri_sans", "enforce_hostnames"],
  },
  {
    type: "vault:ssh/secretBackendRole:SecretBackendRole",
    path: ofEngine,
    by: ["allow_user_certificates", "allow_host_certificates", "allowed_users"],
  },
  {
    type: "vault:kubernetes/secretBackendRole:SecretBackendRole",
    path: ofEngine,
    by: ["kubernetes_role_name", "generated_role_rules", "allowed_kubernetes_namespaces"],
  },
  {
    type: "vault:database/secretBackendStaticRole:SecretBackendStaticRole",
    path: /^(?!auth\/|sys\/).{1,200}\/static-roles\/[^/]{1,200}$/,
    by: ["username"],
  },
];

const longestPath = 600;
const longestData = 100_000;

/** The fields of JSON, or `unknown` where they can't be read. */
export function fieldsOf(json: Value | undefined): Readonly<Record<string, Value>> | typeof unknown {
  if (typeof json !== "string" || json.length > longestData) return unknown;
  try {
    const data: unknown = JSON.parse(json);
    return typeof data === "object" && data !== null
      ? Object.assign(Object.create(null) as Record<string, Value>, data)
      : unknown;
  } catch {
    return unknown;
  }
}

/** The judges of a rule, and with them what somebody writes to the same paths by `vault.generic.Endpoint`. */
export const withEndpoint = (judges: Readonly<Record<string, Judge>>): Record<string, Judge> => ({
  ...judges,
  [endpoint]: (resource) => written(judges, resource),
});

function written(judges: Readonly<Record<string, Judge>>, resource: Resource): Finding[] {
  const given = resource.read("path");
  if (typeof given !== "string" || given.length > longestPath) return [];
  const path = given.replace(/^\/|\/$/g, "");
  const data = fieldsOf(resource.read("dataJson"));
  const kind = kinds.find(
    (one) => one.path.test(path) && (!one.by || (data !== unknown && one.by.some((field) => field in data))),
  );
  const judge = kind && judges[kind.type];
  if (!judge) return [];
  if (data === unknown)
    return [undetermined("dataJson", "is not known yet, and may hold what is refused elsewhere")];
  const fieldOf = (property: string) =>
    kind.fields?.[property] ?? property.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return judge({
    type: kind.type,
    read: (property) => data[fieldOf(property)],
    ceiling: (name) => resource.ceiling(name),
    list: (name) => resource.list(name),
    now: resource.now,
  }).map((finding) => ({
    ...finding,
    property:
      finding.property === "it"
        ? "path"
        : `dataJson.${finding.property.replace(/^[A-Za-z]+/, (property) => fieldOf(property))}`,
  }));
}
