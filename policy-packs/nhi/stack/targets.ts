import { provides } from "../capabilities";
import { endOfDay } from "../duration";
import { markOf } from "../marks";
import type { StackResource } from "../rule";
import type { Value } from "../value";

/** What a credential opens. */
interface Target {
  kind: "account" | "project" | "engine";
  /** Its own name, where the resource says it. */
  id: string | undefined;
}

type TargetOf = (resource: StackResource) => Target;

const account: TargetOf = () => ({ kind: "account", id: undefined });

function project(resource: StackResource): Target {
  const own = resource.read("project");
  const id = typeof own === "string" && own !== "" ? own : undefined;
  const named = ["parent", "serviceAccountId", "serviceAccountEmail"].map((name) =>
    projectIn(resource.read(name)),
  );
  return { kind: "project", id: id ?? named.find((name) => name !== undefined) };
}

/** `projects/shop/…`, or the email of a service account: `deploy@shop.iam.gserviceaccount.com`. */
function projectIn(name: Value | undefined): string | undefined {
  if (typeof name !== "string") return undefined;
  return /^projects\/([^/]+)/.exec(name)?.[1] ?? /@([^@.]+)\.iam\.gserviceaccount\.com$/.exec(name)?.[1];
}

/** What a secret engine of Vault opens: its mount, and what the mount calls it. */
const engine =
  (...properties: string[]): TargetOf =>
  (role) => {
    const parts = properties.map((property) => {
      const value = role.read(property);
      return typeof value === "string" && value !== "" ? value : role.sourcesOf(property)[0];
    });
    return { kind: "engine", id: parts.includes(undefined) ? undefined : [kindOf(role), ...parts].join(" ") };
  };

/** `vault:database/secretBackendRole:SecretBackendRole` -> `vault:database` */
const kindOf = ({ type }: StackResource) => type.slice(0, type.indexOf("/"));

const staticKeys: Record<string, TargetOf> = {
  "aws:iam/accessKey:AccessKey": account,
  "gcp:serviceaccount/key:Key": project,
  "gcp:storage/hmacKey:HmacKey": project,
  "google-native:iam/v1:Key": project,
  "vault:aws/secretBackendStaticRole:SecretBackendStaticRole": engine("backend"),
  "vault:database/secretBackendStaticRole:SecretBackendStaticRole": engine("backend", "dbName"),
  "vault:ldap/secretBackendStaticRole:SecretBackendStaticRole": engine("mount"),
};

const ways: Record<string, TargetOf> = {
  "aws:iam/role:Role": account,
  "aws-native:iam:Role": account,
  "gcp:privilegedaccessmanager/entitlement:entitlement": project,
  "vault:aws/secretBackendRole:SecretBackendRole": engine("backend"),
  "vault:database/secretBackendRole:SecretBackendRole": engine("backend", "dbName"),
  "vault:ldap/secretBackendDynamicRole:SecretBackendDynamicRole": engine("mount"),
};

const userType = "aws:iam/user:User";
/** Types that a credential for a target shows in, and the users that keys are of. */
export const targetTypes = [...Object.keys(staticKeys), ...Object.keys(ways), userType];

/** Static keys of the stack, but for those that are an exception with an end to come. */
export function staticKeysIn(resources: readonly StackResource[]): StackResource[] {
  const users = resources.filter(({ type }) => type === userType);
  return resources.filter((key) => {
    if (!Object.hasOwn(staticKeys, key.type) || key.read("state") === "INACTIVE") return false;
    const user = users.find(
      (candidate) =>
        key.sourcesOf("user").includes(candidate.urn) || key.read("user") === candidate.read("name"),
    );
    const isUsers = key.type === "aws:iam/accessKey:AccessKey" && user !== undefined;
    return !isException(isUsers ? user : key);
  });
}

export function isException(resource: StackResource): boolean {
  const expires = markOf(resource, "exception-expires");
  return typeof expires === "string" && endOfDay(expires) > resource.now;
}

/** Ways in that end by themselves. */
export const waysIn = (resources: readonly StackResource[]): StackResource[] =>
  resources.filter(
    (resource) =>
      Object.hasOwn(ways, resource.type) &&
      (provides(resource, "jit-access") || provides(resource, "dynamic-secrets")),
  );

/** Whether a key opens what a way leads to. */
export function leadsToSame(key: StackResource, way: StackResource): boolean {
  const opened = staticKeys[key.type]?.(key);
  const reached = ways[way.type]?.(way);
  if (!opened || !reached) return false;
  if (opened.kind !== reached.kind) return false;
  const isOneProvider = key.provider === way.provider;
  const areNamed = opened.id !== undefined && reached.id !== undefined;
  // A server of Vault has many engines, so that the name counts and the provider with it.
  if (opened.kind === "engine") return areNamed && isOneProvider && opened.id === reached.id;
  return areNamed ? opened.id === reached.id : isOneProvider;
}
