import { forTypes } from "../judge";
import type { Judge, Resource } from "../rule";
import { advise, fail, type Finding } from "../verdict";
import { iamTypes } from "./iam-types";
import { membersOf } from "./members";
import { isGooglesOwn } from "./principals";

/** Where another organisation's project gets in. */
export const gcpThirdParties: Readonly<Record<string, Judge>> = forTypes(iamTypes, strangers);

function strangers(resource: Resource): Finding[] {
  const own = resource.list("ownProjects");
  const members = own.length === 0 ? [] : membersOf(resource);
  // What can't be read, another rule says of the same policy.
  if (!Array.isArray(members)) return [];
  return members.flatMap(({ property, member }): Finding[] => {
    const found = typeof member === "string" ? projectOf(member.trim()) : undefined;
    if (found === undefined || own.includes(found.project)) return [];
    return found.isPool
      ? [fail(property, "trusts a pool of another project: who gets into it is decided there", named)]
      : [
          advise(
            property,
            "is a service account of another project: whoever rules there can act as it",
            "Agree with its owner who may act as it, and give it the least role.",
          ),
        ];
  });
}

const named = "Trust the other side's issuer in a pool of your own, or name one service account of theirs.";

/** Whose project a member belongs to. Google's own accounts belong to nobody. */
function projectOf(member: string): { project: string; isPool: boolean } | undefined {
  // Longer than any member.
  if (member.length > 2000) return undefined;
  const [, pool] =
    /^principal(?:Set)?:\/\/iam\.googleapis\.com\/projects\/([^/]+)\/locations\/global\/workloadIdentityPools\//.exec(
      member,
    ) ?? [];
  if (pool !== undefined) return { project: pool, isPool: true };
  const [, cluster] = /^serviceAccount:([^[\s]+)\.svc\.id\.goog\[/.exec(member) ?? [];
  if (cluster !== undefined) return { project: cluster, isPool: true };
  const [, project] = /^serviceAccount:[^@]+@([a-z0-9.:-]+?)\.iam\.gserviceaccount\.com$/.exec(member) ?? [];
  if (project !== undefined) return isGooglesOwn(member) ? undefined : { project, isPool: false };
  const [, ofCompute, ofAppEngine] =
    /^serviceAccount:(?:(\d+)-compute@developer|([^@]+)@appspot)\.gserviceaccount\.com$/.exec(member) ?? [];
  const ofDefault = ofCompute ?? ofAppEngine;
  return ofDefault === undefined ? undefined : { project: ofDefault, isPool: false };
}
