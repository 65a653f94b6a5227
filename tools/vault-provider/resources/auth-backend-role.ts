import type { Property } from "../property";
import type { Plain, PlainValues } from "../values";
import { document } from "./document";
import { namespace } from "./namespace";

/** A program writes the values of a claim into one text, with commas between them; the API takes a list. */
const boundClaims: Property = {
  kind: "map",
  toApi: (claims, inputs) => mapValues(claims, (value) => claimValues(value, inputs)),
  fromApi: (claims) =>
    mapValues(claims, (value) => (Array.isArray(value) ? value.map(plainText).join(",") : value)),
};

export const authBackendRole = document({
  idFormat: "auth/<backend>/role/<roleName>",
  properties: {
    ...namespace,
    backend: { kind: "path", identity: true, default: "jwt" },
    roleName: { kind: "string", identity: true, required: true },
    roleType: { kind: "string", replaces: true, computed: true },
    userClaim: { kind: "string", required: true },
    userClaimJsonPointer: { kind: "boolean", default: false },
    boundAudiences: { kind: "set" },
    boundSubject: { kind: "string" },
    boundClaims,
    boundClaimsType: { kind: "string", computed: true },
    disableBoundClaimsParsing: { kind: "boolean", default: false, unsent: true },
    claimMappings: { kind: "map" },
    groupsClaim: { kind: "string" },
    allowedRedirectUris: { kind: "set" },
    oidcScopes: { kind: "set" },
    maxAge: { kind: "integer" },
    clockSkewLeeway: { kind: "integer", default: 0 },
    expirationLeeway: { kind: "integer", default: 0 },
    notBeforeLeeway: { kind: "integer", default: 0 },
    verboseOidcLogging: { kind: "boolean", default: false },
    tokenBoundCidrs: { kind: "set" },
    tokenExplicitMaxTtl: { kind: "integer" },
    tokenMaxTtl: { kind: "integer" },
    tokenNoDefaultPolicy: { kind: "boolean" },
    tokenNumUses: { kind: "integer" },
    tokenPeriod: { kind: "integer" },
    tokenPolicies: { kind: "set" },
    tokenTtl: { kind: "integer" },
    tokenType: { kind: "string", default: "default" },
  },
});

function claimValues(value: Plain, { disableBoundClaimsParsing }: PlainValues): Plain {
  if (typeof value !== "string") return value;
  const values = disableBoundClaimsParsing === true ? [value] : value.split(",");
  return values.map((one) => one.trim());
}

/** Somebody may have bound a number or a truth value by hand. */
const plainText = (value: Plain) => (typeof value === "string" ? value : JSON.stringify(value));

function mapValues(map: Plain, change: (value: Plain) => Plain): Plain {
  if (typeof map !== "object" || map === null || Array.isArray(map)) return map;
  return Object.fromEntries(Object.entries(map).map(([key, value]) => [key, change(value)]));
}
