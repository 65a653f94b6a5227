/**
 * Whether AWS would let a token in, decided comparison by comparison for one document and one token. It shares no code
 * with the pack, which asks the question of all tokens at once: what this lets in, the pack must not pass.
 */
export interface TrustStatement {
  Effect: "Allow" | "Deny";
  Principal: "*" | { Federated: string | string[] } | { Service: string };
  Action?: string | string[];
  NotAction?: string | string[];
  Condition?: Record<string, Record<string, string | string[]>>;
}

/** Claims as AWS's condition keys, without the issuer. */
export type Token = Record<string, string>;

export function isLetIn(statements: TrustStatement[], host: string, token: Token): boolean {
  const fits = statements.filter((statement) => matches(statement, host, token));
  return fits.some(({ Effect }) => Effect === "Allow") && !fits.some(({ Effect }) => Effect === "Deny");
}

function matches(statement: TrustStatement, host: string, token: Token): boolean {
  const { Action, NotAction, Condition = {} } = statement;
  const claim = (key: string) => token[key.toLowerCase().replace(`${host.toLowerCase()}:`, "")];
  const names = (actions: string | string[]) =>
    [actions].flat().some((action) => pattern(action.toLowerCase()).test("sts:assumerolewithwebidentity"));
  return (
    isIssuer(statement.Principal, host) &&
    (NotAction === undefined ? names(Action ?? []) : !names(NotAction)) &&
    Object.entries(Condition).every(([operator, keys]) =>
      Object.entries(keys).every(([key, values]) =>
        holds(operator.toLowerCase(), [values].flat(), claim(key)),
      ),
    )
  );
}

function isIssuer(principal: TrustStatement["Principal"], host: string): boolean {
  if (principal === "*") return true;
  if (!("Federated" in principal)) return false;
  return [principal.Federated].flat().some((arn) => arn.endsWith(`:oidc-provider/${host}`) || arn === host);
}

function holds(operator: string, values: string[], claim: string | undefined): boolean {
  if (operator === "null") return values.includes(String(claim === undefined));
  const ifMissing = operator.startsWith("forallvalues:") || operator.endsWith("ifexists");
  const bare = operator.replace(/^for(allvalues|anyvalue):/, "").replace(/ifexists$/, "");
  const isNegated = bare.startsWith("stringnot");
  if (claim === undefined) return ifMissing || isNegated;
  const folds = bare.endsWith("ignorecase");
  const equal = bare.endsWith("like")
    ? values.some((value) => pattern(value).test(claim))
    : values.some((value) => (folds ? value.toLowerCase() === claim.toLowerCase() : value === claim));
  return isNegated ? !equal : equal;
}

function pattern(text: string): RegExp {
  const escaped = text.replace(/[.+^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`^${escaped.replaceAll("*", ".*").replaceAll("?", ".")}$`, "s");
}
