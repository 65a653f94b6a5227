import type { Resource } from "../rule";
import { unknown, type Value } from "../value";
import { fail, type Finding, undetermined } from "../verdict";
import { known } from "./texts";

/** Roles in a cluster for which Vault makes tokens. */
export function kubernetesRights(resource: Resource): Finding[] {
  const findings: Finding[] = [];
  if (known(resource.read("allowedKubernetesNamespaces")).includes("*"))
    findings.push(fail("allowedKubernetesNamespaces", "allows every namespace of the cluster"));
  const kind = resource.read("kubernetesRoleType");
  const isOfCluster = typeof kind === "string" && kind.toLowerCase() === "clusterrole";
  if (resource.read("kubernetesRoleName") === "cluster-admin")
    findings.push(fail("kubernetesRoleName", "is cluster-admin, which allows everything"));
  else if (isOfCluster)
    findings.push(
      fail(
        "kubernetesRoleType",
        "is ClusterRole, so that whoever asks for a cluster-wide binding has it everywhere",
      ),
    );
  return [...findings, ...generatedRules(resource.read("generatedRoleRules"))];
}

/** Rules as YAML or JSON. They are not parsed: a star in quotes, or behind a dash or a bracket, is any of its kind. */
function generatedRules(value: Value | undefined): Finding[] {
  const property = "generatedRoleRules";
  if (value === unknown) return [undetermined(property, "is not known yet")];
  if (typeof value !== "string") return [];
  const lines = value.slice(0, 100_000).toLowerCase().split("\n");
  const hasStar = (name: string) =>
    lines.some((line, at) => {
      const from = line.indexOf(name);
      if (from < 0) return false;
      const rest = line.slice(from + name.length).split("]")[0] ?? "";
      return (
        rest.includes("*") ||
        (rest.trim().replace(/^["':\s]+/, "") === "" && /^\s*-\s*["']?\*/.test(lines[at + 1] ?? ""))
      );
    });
  return hasStar("verbs") && hasStar("resources")
    ? [fail(property, "allow every verb on every resource")]
    : [];
}
