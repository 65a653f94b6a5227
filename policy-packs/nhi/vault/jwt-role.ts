import { isObject, unknown, type Value } from "../value";
import { fail, type Finding, undetermined } from "../verdict";
import { claimsOfAnybody } from "../issuers/claims";
import { subjectOfAnybody } from "../issuers/issuers";
import { both, type Claim, type Confinement, either, excessOf, saysOf, unsure } from "../issuers/reach";

type Read = (property: string) => Value | undefined;

/**
 * Which tokens satisfy a role of Vault's JWT method (developer.hashicorp.com/vault/api-docs/auth/jwt): every bound claim has
 * to be there, and any of its values is enough. One bound field of any kind makes a role valid for Vault; only a claim
 * that names the workload keeps strangers out.
 */
export function jwtRoleFindings(read: Read): Finding[] {
  const type = read("roleType");
  // Humans sign in to roles of the other kind, in a browser. It is the one that Vault takes when nothing is said.
  if (type !== "jwt" && type !== unknown) return [];
  const findings = [...whoFindings(read), ...audienceFindings(read)];
  return type === unknown ? findings.map((finding) => ({ ...finding, verdict: "undetermined" })) : findings;
}

function whoFindings(read: Read): Finding[] {
  const bound = boundBy(read);
  const excess = excessOf(both(bound.map(({ confinement }) => confinement)));
  if (!excess) return [];
  const { reach } = excess;
  // What says nothing of whom it lets in is what no claim bounds at all.
  const isSaid = reach.who !== "" || reach.level === "unknown";
  const cause = bound.find(({ confinement }) => isSaid && Object.values(confinement).includes(reach));
  const property = cause?.property ?? "boundClaims";
  const says = saysOf(excess, "every workload that the issuer signs for");
  if (!excess.certain) return [undetermined(property, says)];
  const unseen = ["boundSubject", "boundClaims"].find((name) => read(name) === unknown);
  return unseen === undefined
    ? [fail(property, says)]
    : [undetermined(unseen, "is not known yet, and is what keeps strangers out")];
}

interface Bound {
  property: string;
  confinement: Confinement;
}

function boundBy(read: Read): Bound[] {
  const subject = read("boundSubject");
  const given = read("boundClaims");
  const found: Bound[] = Object.entries(isObject(given) ? given : {}).flatMap(([name, values]) => {
    const claim = claimsOfAnybody.get(name);
    return claim ? [{ property: `boundClaims.${name}`, confinement: compared(read, claim, values) }] : [];
  });
  if (typeof subject === "string" && subject !== "")
    found.unshift({
      property: "boundSubject",
      confinement: subjectOfAnybody.read({ text: subject, whole: true }),
    });
  return found;
}

function compared(read: Read, claim: Claim, given: Value): Confinement {
  const kind = read("boundClaimsType");
  const values = valuesOf(given, read("disableBoundClaimsParsing") !== true);
  if (values.length === 0) return {};
  return either(
    values.map((value) => {
      const at = value === unknown ? -1 : value.indexOf("*");
      if (value === unknown || (at >= 0 && kind === unknown)) return unsure(claim);
      return at >= 0 && kind === "glob"
        ? claim.read({ text: value.slice(0, at), whole: false })
        : claim.read({ text: value, whole: true });
    }),
  );
}

/** Vault splits a value at commas unless told not to, and takes any of the parts. */
function valuesOf(value: Value, isList: boolean): (string | typeof unknown)[] {
  if (Array.isArray(value)) return value.flatMap((item) => valuesOf(item, isList));
  if (value === unknown) return [unknown];
  if (value === null || typeof value === "object") return [];
  return isList
    ? String(value)
        .split(",")
        .map((part) => part.trim())
    : [String(value)];
}

function audienceFindings(read: Read): Finding[] {
  const audiences = read("boundAudiences");
  if (audiences === unknown) return [undetermined("boundAudiences", "is not known yet")];
  return Array.isArray(audiences) &&
    audiences.some((audience) => audience === unknown || (typeof audience === "string" && audience !== ""))
    ? []
    : [fail("boundAudiences", "is empty: a token that was made for another service gets in")];
}
