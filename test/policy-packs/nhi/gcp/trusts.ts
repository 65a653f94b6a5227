import { gcpTrusts } from "../../../../policy-packs/nhi/gcp/federation";
import { unknownText } from "../../../support/analyze";
import type { RuleCases } from "../../../support/rule-tester";

const provider = "gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider";
const nativeProvider = "google-native:iam/v1:Provider";
const workforce = "gcp:iam/workforcePoolProvider:WorkforcePoolProvider";
const nativeWorkforce = "google-native:iam/v1:WorkforcePoolProvider";
const account = "gcp:serviceaccount/iAMMember:IAMMember";
const project = "gcp:projects/iAMMember:IAMMember";
const pools = "iam.googleapis.com/projects/123456789012/locations/global/workloadIdentityPools";
const role = "roles/iam.workloadIdentityUser";
const oidc = { issuerUri: "https://token.actions.githubusercontent.com" };
const everybody = `principalSet://${pools}/ci/*`;

/** The forms in which a resource of IAM names its members, each where the rule judges it. */
const forms = Object.keys(gcpTrusts)
  .filter((type) => /(Member|Binding|Policy)$/.test(type))
  .map((type) => {
    if (type.endsWith("Member")) return { type, property: "member", props: { role, member: everybody } };
    if (type.endsWith("Binding"))
      return { type, property: "members[0]", props: { role, members: [everybody] } };
    if (type.startsWith("google-native:"))
      return {
        type,
        property: "bindings[0].members[0]",
        props: { bindings: [{ role, members: [everybody] }] },
      };
    const policyData = JSON.stringify({ bindings: [{ role, members: [everybody] }] });
    return { type, property: "policyData.bindings[0].members[0]", props: { policyData } };
  });

const member = (name: string, value: string, says: string, type = account) => ({
  name,
  type,
  props: { role, member: value },
  says: [`member ${says}`],
});
const allowed = (name: string, value: string) => ({ name, type: account, props: { role, member: value } });

export const gcpCases: Required<RuleCases> = {
  allows: [
    {
      name: "an identity that only hands in logs, which GCP makes up later",
      type: project,
      props: { role: "roles/logging.bucketWriter", member: unknownText },
    },
    {
      name: "a provider for a repository's number and branch",
      type: provider,
      props: {
        oidc,
        attributeCondition: "assertion.repository_id == '456789' && assertion.ref == 'refs/heads/main'",
      },
    },
    allowed(
      "a subject with numbers",
      `principal://${pools}/ci/subject/repo:octo@123456/app@456789:environment:production`,
    ),
    allowed(
      "a subject behind a text of the mapping's",
      `principal://${pools}/ci/subject/deploy-4986aa:repo:octo/app:environment:production`,
    ),
    allowed(
      "a subject that is a part of a URL",
      `principal://${pools}/ci/subject/repo%3Aocto%2Fapp%3Aenvironment%3Aproduction`,
    ),
    allowed("a repository's number", `principalSet://${pools}/ci/attribute.repository_id/456789`),
    allowed(
      "a role of AWS",
      `principalSet://${pools}/aws/attribute.aws_role/arn:aws:sts::123456789012:assumed-role/export`,
    ),
    allowed("a service account of a cluster", "serviceAccount:shop.svc.id.goog[orders/api]"),
    allowed(
      "a service account of a cluster by its principal",
      `principal://${pools}/shop.svc.id.goog/subject/ns/orders/sa/api`,
    ),
    allowed("a service account", "serviceAccount:deploy@shop.iam.gserviceaccount.com"),
    allowed(
      "a role of AWS by its name, where the mapping gives that",
      `principalSet://${pools}/aws/attribute.aws_role/export`,
    ),
    {
      name: "a company's own people in its workforce pool",
      type: workforce,
      props: { oidc: { issuerUri: "https://acme.okta.com", clientId: "gcp" } },
    },
    {
      name: "people of one Workspace in a workforce pool",
      type: nativeWorkforce,
      props: {
        oidc: { issuerUri: "https://accounts.google.com", clientId: "gcp" },
        attributeCondition: "assertion.hd == 'acme.example' && assertion.email == 'ops@acme.example'",
      },
    },
    {
      name: "everybody of a domain who may look at a project",
      type: project,
      props: { role: "roles/viewer", member: "domain:acme.example" },
    },
    {
      name: "a website's bucket that everybody reads",
      type: "gcp:storage/bucketIAMMember:BucketIAMMember",
      props: { bucket: "website", role: "roles/storage.objectViewer", member: "allUsers" },
    },
  ],
  blocks: [
    {
      name: "a provider without a condition",
      type: provider,
      props: { oidc },
      says: ["attributeCondition is not set, and lets in every workload that GitHub Actions signs for"],
    },
    {
      name: "a provider with an escape",
      type: provider,
      props: {
        oidc,
        attributeCondition: "assertion.repository_id == '456789' || assertion.ref == 'refs/heads/main'",
      },
      says: ["attributeCondition lets in every workload that GitHub Actions signs for"],
    },
    {
      name: "the same of google-native",
      type: nativeProvider,
      props: { oidc },
      says: ["attributeCondition is not set, and lets in every workload that GitHub Actions signs for"],
    },
    ...[workforce, nativeWorkforce].map((type) => ({
      name: `everybody with a Google account in a workforce pool, by ${type}`,
      type,
      props: { oidc: { issuerUri: "https://accounts.google.com", clientId: "gcp" } },
      says: ["attributeCondition is not set, and lets in every workload that Google signs for"],
    })),
    ...forms.map(({ type, property, props }) => ({
      name: `a whole pool at ${type}`,
      type,
      props,
      says: [`${property} lets in everybody who gets into the pool "ci"`],
    })),
    member(
      "a pull request",
      `principal://${pools}/ci/subject/repo:octo/app:pull_request`,
      "lets in whoever can open a pull request",
    ),
    member("the internet at a service account", "allUsers", "lets in the internet"),
    member("a whole domain at a service account", "domain:acme.example", "lets in every account of a domain"),
    member(
      "all of an organisation at a service account",
      "principalSet://cloudresourcemanager.googleapis.com/organizations/123456789012",
      "lets in every workload and service account below a project, folder or organisation",
    ),
    member(
      "all people of a workforce pool at a service account",
      "principalSet://iam.googleapis.com/locations/global/workforcePools/people/*",
      "lets in everybody who gets into a workforce pool",
    ),
    member(
      "the internet under its other name",
      "principalSet://goog/public:allUsers",
      "lets in the internet",
      "gcp:secretmanager/secretIamMember:SecretIamMember",
    ),
    member(
      "every Google account at a project",
      "allAuthenticatedUsers",
      "lets in everybody with a Google account",
      project,
    ),
    member(
      "every pod without an account of its own",
      "serviceAccount:shop.svc.id.goog[orders/default]",
      'lets in every pod of the namespace "orders" that names no service account',
    ),
    member(
      "the same by its principal",
      `principal://${pools}/shop.svc.id.goog/subject/ns/orders/sa/default`,
      'lets in every pod of the namespace "orders" that names no service account',
    ),
    member(
      "a namespace",
      `principalSet://${pools}/shop.svc.id.goog/namespace/orders`,
      "lets in every pod of a namespace",
    ),
    member(
      "a cluster",
      `principalSet://${pools}/shop.svc.id.goog/kubernetes.cluster/https://container.googleapis.com/v1/projects/shop/locations/eu/clusters/c`,
      "lets in every pod of a cluster",
    ),
    member(
      "a pattern of AWS roles",
      `principalSet://${pools}/aws/attribute.aws_role/arn:aws:sts::123456789012:assumed-role/`,
      "names no one role of AWS",
    ),
  ],
  undecided: [
    {
      name: "a condition that is not known yet",
      type: provider,
      props: { oidc, attributeCondition: unknownText },
      says: ["attributeCondition is not known yet"],
    },
    {
      name: "a mapping that is not known yet",
      type: provider,
      props: { oidc, attributeCondition: "true", attributeMapping: unknownText },
      says: ["attributeMapping is not known yet"],
    },
    {
      name: "a member that is not known yet",
      type: account,
      props: { role, member: unknownText },
      says: ["member is not known yet"],
    },
    {
      name: "a policy that is none",
      type: "gcp:projects/iAMPolicy:IAMPolicy",
      props: { policyData: "members" },
      says: ["policyData can't be read as a policy"],
    },
    member(
      "an attribute that may be anything",
      `principalSet://${pools}/ci/attribute.team/web`,
      "names attribute.team, and what that is made of can't be seen here",
    ),
    member(
      "a group of the pool",
      `principalSet://${pools}/ci/group/deployers`,
      "names a group of the pool, and who is in it can't be seen here",
    ),
  ],
};
