import { unknownText } from "../../../support/analyze";
import type { RuleCases } from "../../../support/rule-tester";

const aws = "vault:aws/secretBackendRole:SecretBackendRole";
const azure = "vault:azure/backendRole:BackendRole";
const roleset = "vault:gcp/secretRoleset:SecretRoleset";
const account = "vault:gcp/secretStaticAccount:SecretStaticAccount";
const terraform = "vault:terraformcloud/secretRole:SecretRole";
const library = "vault:ldap/secretBackendLibrarySet:SecretBackendLibrarySet";

/** Where root may be named among what somebody or a group has. */
const holders = [
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
];
const entity = "vault:identity/entity:Entity";

const all = JSON.stringify({ Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] });
const admin = "arn:aws:iam::aws:policy/AdministratorAccess";
const subscription = "/subscriptions/00000000-0000-0000-0000-000000000000";
const group = `${subscription}/resourceGroups/orders`;
const azureRole = (role: object) => ({ role: "orders", azureRoles: [role] });
const bound = (resource: string, ...roles: string[]) => ({ bindings: [{ resource, roles }] });
const toItself = "lets its holder give every right to itself";
const taken =
  "disableCheckInEnforcement is true, so that any machine brings back an account that another one has taken out";

/** What Vault gives in a cloud, for `machine-rights-are-bounded`. */
export const vaultCloudCases: Required<RuleCases> = {
  allows: [
    {
      name: "a role of AWS that a session policy only narrows",
      type: aws,
      props: { credentialType: "assumed_role", policyDocument: all, policyArns: [admin] },
    },
    {
      name: "a user of AWS for one bucket",
      type: aws,
      props: {
        credentialType: "federation_token",
        policyArns: ["arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess", unknownText],
        policyDocument: JSON.stringify({
          Statement: [{ Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::orders/*" }],
        }),
      },
    },
    {
      name: "a role of Azure for a task",
      type: azure,
      props: azureRole({ roleName: "Storage Blob Data Reader", scope: subscription }),
    },
    {
      name: "a contributor of a resource group",
      type: azure,
      props: azureRole({ roleName: "Contributor", scope: group }),
    },
    {
      name: "an owner of a bucket of GCP's",
      type: roleset,
      props: bound("//storage.googleapis.com/buckets/orders", "roles/owner"),
    },
    {
      name: "a role of GCP for a task in a project",
      type: account,
      props: bound("projects/shop", "roles/storage.objectViewer"),
    },
    { name: "tokens of a team", type: terraform, props: { teamId: "t", organization: "acme" } },
    { name: "policies of a person", type: entity, props: { policies: ["rooted", unknownText] } },
    { name: "accounts that are brought back by who took them", type: library, props: {} },
  ],
  blocks: [
    {
      name: "users of AWS that may do everything",
      type: aws,
      props: { credentialType: "iam_user", policyDocument: all, policyArns: [unknownText, admin] },
      says: [
        "policyDocument.Statement[0] allows every action on every resource",
        "policyArns[1] is a policy of AWS's that gives every right, or leads to it",
      ],
    },
    ...["Owner", "user access administrator", "Role Based Access Control Administrator"].map((roleName) => ({
      name: `${roleName} of a resource group`,
      type: azure,
      props: azureRole({ roleName, scope: group }),
      says: [`azureRoles[0] ${toItself}`],
    })),
    {
      name: "an owner by the role's number, somewhere",
      type: azure,
      props: azureRole({
        roleId: `${subscription}/providers/Microsoft.Authorization/roleDefinitions/8E3AF657-a8ff-443c-a75c-2fe8c4bcb635`,
        scope: unknownText,
      }),
      says: [`azureRoles[0] ${toItself}`],
    },
    {
      name: "an owner of one thing",
      type: azure,
      props: azureRole({ roleName: "Owner", scope: `${group}/providers/Microsoft.Storage/x/orders` }),
      says: [`azureRoles[0] ${toItself}`],
      level: "advisory",
    },
    ...[`${subscription}/`, "/providers/Microsoft.Management/managementGroups/acme", "/"].map((scope) => ({
      name: `a contributor of ${scope}`,
      type: azure,
      props: azureRole({ roleName: "contributor", scope }),
      says: ["azureRoles[0] lets its holder change everything in a subscription"],
    })),
    ...[roleset, account].flatMap((type) =>
      [
        "//cloudresourcemanager.googleapis.com/projects/shop",
        "projects/shop",
        "//cloudresourcemanager.googleapis.com/organizations/1/",
      ].map((resource) => ({
        name: `an owner of ${resource}, ${type}`,
        type,
        props: bound(resource, "roles/viewer", "roles/owner"),
        says: ["bindings[0].roles[1] gives nearly every right in everything below"],
      })),
    ),
    {
      name: "tokens of an organisation",
      type: terraform,
      props: { organization: "acme" },
      says: ["organization gives tokens of the organisation, which make teams and workspaces"],
    },
    ...holders.map((type) => ({
      name: `root for ${type}`,
      type,
      props: { policies: ["default", " Root"] },
      says: ["policies has root, which allows everything"],
    })),
    ...["vault:ad/secretLibrary:SecretLibrary", library].map((type) => ({
      name: `accounts that any machine brings back, ${type}`,
      type,
      props: { disableCheckInEnforcement: true },
      says: [taken],
    })),
  ],
  undecided: [
    {
      name: "where a contributor is one",
      type: azure,
      props: azureRole({ roleName: "Contributor", scope: unknownText }),
      says: ["azureRoles[0].scope is not known yet, and the role changes everything below"],
    },
    {
      name: "which role of Azure",
      type: azure,
      props: azureRole({ roleName: unknownText, scope: group }),
      says: ["azureRoles[0] is a role that is not known yet"],
    },
    {
      name: "roles of Azure",
      type: azure,
      props: { azureRoles: unknownText },
      says: ["azureRoles is not known yet"],
    },
    {
      name: "of what somebody is the owner",
      type: roleset,
      props: bound(unknownText, "roles/owner"),
      says: [
        "bindings[0].roles[0] gives nearly every right in everything below where it is given for a project, and that is not known yet",
      ],
    },
    {
      name: "which role of a project",
      type: account,
      props: bound("projects/shop", unknownText),
      says: ["bindings[0].roles[0] is not known yet, and is given for everything below"],
    },
    {
      name: "what an account is for",
      type: account,
      props: { bindings: unknownText },
      says: ["bindings is not known yet"],
    },
  ],
};
