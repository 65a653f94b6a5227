import { isObject, unknown } from "../value";
import { fail, type Finding, undetermined } from "../verdict";
import { type Fixes, isWhole, narrowed, type Tightness, tightest } from "./conditions";
import { element, list, type Statement, texts } from "./document";

const startOf = (value: string) => value.slice(0, value.search(/[*?]|\$\{|$/));
/** `arn:partition:service:region:account:…`: written out up to the account, or altogether. */
export const isOfAccount: Fixes = (value, isPattern) =>
  isWhole(value, isPattern) || /^([^:]*:){4}\d{12}:/.test(isPattern ? startOf(value) : value);
const isOfOrganization: Fixes = (value) => /^o-[a-z0-9]+\//.test(startOf(value));

/** Keys that say which account, organisation or network asks, as callers can't choose them. */
const whoAsks: Record<string, Fixes> = {
  "aws:principalorgid": isWhole,
  "aws:principalorgpaths": isOfOrganization,
  "aws:principalaccount": isWhole,
  "aws:principalarn": isOfAccount,
  "aws:sourceaccount": isWhole,
  "aws:sourceorgid": isWhole,
  "aws:sourceorgpaths": isOfOrganization,
  "aws:sourceowner": isWhole,
  "aws:sourcearn": isOfAccount,
  "aws:sourcevpc": isWhole,
  "aws:sourcevpce": isWhole,
  "kms:calleraccount": isWhole,
  "s3:dataaccesspointaccount": isWhole,
  "s3:dataaccesspointarn": isOfAccount,
};

/** Whether a statement keeps all but named accounts, organisations and networks out, whoever its principal is. */
export const confinementOf = (statement: Statement): Tightness =>
  tightest(Object.entries(whoAsks).map(([key, fixes]) => narrowed(statement, (name) => name === key, fixes)));

/** Which AWS callers a statement lets in that it does not name. Those that it names are for other rules. */
export function assumeRoleFindings(where: string, statement: Statement): Finding[] {
  const { principal } = statement;
  if (texts(element(principal, "service")).includes("rolesanywhere.amazonaws.com"))
    return rolesAnywhereFindings(where, statement);
  const isOpen = principal === unknown || texts(element(principal, "aws")).includes(unknown);
  if (!isEverybody(statement) && !isOpen) return [];
  const confined = confinementOf(statement);
  if (confined === "tight") return [];
  if (!isEverybody(statement)) return [undetermined(where, "trusts a principal that is not known yet")];
  if (confined === "unknown" || statement.conditionsUnknown)
    return [undetermined(where, "trusts every principal, confined by a value that is not known yet")];
  return [fail(where, "lets in every AWS account")];
}

export const isConfinedToCallers = (statement: Statement): boolean =>
  Object.entries(whoAsks).some(
    ([key, fixes]) =>
      key.startsWith("aws:principal") && narrowed(statement, (name) => name === key, fixes) === "tight",
  );

/** A certificate of the account's own anchor, and of one named holder (docs.aws.amazon.com/rolesanywhere/latest/userguide/trust-model.html). */
function rolesAnywhereFindings(where: string, statement: Statement): Finding[] {
  const anchor = narrowed(statement, (key) => key === "aws:sourcearn", isWhole);
  const holder = narrowed(statement, (key) => /^aws:principaltag\/x509(subject|san)\//.test(key), isWhole);
  if (anchor === "tight" && holder === "tight") return [];
  if ((anchor !== "loose" && holder !== "loose") || statement.conditionsUnknown)
    return [undetermined(where, "compares the certificate with a value that is not known yet")];
  const what =
    anchor === "tight" ? "any certificate of the trust anchor" : "certificates of any trust anchor";
  return [fail(where, `lets in ${what}: it compares no fixed holder and anchor`)];
}

/** `"*"`, `{ "AWS": "*" }`, and everybody but somebody. */
export function isEverybody({ principal, notPrincipal }: Statement): boolean {
  if (notPrincipal !== undefined || principal === "*") return true;
  return isObject(principal) && list(element(principal, "aws")).includes("*");
}
