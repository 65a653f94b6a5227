import { forTypes } from "../judge";
import type { Judge, Resource } from "../rule";
import { isObject, unknown, type Value } from "../value";
import { advise, fail, type Finding, undetermined } from "../verdict";
import { aclFindings } from "./acl-rights";
import { cloudRights } from "./cloud-rights";
import { passwordsInUrls } from "./connection-urls";
import { ldapRights, statementRights } from "./database-rights";
import { withEndpoint } from "./endpoint";
import { kubernetesRights } from "./kubernetes-rights";
import { machineRoles } from "./lifetimes";
import { isKnown, known, texts } from "./texts";

/** What gives rights in Vault, or in what Vault makes credentials for. */
export const vaultRights: Record<string, Judge> = withEndpoint({
  "vault:index/policy:Policy": (resource) => aclFindings("policy", resource.read("policy")),
  ...forTypes(machineRoles, rootPolicy("tokenPolicies")),
  "vault:tokenauth/authBackendRole:AuthBackendRole": tokenRole,
  "vault:index/token:Token": rootPolicy("policies"),
  ...cloudRights,
  // What a person or a group has, a program has that is in it.
  ...forTypes(
    [
      "vault:aws/authBackendRoleTag:AuthBackendRoleTag",
      "vault:github/team:Team",
      "vault:github/user:User",
      "vault:identity/entity:Entity",
      "vault:identity/entityPolicies:EntityPolicies",
      "vault:identity/group:Group",
      "vault:identity/groupPolicies:GroupPolicies",
      "vault:ldap/authBackendGroup:AuthBackendGroup",
      "vault:ldap/authBackendUser:AuthBackendUser",
      "vault:okta/authBackendGroup:AuthBackendGroup",
      "vault:okta/authBackendUser:AuthBackendUser",
    ],
    rootPolicy("policies"),
  ),
  ...forTypes(
    ["vault:ad/secretLibrary:SecretLibrary", "vault:ldap/secretBackendLibrarySet:SecretBackendLibrarySet"],
    librarySet,
  ),
  "vault:consul/secretBackendRole:SecretBackendRole": consul,
  "vault:database/secretBackendConnection:SecretBackendConnection": (resource) => [
    ...anyRole("allowedRoles")(resource),
    ...passwordsInUrls(resource),
  ],
  "vault:database/secretBackendRole:SecretBackendRole": (resource) =>
    statementRights("creationStatements", resource.read("creationStatements")),
  "vault:identity/oidcKey:OidcKey": anyClient("allowedClientIds"),
  "vault:identity/oidcKeyAllowedClientID:OidcKeyAllowedClientID": anyClient("allowedClientId"),
  "vault:index/nomadSecretRole:NomadSecretRole": nomad,
  "vault:kmip/secretRole:SecretRole": kmip,
  "vault:kubernetes/secretBackendRole:SecretBackendRole": kubernetesRights,
  "vault:ldap/secretBackendDynamicRole:SecretBackendDynamicRole": (resource) =>
    ldapRights("creationLdif", resource.read("creationLdif")),
  "vault:mongodbatlas/secretRole:SecretRole": atlas,
  "vault:pkiSecret/backendConfigAcme:BackendConfigAcme": acme,
  ...forTypes(
    [
      "vault:pkiSecret/backendConfigCmpv2:BackendConfigCmpv2",
      "vault:pkiSecret/backendConfigEst:BackendConfigEst",
      "vault:pkiSecret/backendConfigScep:BackendConfigScep",
    ],
    verbatim("defaultPathPolicy"),
  ),
  "vault:pkiSecret/secretBackendRole:SecretBackendRole": pki,
  "vault:rabbitMq/secretBackendRole:SecretBackendRole": rabbitMq,
  "vault:ssh/secretBackendRole:SecretBackendRole": ssh,
});

/** Vault trims a policy's name and turns it to lower case before it looks. */
const isRoot = (name: string) => name.trim().toLowerCase() === "root";

function rootPolicy(property: string): Judge {
  return (resource) =>
    known(resource.read(property)).some(isRoot) ? [fail(property, "has root, which allows everything")] : [];
}

/** A role of tokens: which policies somebody may ask for. Nothing said is the policies of whoever asks. */
function tokenRole(resource: Resource): Finding[] {
  const all = known(resource.read("allowedPoliciesGlobs")).includes("*");
  return [
    ...rootPolicy("tokenPolicies")(resource),
    ...rootPolicy("allowedPolicies")(resource),
    ...(all ? [fail("allowedPoliciesGlobs", "lets whoever uses the role have a token of every policy")] : []),
  ];
}

function anyRole(property: string): Judge {
  return (resource) =>
    resource.read(property) === unknown
      ? [undetermined(property, "is not known yet")]
      : known(resource.read(property)).some((role) => role.includes("*"))
        ? [
            fail(
              property,
              "lets every role use the connection, so whoever may write a role may run any SQL with it",
              "List the roles.",
            ),
          ]
        : [];
}

function anyClient(property: string): Judge {
  return (resource) =>
    known(resource.read(property)).includes("*")
      ? [
          fail(
            property,
            "lets every role sign with the key, for whatever audience it likes",
            "List the clients.",
          ),
        ]
      : [];
}

function consul(resource: Resource): Finding[] {
  return ["consulPolicies", "policies"]
    .filter((name) => known(resource.read(name)).includes("global-management"))
    .map((name) => fail(name, "has global-management, which allows everything in Consul"));
}

function nomad(resource: Resource): Finding[] {
  return resource.read("type") === "management"
    ? [fail("type", 'is "management", which allows everything in Nomad')]
    : [];
}

/** An account that one machine has taken out, another one brings back, and so sets its password anew. */
function librarySet(resource: Resource): Finding[] {
  return resource.read("disableCheckInEnforcement") === true
    ? [
        fail(
          "disableCheckInEnforcement",
          "is true, so that any machine brings back an account that another one has taken out",
        ),
      ]
    : [];
}

function kmip(resource: Resource): Finding[] {
  return resource.read("operationAll") === true
    ? [fail("operationAll", "allows every operation on every key of the scope", "Name the operations.")]
    : [];
}

function atlas(resource: Resource): Finding[] {
  const owners = known(resource.read("roles")).filter((role) => /^(ORG|GROUP|PROJECT)_OWNER$/i.test(role));
  return owners.length > 0 ? [fail("roles", "has an owner, who may make keys of its own")] : [];
}

function verbatim(property: string): Judge {
  return (resource) => {
    const policy = resource.read(property);
    return typeof policy === "string" && policy.toLowerCase().startsWith("sign-verbatim")
      ? [fail(property, "is sign-verbatim: whoever asks gets a certificate for any name", "Name a role.")]
      : [];
  };
}

function acme(resource: Resource): Finding[] {
  const findings = verbatim("defaultDirectoryPolicy")(resource);
  // With it, a holder of the account shows a key that Vault gave; the name itself is proven to Vault all the same.
  return findings.length > 0 && resource.read("eabPolicy") === "always-required"
    ? findings.map(({ property, says }) => advise(property, says))
    : findings;
}

/** What a certificate may be made out to (developer.hashicorp.com/vault/api-docs/secret/pki#create-update-role). */
function pki(resource: Resource): Finding[] {
  const findings: Finding[] = [];
  if (resource.read("allowAnyName") === true)
    findings.push(fail("allowAnyName", "lets whoever uses the role have a certificate for any name"));
  const domains = texts(resource.read("allowedDomains"));
  const isGlob = resource.read("allowGlobDomains");
  const wide = domains
    .filter(isKnown)
    .some((domain) => isWide(domain, isGlob === true || isGlob === unknown));
  if (wide)
    findings.push(
      isGlob === unknown
        ? undetermined("allowGlobDomains", "is not known yet, and makes a wildcard of allowedDomains")
        : fail("allowedDomains", "is a wildcard for any name of any domain"),
    );
  const uris = known(resource.read("allowedUriSans"));
  if (uris.some((uri) => uri.includes("*")))
    findings.push(
      fail("allowedUriSans", "has a wildcard, so that one workload gets the identity of another"),
    );
  if (known(resource.read("allowedOtherSans")).includes("*"))
    findings.push(
      fail("allowedOtherSans", "has a wildcard, so that one workload gets the identity of another"),
    );
  if (known(resource.read("allowedUserIds")).includes("*"))
    findings.push(
      fail("allowedUserIds", "has a wildcard, so that one workload gets the identity of another"),
    );
  if (
    resource.read("enforceHostnames") === false &&
    !findings.some(({ property }) => property === "allowAnyName")
  )
    findings.push(advise("enforceHostnames", "lets in names that are no names of hosts"));
  return findings;
}

/** `*`, `*.*` and `*.com` are anybody's names; `*.svc.acme.example` is a domain's own. */
function isWide(domain: string, isGlob: boolean): boolean {
  if (!isGlob || !domain.includes("*")) return false;
  const fixed = domain.split(".").reverse();
  const open = fixed.findIndex((part) => part.includes("*"));
  return open < 2;
}

/** `tags` make somebody an administrator of the whole server. Permissions are regular expressions over names. */
function rabbitMq(resource: Resource): Finding[] {
  const findings: Finding[] = [];
  const tags = known(resource.read("tags"));
  if (tags.includes("administrator"))
    findings.push(fail("tags", "has administrator, who may do everything on the server"));
  else if (tags.some((tag) => tag === "policymaker" || tag === "monitoring"))
    findings.push(
      advise("tags", "gives rights on the server, which a program that sends and reads has no use for"),
    );
  const hosts = resource.read("vhosts");
  for (const [at, host] of (Array.isArray(hosts) ? hosts : []).entries()) {
    if (!isObject(host)) continue;
    const open = ["configure", "write", "read"].filter((right) => /^\^?\.[*+]\$?$/.test(textOf(host[right])));
    if (open.length === 3)
      findings.push(fail(`vhosts[${at}]`, "allows everything with every queue and exchange"));
    else if (open.includes("configure"))
      findings.push(fail(`vhosts[${at}].configure`, "lets it make and delete every queue and exchange"));
  }
  return findings;
}

const textOf = (value: Value | undefined) => (typeof value === "string" ? value : "");

function ssh(resource: Resource): Finding[] {
  const findings: Finding[] = [];
  const isUsers = resource.read("allowUserCertificates") === true;
  if (resource.read("allowEmptyPrincipals") === true)
    findings.push(
      fail(
        "allowEmptyPrincipals",
        "lets whoever uses the role have a certificate for every user (CVE-2024-7594)",
      ),
    );
  const users = known(resource.read("allowedUsers"));
  if (users.includes("*"))
    findings.push(fail("allowedUsers", "is a wildcard: a certificate for every user, root too"));
  else if (isUsers && [...users, ...known(resource.read("defaultUser"))].includes("root"))
    findings.push(advise("allowedUsers", "has root, who may do everything on a host"));
  if (resource.read("allowHostCertificates") === true && known(resource.read("allowedDomains")).includes("*"))
    findings.push(fail("allowedDomains", "is a wildcard: a certificate for every host"));
  if (known(resource.read("allowedExtensions")).includes("*"))
    findings.push(
      advise("allowedExtensions", "is a wildcard, which lets a program forward ports and agents"),
    );
  return findings;
}
