import type { Resource } from "../rule";
import { isObject, unknown, type Value } from "../value";
import { advise, fail, type Finding, undetermined } from "../verdict";
import { type AclPath, readAcl } from "./acl";

type Judge = (resource: Resource) => Finding[];

/** What Vault lets a machine do, or have made in its name, beyond one task. */
export const vaultRights: Record<string, Judge> = {
  "vault:index/policy:Policy": aclFindings,
  "vault:database/secretBackendConnection:SecretBackendConnection": connectionFindings,
  "vault:pkiSecret/secretBackendRole:SecretBackendRole": certificateFindings,
  "vault:ssh/secretBackendRole:SecretBackendRole": sshFindings,
  "vault:rabbitMq/secretBackendRole:SecretBackendRole": rabbitFindings,
  "vault:kubernetes/secretBackendRole:SecretBackendRole": kubernetesFindings,
};

const changes = ["create", "update", "patch", "delete", "sudo"];

/** Paths by which whoever may write there gives itself, or anybody, more (developer.hashicorp.com/vault/docs/concepts/policies). */
const ladders: [samples: string[], says: string][] = [
  [["sys/policies/acl/x", "sys/policy/x"], "change policies, its own among them"],
  [["sys/auth/x", "sys/auth/x/tune"], "add ways to sign in"],
  [["auth/x/role/y", "auth/x/config"], "change who signs in, and to what"],
  [
    ["auth/token/create", "auth/token/create-orphan", "auth/token/create/x"],
    "make tokens that outlive its own",
  ],
  [["identity/entity/id/x", "identity/group/id/x", "identity/group"], "give an identity more policies"],
  [["sys/audit/x"], "switch off the audit log"],
  [["sys/raw/x", "sys/generate-root/attempt", "sys/rekey/init"], "take over the server"],
];

function aclFindings(resource: Resource): Finding[] {
  const policy = resource.read("policy");
  if (typeof policy !== "string")
    return policy === undefined ? [] : [undetermined("policy", "is not known yet")];
  const paths = readAcl(policy);
  if (paths === undefined) return [undetermined("policy", "can't be read as a policy")];
  return paths.flatMap((path, index) => pathFindings(`policy path ${index + 1}`, path));
}

function pathFindings(where: string, { path, capabilities }: AclPath): Finding[] {
  const may = capabilities.filter((capability) => changes.includes(capability));
  if (capabilities.includes("deny") || capabilities.length === 0) return [];
  if (/^[+/]*\*$|^\+(\/\+)*\/?\*?$/.test(path.trim())) return [fail(where, "is every path of the server")];
  if (may.length === 0) return [];
  const ladder = ladders.find(([samples]) => samples.some((sample) => covers(path, sample)));
  if (ladder !== undefined) return [fail(where, `lets a machine ${ladder[1]}`)];
  return may.includes("sudo") ? [advise(where, "has sudo, which only the server's own paths need")] : [];
}

/** Vault's paths: `+` is one part, `*` at the end is any rest. */
function covers(pattern: string, path: string): boolean {
  const wanted = pattern.replace(/^\//, "").split("/");
  const given = path.split("/");
  for (const [index, part] of wanted.entries()) {
    const isLast = index === wanted.length - 1;
    if (isLast && part.endsWith("*"))
      return given.length > index && (given[index] ?? "").startsWith(part.slice(0, -1));
    const actual = given[index];
    // The samples have `x` and `y` where names stand.
    if (actual === undefined || (part !== "+" && part !== actual && !/^[xy]$/.test(actual))) return false;
  }
  return wanted.length === given.length;
}

/** A connection that any role may use is one for whoever may write roles. */
function connectionFindings(resource: Resource): Finding[] {
  const roles = resource.read("allowedRoles");
  const open =
    roles === unknown
      ? [undetermined("allowedRoles", "is not known yet")]
      : listOf(roles).some((role) => typeof role === "string" && role.includes("*"))
        ? [
            fail(
              "allowedRoles",
              "has a wildcard: whoever may write a role of the mount has the administrator's rights",
            ),
          ]
        : [];
  return [...open, ...urlFindings(resource)];
}

/** Every kind of database has its block, and in it the URL. */
const engines = [
  "postgresql",
  "mysql",
  "mysqlAurora",
  "mysqlLegacy",
  "mysqlRds",
  "mssql",
  "oracle",
  "mongodb",
  "hana",
  "redshift",
  "snowflake",
];

function urlFindings(resource: Resource): Finding[] {
  return engines.flatMap((engine) => {
    const block = resource.read(engine);
    const url = isObject(block) ? block.connectionUrl : undefined;
    if (typeof url !== "string") return [];
    const [, password] = /^[a-z0-9+.-]*:\/\/[^/@:]*:([^/@]*)@/i.exec(url) ?? [];
    const isFixed = password !== undefined && password !== "" && !/^\{\{.*\}\}$/.test(password);
    return isFixed
      ? [
          fail(
            `${engine}.connectionUrl`,
            "holds a password, which Vault can't rotate: write {{username}} and {{password}}",
          ),
        ]
      : [];
  });
}

const listOf = (value: Value | undefined): Value[] =>
  Array.isArray(value) ? value : value === undefined || value === null ? [] : [value];
const patternIn = (value: Value | undefined, isOpen: (text: string) => boolean): boolean =>
  listOf(value).some(
    (item) => typeof item === "string" && item.split(",").some((text) => isOpen(text.trim())),
  );

/** Whom certificates of Vault's own authority may name. */
function certificateFindings(resource: Resource): Finding[] {
  const findings: Finding[] = [];
  const isOn = (property: string) => resource.read(property) === true;
  if (isOn("allowAnyName"))
    findings.push(fail("allowAnyName", "lets a machine have a certificate for any name"));
  if (
    isOn("allowGlobDomains") &&
    patternIn(resource.read("allowedDomains"), (text) => !/^\*?\.?[\w-]+(\.[\w-]+)+$/.test(text))
  )
    findings.push(fail("allowedDomains", "has a pattern that any name matches"));
  if (patternIn(resource.read("allowedUriSans"), (text) => text.includes("*")))
    findings.push(fail("allowedUriSans", "has a wildcard: a machine can take another one's identity"));
  if (patternIn(resource.read("allowedOtherSans"), (text) => text === "*"))
    findings.push(fail("allowedOtherSans", "lets a machine have any other name"));
  if (resource.read("enforceHostnames") === false)
    findings.push(advise("enforceHostnames", "is off, so that names are not checked to be host names"));
  return findings;
}

function sshFindings(resource: Resource): Finding[] {
  const findings: Finding[] = [];
  if (resource.read("allowEmptyPrincipals") === true)
    findings.push(
      fail("allowEmptyPrincipals", "makes certificates that are good for every account of a host"),
    );
  if (patternIn(resource.read("allowedUsers"), (text) => text === "*"))
    findings.push(fail("allowedUsers", 'is "*": a machine can sign in as root'));
  if (patternIn(resource.read("allowedDomains"), (text) => text === "*"))
    findings.push(fail("allowedDomains", 'is "*": a machine can pass for any host'));
  return findings;
}

function rabbitFindings(resource: Resource): Finding[] {
  const findings: Finding[] = [];
  if (patternIn(resource.read("tags"), (text) => text === "administrator"))
    findings.push(fail("tags", "make every user an administrator"));
  const all = /^(\.\*|\^?\.\*\$?)$/;
  for (const [index, vhost] of listOf(resource.read("vhosts")).entries())
    if (isObject(vhost) && typeof vhost.configure === "string" && all.test(vhost.configure))
      findings.push(fail(`vhosts[${index}].configure`, "lets a machine change every queue and exchange"));
  return findings;
}

function kubernetesFindings(resource: Resource): Finding[] {
  const findings: Finding[] = [];
  if (patternIn(resource.read("allowedKubernetesNamespaces"), (text) => text === "*"))
    findings.push(fail("allowedKubernetesNamespaces", 'is "*": tokens for every namespace of the cluster'));
  const rules = resource.read("generatedRoleRules");
  if (
    typeof rules === "string" &&
    rules.length < 100_000 &&
    /["']?(verbs|resources)["']?\s*:\s*\[?\s*["']?\*/.test(rules)
  )
    findings.push(fail("generatedRoleRules", "allow every verb or every resource"));
  if (patternIn(resource.read("kubernetesRoleName"), (text) => text === "cluster-admin"))
    findings.push(fail("kubernetesRoleName", "is the cluster's administrator"));
  return findings;
}
