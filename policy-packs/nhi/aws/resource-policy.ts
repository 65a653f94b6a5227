import { globMatches } from "../glob";
import { unknown, type Value } from "../value";
import { advise, fail, type Finding, undetermined } from "../verdict";
import { namedIn, namesPrincipals, principalOf } from "./accounts";
import { confinementOf, isEverybody, isOfAccount } from "./callers";
import { narrowed } from "./conditions";
import { type Comparison, element, isAbout, readDocument, type Statement, texts } from "./document";

/** Whether an account is the team's own: `unsaid` where the team has not listed its accounts. */
export type Ownership = (account: string) => "own" | "foreign" | "unsaid";

/** What a policy says of itself counts only where the team has said nothing. */
export function ownershipOf(
  ownAccounts: readonly string[],
  itself: ReadonlySet<string> = new Set(),
): Ownership {
  const own = new Set(ownAccounts.map((account) => account.trim()));
  return (account) => {
    if (own.size > 0) return own.has(account) ? "own" : "foreign";
    return itself.has(account) ? "own" : "unsaid";
  };
}

/** Which strangers does the policy of a bucket, a queue, a key, … let in? */
export function resourcePolicyFindings(
  property: string,
  value: Value | undefined,
  ownAccounts: readonly string[],
): Finding[] {
  if (value === undefined || value === null || value === "") return [];
  const reading = readDocument(value);
  if ("unreadable" in reading) return [undetermined(property, reading.unreadable)];
  const ownership = ownershipOf(ownAccounts, accountsOfItself(reading.statements));
  return reading.statements.flatMap((statement) => {
    const where = `${property}.Statement[${statement.index}]`;
    if (statement.effect === "deny") return [];
    if (statement.effect === undefined) return [undetermined(where, "has no Effect that can be read")];
    const findings = statementFindings(where, statement, ownership);
    return statement.effect === unknown
      ? findings.map((finding) => ({ ...finding, verdict: "undetermined" as const }))
      : findings;
  });
}

/** A policy names its own resource, and a key's policy the account that may change it: that is where it is. */
function accountsOfItself(statements: readonly Statement[]): Set<string> {
  const allows = statements.filter(({ effect }) => effect === "allow");
  const resources = allows.flatMap(({ resources }) =>
    resources.flatMap((resource) => (resource === unknown ? [] : [resource.split(":")[4] ?? ""])),
  );
  const keepers = new Set(
    allows
      .filter((statement) => isAbout(statement, "kms:putkeypolicy"))
      .flatMap(namedIn)
      .map(({ account }) => account),
  );
  return new Set([
    ...resources.filter((account) => /^\d{12}$/.test(account)),
    // Of two, one is a stranger's.
    ...(keepers.size === 1 ? keepers : []),
  ]);
}

function statementFindings(where: string, statement: Statement, ownership: Ownership): Finding[] {
  const { principal } = statement;
  const isOpen = principal === unknown || texts(element(principal, "aws")).includes(unknown);
  if (isEverybody(statement)) return everybodyFindings(where, statement);
  return [
    ...accountFindings(where, statement, ownership),
    ...(isOpen && confinementOf(statement) !== "tight"
      ? [undetermined(where, "lets in a principal that is not known yet")]
      : []),
    ...serviceFindings(where, statement),
  ];
}

function everybodyFindings(where: string, statement: Statement): Finding[] {
  const confined = confinementOf(statement);
  if (confined === "tight" || statement.comparisons.some(namesNetworks)) return [];
  if (confined === "unknown" || statement.conditionsUnknown)
    return [undetermined(where, "lets in everybody, confined by a value that is not known yet")];
  // A website's files are for everybody.
  return isPublishing(statement)
    ? [advise(where, "lets everybody read what is in it")]
    : [fail(where, "lets in everybody, of every AWS account and of none")];
}

const isPublishing = ({ actions, notActions }: Statement) =>
  notActions === undefined &&
  actions.every((action) => action !== unknown && globMatches("s3:getobject", action.toLowerCase()));

/** Ranges of addresses that somebody can own. */
function namesNetworks({ key, operator, trueWithoutKey, isTwice, values }: Comparison): boolean {
  const isNarrow = (value: string | typeof unknown) => {
    if (value === unknown) return false;
    const [address = "", bits] = value.split("/");
    const least = address.includes(":") ? 16 : 8;
    return bits === undefined || Number(bits) >= least;
  };
  return (
    (key === "aws:sourceip" || key === "aws:vpcsourceip") &&
    operator === "ipaddress" &&
    !trueWithoutKey &&
    !isTwice &&
    values.length > 0 &&
    values.every(isNarrow)
  );
}

function accountFindings(where: string, statement: Statement, ownership: Ownership): Finding[] {
  const wholes = namedIn(statement).filter(({ isWhole }) => isWhole);
  if (namesPrincipals(statement) || confinementOf(statement) === "tight") return [];
  const owners = wholes.map(({ account }) => ownership(account));
  return wholeAccountFindings(
    where,
    worst.find((owner) => owners.includes(owner)),
  );
}

const worst = ["foreign", "unsaid"] as const;

function wholeAccountFindings(where: string, owner: ReturnType<Ownership> | undefined): Finding[] {
  switch (owner) {
    case "foreign":
      return [fail(where, "lets in whoever a stranger's account lets in", "Name the roles of that account.")];
    case "unsaid":
      return [
        undetermined(where, "lets in a whole account, and ownAccounts does not say whether it is your own"),
      ];
    default:
      return [];
  }
}

/** A service acts for every customer of AWS: what it does for whom stands in the source that it names. */
function serviceFindings(where: string, statement: Statement): Finding[] {
  const services = texts(element(statement.principal, "service"));
  const context = narrowed(
    statement,
    (key) => key.startsWith("kms:encryptioncontext:"),
    (value, isPattern) => isOfAccount(value, isPattern),
  );
  const isBounded =
    confinementOf(statement) !== "loose" || context !== "loose" || statement.conditionsUnknown;
  return services.length > 0 && !isBounded
    ? [advise(where, "lets in a service of AWS, for whomever it acts", serviceFix)]
    : [];
}

const serviceFix = "Compare aws:SourceArn or aws:SourceAccount with what the service acts for.";

/** What names one principal where only one has room. */
export function principalFindings(
  property: string,
  principal: Value | undefined,
  ownership: Ownership,
): Finding[] | undefined {
  const named = typeof principal === "string" ? principalOf(principal) : undefined;
  if (!named) return undefined;
  return named.isWhole ? wholeAccountFindings(property, ownership(named.account)) : [];
}
