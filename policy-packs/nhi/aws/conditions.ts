import { unknown } from "../value";
import { isDemand, narrows, type Statement } from "./document";

/** Whether a value keeps all but what it names out. */
export type Fixes = (value: string, isPattern: boolean) => boolean;
/** How tight a comparison is; `unknown` where its values are not known yet. */
export type Tightness = "tight" | "unknown" | "loose";

export const isWhole: Fixes = (value, isPattern) =>
  !value.includes("${") && !(isPattern && /[*?]/.test(value));

/** ArnEquals takes wildcards as ArnLike does. */
const patternOperators = new Set(["stringlike", "arnequals", "arnlike"]);
const namingOperators = new Set(["stringequals", "stringequalsignorecase", ...patternOperators]);

/** Whether a comparison with one of these keys lists fixed values: one such comparison is enough, as all have to hold. */
export function narrowed(statement: Statement, isKey: (key: string) => boolean, fixes: Fixes): Tightness {
  const results = statement.comparisons
    .filter((comparison) => isKey(comparison.key) && narrows(comparison, namingOperators))
    .map(({ operator, values }): Tightness => {
      const isPattern = patternOperators.has(operator);
      if (values.some((value) => value !== unknown && !fixes(value, isPattern))) return "loose";
      return values.includes(unknown) ? "unknown" : "tight";
    });
  return tightest(results);
}

export const tightest = (results: Tightness[]): Tightness =>
  results.find((result) => result === "tight") ?? results.find((result) => result === "unknown") ?? "loose";

const namingTexts = new Set(["stringequals", "stringequalsignorecase", "stringlike"]);

/** Whether a statement lets nobody in whose request does not have a key: it is compared with something, or not null. */
export function isDemanded(statement: Statement, key: string): boolean {
  return statement.comparisons.some(
    (comparison) =>
      comparison.key === key &&
      (isDemand(comparison) ||
        // A lone star takes an empty text as well.
        (narrows(comparison, namingTexts) &&
          !comparison.values.some((value) => value === "" || value === "*"))),
  );
}
