import { trustFindings } from "../readers/trust";
import type { Resource, Rule } from "../rule";
import { jwtRoleFindings } from "../readers/jwt-role";
import type { Finding } from "../verdict";

const judges: Record<string, (resource: Resource) => Finding[]> = {
  "aws:iam/role:Role": (resource) => trustFindings("assumeRolePolicy", resource.read("assumeRolePolicy")),
  "vault:jwt/authBackendRole:AuthBackendRole": (resource) => jwtRoleFindings((name) => resource.read(name)),
};

export const federatedTrustIsBounded: Rule = {
  id: "federated-trust-is-bounded",
  title: "A role that trusts an issuer's tokens lets in the workloads that it names, and nobody else.",
  why: "Many issuers sign tokens for everybody: what is not compared exactly is what a stranger chooses.",
  fix: "Compare the audience and the whole subject exactly, with the ids that the issuer never gives twice.",
  severity: "critical",
  enforcement: "mandatory",
  topic: "weak-federation-trust",
  doesNotSee:
    "Who may change the trust outside Pulumi, who may push to the branch or approve the environment that is named, and trusts that a policy elsewhere narrows or widens.",
  types: Object.keys(judges),
  check: (resource) => judges[resource.type]?.(resource) ?? [],
};
