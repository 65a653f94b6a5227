import type { Judge, Resource } from "../rule";
import { unknown, type Value } from "../value";
import { advise, fail, type Finding, undetermined } from "../verdict";
import { withEndpoint } from "./endpoint";
import { jwtRoleFindings } from "./jwt-role";

/** Which workloads sign in to a role of Vault that it does not name (developer.hashicorp.com/vault/api-docs/auth). */
export const vaultTrusts: Record<string, Judge> = withEndpoint({
  "vault:jwt/authBackendRole:AuthBackendRole": (resource) => jwtRoleFindings((name) => resource.read(name)),
  "vault:appRole/authBackendRole:AuthBackendRole": appRole,
  "vault:azure/authBackendRole:AuthBackendRole": azureRole,
  "vault:kubernetes/authBackendRole:AuthBackendRole": kubernetesRole,
  "vault:aws/authBackendRole:AuthBackendRole": awsRole,
  "vault:aws/authBackendClient:AuthBackendClient": awsClient,
  "vault:gcp/authBackendRole:AuthBackendRole": gcpRole,
  "vault:index/certAuthBackendRole:CertAuthBackendRole": certificateRole,
});

type Text = string | typeof unknown;

/** The texts of a list, of which Vault takes each with wildcards. */
function textsOf(value: Value | undefined): Text[] | typeof unknown {
  if (value === unknown) return unknown;
  if (typeof value === "string") return [value];
  return Array.isArray(value)
    ? value.filter((item): item is Text => item === unknown || typeof item === "string")
    : [];
}

/** What a list of names lets in that is more than the names: nothing, something open, or what can't be seen. */
function openIn(resource: Resource, property: string, who: string): Finding[] {
  const texts = textsOf(resource.read(property));
  if (texts === unknown) return [undetermined(property, "is not known yet")];
  const open = texts.find((text) => text !== unknown && text.includes("*"));
  if (open !== undefined) return [fail(property, `lets in ${who}: it has a wildcard`)];
  return texts.includes(unknown) ? [undetermined(property, "has a value that is not known yet")] : [];
}

const isGiven = (value: Value | undefined) =>
  value === unknown ||
  (Array.isArray(value) ? value.length > 0 : value !== undefined && value !== null && value !== "");

/** Names and namespaces are two lists, and any pair of them gets in; a selector is one more way in. */
function kubernetesRole(resource: Resource): Finding[] {
  const namespaces = resource.read("boundServiceAccountNamespaces");
  const selector = resource.read("boundServiceAccountNamespaceSelector");
  const names = textsOf(resource.read("boundServiceAccountNames"));
  const audience = resource.read("audience");
  return [
    ...openIn(resource, "boundServiceAccountNames", "every service account that its namespaces have"),
    ...openIn(resource, "boundServiceAccountNamespaces", "accounts of every namespace"),
    ...(names !== unknown && names.includes("default")
      ? [fail("boundServiceAccountNames", 'has "default", which every pod has that names no service account')]
      : []),
    ...(isGiven(selector)
      ? [fail("boundServiceAccountNamespaceSelector", "lets in whoever may label a namespace")]
      : []),
    ...(Array.isArray(namespaces) && namespaces.length > 1 && names !== unknown && names.length > 1
      ? [
          advise(
            "boundServiceAccountNamespaces",
            "are several, and so are the names: Vault lets in every pair of them",
          ),
        ]
      : []),
    ...(isGiven(audience)
      ? []
      : [fail("audience", "is not set, so that a token for any other service of the cluster gets in")]),
  ];
}

/** By whom the AWS method lets in: a role's ARN, or facts about an instance that several share. */
function awsRole(resource: Resource): Finding[] {
  const principals = textsOf(resource.read("boundIamPrincipalArns"));
  if (principals === unknown) return [undetermined("boundIamPrincipalArns", "is not known yet")];
  const type = resource.read("authType");
  if (type === unknown) return [undetermined("authType", "is not known yet")];
  if (type !== "iam") return instanceFindings(resource);
  if (principals.length === 0)
    return isGiven(resource.read("inferredEntityType"))
      ? instanceFindings(resource)
      : [fail("boundIamPrincipalArns", "is empty: it names no role that may sign in")];
  const open = principals.some((arn) => arn !== unknown && (/[*]/.test(arn) || /:root$|^\d{12}$/.test(arn)));
  if (open) return [fail("boundIamPrincipalArns", "lets in principals that it does not name")];
  if (principals.includes(unknown))
    return [undetermined("boundIamPrincipalArns", "has a value that is not known yet")];
  return resource.read("resolveAwsUniqueIds") === false
    ? [advise("resolveAwsUniqueIds", "is off, so that a role that is made again under the name gets in")]
    : [];
}

function instanceFindings(resource: Resource): Finding[] {
  const named = ["boundEc2InstanceIds", "boundIamRoleArns", "boundIamInstanceProfileArns"];
  const bound = named.filter((property) => isGiven(resource.read(property)));
  if (bound.length === 0)
    return [fail("authType", "lets in instances by account, image or network, which many share")];
  return bound.flatMap((property) => openIn(resource, property, "instances that it does not name"));
}

/** Without it a request that was signed for another Vault, or for AWS itself, can be replayed here. */
function awsClient(resource: Resource): Finding[] {
  return isGiven(resource.read("iamServerIdHeaderValue"))
    ? []
    : [
        advise(
          "iamServerIdHeaderValue",
          "is not set, so that a request signed for another server is good here too",
          "Set it to the server's own name, and have workloads sign it.",
        ),
      ];
}

/** A role's id is no secret: it stands in configurations and logs. */
function appRole(resource: Resource): Finding[] {
  const bound = resource.read("bindSecretId");
  if (bound === unknown) return [undetermined("bindSecretId", "is not known yet, and false needs no secret")];
  return bound === false
    ? [fail("bindSecretId", "is false: whoever knows the role's id and is in the network gets in")]
    : [];
}

/** By a service principal one machine is named; by anything else all that lie in one place. */
function azureRole(resource: Resource): Finding[] {
  const named = ["boundServicePrincipalIds", "boundGroupIds", "boundScaleSets"];
  const given = named.filter((property) => isGiven(resource.read(property)));
  if (given.length === 0)
    return [
      fail(
        "boundServicePrincipalIds",
        "is empty: every machine of the subscriptions, groups or places that are named gets in, or of the whole tenant",
      ),
    ];
  return given.flatMap((property) =>
    openIn(resource, property, "every machine that has an identity of its own"),
  );
}

function gcpRole(resource: Resource): Finding[] {
  const type = resource.read("type");
  if (type === unknown) return [undetermined("type", "is not known yet")];
  if (type === "gce") return machineFindings(resource);
  const accounts = textsOf(resource.read("boundServiceAccounts"));
  if (accounts !== unknown && accounts.length === 0)
    return [fail("boundServiceAccounts", "is empty: it names no account that may sign in")];
  return openIn(resource, "boundServiceAccounts", "every service account of its projects");
}

function machineFindings(resource: Resource): Finding[] {
  const named = ["boundInstanceGroups", "boundServiceAccounts", "boundLabels"];
  return named.some((property) => isGiven(resource.read(property)))
    ? openIn(resource, "boundServiceAccounts", "every service account")
    : [fail("type", 'is "gce", and nothing but projects and zones says which machines are meant')];
}

/** What a certificate may be named by. Without one, each certificate of the authority gets in. */
const names = ["allowedUriSans", "allowedDnsSans", "allowedCommonNames", "allowedEmailSans", "allowedNames"];

function certificateRole(resource: Resource): Finding[] {
  const given = names.filter((property) => isGiven(resource.read(property)));
  const open =
    given.length === 0
      ? [
          fail(
            "allowedUriSans",
            "is empty, and so is every other name: each certificate of the authority gets in",
          ),
        ]
      : given.flatMap((property) => openPattern(resource, property));
  return resource.read("ocspEnabled") === true && resource.read("ocspFailOpen") === true
    ? [...open, fail("ocspFailOpen", "lets in a revoked certificate while nobody answers")]
    : open;
}

/** A pattern below a name of one's own is a choice: `*.shop.example.com`, `spiffe://example.org/shop/*`. */
function openPattern(resource: Resource, property: string): Finding[] {
  const texts = textsOf(resource.read(property));
  if (texts === unknown) return [undetermined(property, "is not known yet")];
  const isOpen = (text: Text) =>
    text !== unknown &&
    text.includes("*") &&
    !/^\*\.[\w-]+\.[\w.-]+$|^spiffe:\/\/[\w.-]+\/[\w./-]+\/\*$/.test(text);
  if (texts.some(isOpen)) return [fail(property, "has a wildcard that anybody's name matches")];
  return texts.includes(unknown) ? [undetermined(property, "has a value that is not known yet")] : [];
}
