import { authorityFindings, certificatesIn } from "../certificates";
import type { Resource } from "../rule";
import { metadataFindings } from "../saml";
import { unknown } from "../value";
import { advise, fail, type Finding, undetermined } from "../verdict";
import { element, texts } from "./document";
import { trustFindings } from "./trust";

/** Where AWS is told whose word it takes for a machine's. */
export const awsTrusts: Record<string, (resource: Resource) => Finding[]> = {
  "aws:iam/role:Role": trust("assumeRolePolicy"),
  "aws:iam/openIdConnectProvider:OpenIdConnectProvider": audiences("clientIdLists"),
  "aws:eks/podIdentityAssociation:PodIdentityAssociation": pods,
  "aws:iam/samlProvider:SamlProvider": saml,
  "aws:rolesanywhere/profile:Profile": sessionNames,
  "aws:rolesanywhere/trustAnchor:TrustAnchor": anchor,
  "aws-native:iam:Role": trust("assumeRolePolicyDocument"),
  "aws-native:iam:OidcProvider": audiences("clientIdList"),
  "aws-native:eks:PodIdentityAssociation": pods,
  "aws-native:iam:SamlProvider": saml,
  "aws-native:rolesanywhere:Profile": sessionNames,
  "aws-native:rolesanywhere:TrustAnchor": anchor,
};

function trust(property: string) {
  return (resource: Resource) => trustFindings(property, resource.read(property));
}

/** AWS compares audiences as they are: a wildcard is one audience more, and no wildcard. */
function audiences(property: string) {
  return (resource: Resource): Finding[] => {
    const value = resource.read(property);
    if (value === unknown) return [undetermined(property, "is not known yet, and should list one audience")];
    const count = new Set(texts(value)).size;
    if (count <= 1) return [];
    const what = `lists ${count} audiences, and each is good for every role that does not compare the audience`;
    return [advise(property, what, "List the audience that the workloads ask for, and no other.")];
  };
}

function saml(resource: Resource): Finding[] {
  return metadataFindings("samlMetadataDocument", resource.read("samlMetadataDocument"), resource.now);
}

function pods(resource: Resource): Finding[] {
  const account = resource.read("serviceAccount");
  const findings: Finding[] = [];
  if (account === "default") {
    const says = "is the service account of every pod in the namespace that names none";
    findings.push(fail("serviceAccount", says, "Make a service account for this task, and name it here."));
  } else if (account === unknown) {
    findings.push(undetermined("serviceAccount", "is not known yet"));
  }
  // EKS takes a session policy only without the tags.
  if (resource.read("disableSessionTags") === true && resource.read("policy") === undefined) {
    const says = "takes the tags away by which trusts and policies tell the pods of a cluster apart";
    findings.push(advise("disableSessionTags", says, "Leave the session tags on."));
  }
  return findings;
}

function sessionNames(resource: Resource): Finding[] {
  if (resource.read("acceptRoleSessionName") !== true) return [];
  const says = "lets the holder of a certificate choose the name that logs show";
  return [advise("acceptRoleSessionName", says, "Leave it off: a session is then named by its certificate.")];
}

/** Characters of a bundle. Roles Anywhere takes a few certificates; what is larger by far is not read. */
const longestBundle = 100_000;

function anchor(resource: Resource): Finding[] {
  const where = "source.sourceData.x509CertificateData";
  const source = resource.read("source");
  // A private authority of AWS's own service.
  if (element(source, "sourcetype") === "AWS_ACM_PCA") return [];
  const bundle = element(element(source, "sourcedata"), "x509certificatedata");
  if (bundle === unknown)
    return [undetermined(where, "is not known yet, and says whose certificates are let in")];
  if (typeof bundle !== "string") return [];
  if (bundle.length > longestBundle) return [undetermined(where, "is longer than any bundle that AWS takes")];
  return certificatesIn(bundle).flatMap((block, index) => authorityFindings(`${where}[${index}]`, block));
}
