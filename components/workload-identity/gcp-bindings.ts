import * as gcp from "@pulumi/gcp";
import type * as pulumi from "@pulumi/pulumi";
import { checked } from "../refusal";
import { bucketProblem, idProblem, labelOf, type GcpGrants } from "./gcp-grants";

/** Who gets what is granted. */
export interface GcpMember {
  /** Stays the same for the member and tells it apart in the names of resources. */
  key: string;
  /** As policies of GCP name it: `principal://…` or `serviceAccount:…`. */
  member: pulumi.Input<string>;
}

interface Owner {
  name: string;
  /** The day from which on nothing is granted any more. */
  expires: string | undefined;
  /** What each resource is told: whose it is, and what it waits for. */
  children: pulumi.CustomResourceOptions;
}

const readsSecret = "roles/secretmanager.secretAccessor";
const runsAs = "roles/iam.serviceAccountUser";
const impersonates = "roles/iam.workloadIdentityUser";

/**
 * Each grant for each member, as a resource of its own. Never one that lists all members of a role: others who have it
 * would lose it.
 */
export function bindGrants(
  members: readonly GcpMember[],
  grants: GcpGrants,
  { component, name, expires, children }: Owner & { component: string },
): void {
  const bind = (on: string, role: string, make: (named: string, member: pulumi.Input<string>) => void) => {
    for (const { key, member } of members) make(`${name}-${on}-${lastPart(role)}-${key}`, member);
  };
  const until = expiry(expires);
  const known = (value: pulumi.Input<string>, argument: string, problem: typeof idProblem) =>
    checked(component, name, value, (text) => problem(argument, text));

  for (const { project, role } of grants.projects ?? [])
    bind(
      project,
      role,
      (named, member) => new gcp.projects.IAMMember(named, { project, role, member, ...until }, children),
    );
  for (const [index, { bucket: on, role, name: label }] of (grants.buckets ?? []).entries()) {
    const bucket = known(on, `grants.buckets[${index}].bucket`, bucketProblem);
    bind(
      labelOf(label, on),
      role,
      (named, member) => new gcp.storage.BucketIAMMember(named, { bucket, role, member, ...until }, children),
    );
  }
  for (const [index, { project, secret, name: label }] of (grants.secrets ?? []).entries()) {
    const secretId = known(secret, `grants.secrets[${index}].secret`, idProblem);
    bind(
      labelOf(label, secret),
      readsSecret,
      (named, member) =>
        new gcp.secretmanager.SecretIamMember(
          named,
          { project, secretId, role: readsSecret, member, ...until },
          children,
        ),
    );
  }
  for (const [index, { name: label, repository: on, ...grant }] of (grants.repositories ?? []).entries()) {
    const repository = known(on, `grants.repositories[${index}].repository`, idProblem);
    bind(
      labelOf(label, on),
      grant.role,
      (named, member) =>
        new gcp.artifactregistry.RepositoryIamMember(
          named,
          { ...grant, repository, member, ...until },
          children,
        ),
    );
  }
  for (const email of grants.runAs ?? [])
    bind(email, runsAs, (named, member) =>
      onServiceAccount(named, email, runsAs, { member, ...until }, children),
    );
}

/** Lets each member act as one service account. */
export function bindImpersonation(
  members: readonly GcpMember[],
  email: string,
  { name, expires, children }: Owner,
): void {
  for (const { key, member } of members)
    onServiceAccount(
      `${name}-impersonates-${key}`,
      email,
      impersonates,
      { member, ...expiry(expires) },
      children,
    );
}

function onServiceAccount(
  named: string,
  email: string,
  role: string,
  bound: { member: pulumi.Input<string>; condition?: { title: string; expression: string } },
  children: pulumi.CustomResourceOptions,
): void {
  const project = /@(.+)\.iam\.gserviceaccount\.com$/.exec(email)?.[1] ?? "-";
  new gcp.serviceaccount.IAMMember(
    named,
    { serviceAccountId: `projects/${project}/serviceAccounts/${email}`, role, ...bound },
    children,
  );
}

/** Cloud IAM: conditions, `request.time`. */
const expiry = (expires: string | undefined) =>
  expires === undefined
    ? {}
    : {
        condition: {
          title: `until ${expires}`,
          expression: `request.time < timestamp("${expires}T00:00:00Z")`,
        },
      };

const lastPart = (role: string) => role.slice(role.lastIndexOf("/") + 1);
