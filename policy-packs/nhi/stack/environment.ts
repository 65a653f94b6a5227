import { type Mark, markOf, tagOf } from "../marks";
import type { StackResource } from "../rule";

/** Short names that are no environments of their own. */
const written: Record<string, string> = {
  prd: "production",
  prod: "production",
  stage: "staging",
  stg: "staging",
  dev: "development",
};

/** Where each resource acts, as far as it says so: itself, or what else is in its component. */
export function environments(resources: readonly StackResource[]): Map<string, string> {
  const own = new Map<string, string>();
  const ofComponent = new Map<string, Set<string>>();
  for (const resource of resources) {
    const environment = ownEnvironment(resource);
    if (environment === undefined) continue;
    own.set(resource.urn, environment);
    if (resource.parent !== undefined)
      ofComponent.set(resource.parent, (ofComponent.get(resource.parent) ?? new Set()).add(environment));
  }
  for (const { urn, parent } of resources) {
    const [environment, other] = ofComponent.get(parent ?? "") ?? [];
    if (!own.has(urn) && environment !== undefined && other === undefined) own.set(urn, environment);
  }
  return own;
}

function ownEnvironment(resource: StackResource): string | undefined {
  const said = markOf(resource, "environment");
  const marks: Mark[] = [said, ...resource.list("environmentTags").map((name) => tagOf(resource, name))];
  for (const mark of marks) {
    if (typeof mark !== "string" || mark === "") continue;
    const name = mark.toLowerCase();
    return Object.hasOwn(written, name) ? written[name] : name;
  }
  return undefined;
}
