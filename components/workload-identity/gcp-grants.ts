import type * as pulumi from "@pulumi/pulumi";
import { makesAccess, projectIdProblem, taskRoleProblem } from "../gcp-names";
import { firstProblem, plainProblem, shown, type Problem } from "../refusal";

/** One role on a project. It reaches every resource of the role's service there: prefer a grant on the resource. */
export interface GcpProjectGrant {
  /** The project's id. */
  project: string;
  /** The role, for example `roles/run.developer`, or a custom role's whole name. */
  role: string;
}

/** One role on a bucket of Cloud Storage. */
export interface GcpBucketGrant {
  /** The bucket's name. */
  bucket: pulumi.Input<string>;
  /** The role, for example `roles/storage.objectUser`. */
  role: string;
  /** What the grant is called among its like. Default: the bucket's name, which has to be plain then. */
  name?: string | undefined;
}

/** One secret of Secret Manager, to read. */
export interface GcpSecretGrant {
  /** The id of the project that it is in. */
  project: string;
  /** The secret's id. */
  secret: pulumi.Input<string>;
  /** What the grant is called among its like. Default: the secret's id, which has to be plain then. */
  name?: string | undefined;
}

/** One role on a repository of Artifact Registry. */
export interface GcpRepositoryGrant {
  /** The id of the project that it is in. */
  project: string;
  /** The region or multi-region that it is in, for example `europe-west1`. */
  location: string;
  /** The repository's id. */
  repository: pulumi.Input<string>;
  /** The role, for example `roles/artifactregistry.writer`. */
  role: string;
  /** What the grant is called among its like. Default: the repository's id, which has to be plain then. */
  name?: string | undefined;
}

/**
 * What may be done, resource by resource. A role that reaches every service, or that can make keys, tokens or rights of
 * others, is refused.
 */
export interface GcpGrants {
  /** Roles on projects. Default: none. */
  projects?: GcpProjectGrant[] | undefined;
  /** Roles on buckets of Cloud Storage. Default: none. */
  buckets?: GcpBucketGrant[] | undefined;
  /** Secrets of Secret Manager, to read. Default: none. */
  secrets?: GcpSecretGrant[] | undefined;
  /** Roles on repositories of Artifact Registry. Default: none. */
  repositories?: GcpRepositoryGrant[] | undefined;
  /**
   * E-mail addresses of the service accounts that what is deployed may run as: `roles/iam.serviceAccountUser` on each of
   * them. Default: none.
   */
  runAs?: string[] | undefined;
}

export function gcpGrantsProblem(grants: GcpGrants): Problem {
  return eachGrantProblem(grants) ?? sameGrantProblem(grants);
}

/** What a grant is called among its like, in the names of its resources. */
export const labelOf = (name: string | undefined, on: pulumi.Input<string>) =>
  name ?? (typeof on === "string" ? on : "");

function sameGrantProblem({
  projects = [],
  buckets = [],
  secrets = [],
  repositories = [],
  runAs = [],
}: GcpGrants) {
  const once = (list: string, labels: readonly string[]) =>
    firstProblem(labels, (label, index) => {
      const first = labels.indexOf(label);
      return first === index
        ? undefined
        : `grants.${list}[${index}] must differ from grants.${list}[${first}]: both are called ${shown(label)}. Remove one, or give it a name.`;
    });
  return (
    once(
      "projects",
      projects.map(({ project, role }) => `${project} ${role}`),
    ) ??
    once(
      "buckets",
      buckets.map(({ bucket, name, role }) => `${labelOf(name, bucket)} ${role}`),
    ) ??
    once(
      "secrets",
      secrets.map(({ secret, name }) => labelOf(name, secret)),
    ) ??
    once(
      "repositories",
      repositories.map(({ repository, name, role }) => `${labelOf(name, repository)} ${role}`),
    ) ??
    once("runAs", runAs)
  );
}

function eachGrantProblem(grants: GcpGrants): Problem {
  const { projects = [], buckets = [], secrets = [], repositories = [], runAs = [] } = grants;
  return (
    firstProblem(projects, ({ project, role }, index) => {
      const where = `grants.projects[${index}]`;
      return projectIdProblem(`${where}.project`, project) ?? roleProblem(`${where}.role`, role);
    }) ??
    firstProblem(buckets, ({ bucket, role, name }, index) => {
      const where = `grants.buckets[${index}]`;
      return (
        nameProblem(where, "bucket", bucket, name) ??
        plainProblem(bucket, (known) => bucketProblem(`${where}.bucket`, known)) ??
        resourceRoleProblem(`${where}.role`, role, "storage")
      );
    }) ??
    firstProblem(secrets, ({ project, secret, name }, index) => {
      const where = `grants.secrets[${index}]`;
      return (
        projectIdProblem(`${where}.project`, project) ??
        nameProblem(where, "secret", secret, name) ??
        plainProblem(secret, (known) => idProblem(`${where}.secret`, known))
      );
    }) ??
    firstProblem(repositories, ({ project, location, repository, role, name }, index) => {
      const where = `grants.repositories[${index}]`;
      return (
        projectIdProblem(`${where}.project`, project) ??
        idProblem(`${where}.location`, location) ??
        nameProblem(where, "repository", repository, name) ??
        plainProblem(repository, (known) => idProblem(`${where}.repository`, known)) ??
        resourceRoleProblem(`${where}.role`, role, "artifactregistry")
      );
    }) ??
    firstProblem(runAs, (email, index) => serviceAccountProblem(`grants.runAs[${index}]`, email))
  );
}

/** A service account that somebody made for one task. Google's own hold rights of whole services. */
const serviceAccount =
  /^[a-z][a-z0-9-]{4,28}[a-z0-9]@[a-z][a-z0-9-]{4,28}[a-z0-9]\.iam\.gserviceaccount\.com$/;

export function serviceAccountProblem(argument: string, email: string): Problem {
  return serviceAccount.test(email)
    ? undefined
    : `${argument} must be the e-mail address of a service account of a project ` +
        `(NAME@PROJECT.iam.gserviceaccount.com), got ${shown(email)}. Default service accounts can do too much: make one.`;
}

export const idProblem = (argument: string, id: string): Problem =>
  /^[\w-]{1,255}$/.test(id) ? undefined : `${argument} must be an id without its path, got ${shown(id)}.`;

export const bucketProblem = (argument: string, bucket: string): Problem =>
  /^[a-z0-9][\w.-]{1,220}[a-z0-9]$/.test(bucket)
    ? undefined
    : `${argument} must be a bucket's name without gs://, got ${shown(bucket)}.`;

/** A resource of the program has its place by its name, which must be there before anything is made. */
function nameProblem(
  where: string,
  key: string,
  on: pulumi.Input<string>,
  name: string | undefined,
): Problem {
  if (name === undefined)
    return typeof on === "string"
      ? undefined
      : `${where}.name must be given, because ${key} is known only once it is made.`;
  return /^[\w.-]{1,64}$/.test(name)
    ? undefined
    : `${where}.name must be 1 to 64 letters, digits, _ . or -, got ${shown(name)}.`;
}

function roleProblem(argument: string, role: string): Problem {
  return (
    taskRoleProblem(argument, role) ??
    (makesAccess(role)
      ? `${argument} must not make keys, tokens or rights of others, which ${role} can. Use impersonate or grants.runAs for one account.`
      : undefined)
  );
}

/** Roles whose permissions include a `setIamPolicy` (IAM basic and predefined roles reference). */
const decidesAccess = /\.(admin|objectAdmin|folderAdmin|legacyBucketOwner|legacyObjectOwner)$/;

/** On a resource: only what is for it, and nothing that could let others in. */
function resourceRoleProblem(argument: string, role: string, service: string): Problem {
  const problem = roleProblem(argument, role);
  if (problem !== undefined) return problem;
  if (role.startsWith("roles/") && !role.startsWith(`roles/${service}.`))
    return `${argument} must be a role of ${service}, got ${shown(role)}.`;
  return decidesAccess.test(role)
    ? `${argument} must not decide who else gets in, which ${role} can. Name the role that the task needs.`
    : undefined;
}
