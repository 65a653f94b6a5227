import { unknown } from "../value";
import { narrowed } from "./conditions";
import { element, type Statement, texts } from "./document";

/** A principal of AWS that a statement names. */
export interface Named {
  account: string;
  /** `arn:aws:iam::123456789012:root`, or only the number: whoever that account lets in. */
  isWhole: boolean;
}

export function namedIn({ principal }: Statement): Named[] {
  return texts(element(principal, "aws")).flatMap((text) => {
    const named = text === unknown ? undefined : principalOf(text);
    return named ? [named] : [];
  });
}

export function principalOf(text: string): Named | undefined {
  const trimmed = text.trim();
  if (/^\d{12}$/.test(trimmed)) return { account: trimmed, isWhole: true };
  const found = /^arn:[^:]*:(?:iam|sts)::(\d{12}):(.*)$/i.exec(trimmed);
  return found ? { account: found[1] ?? "", isWhole: found[2]?.toLowerCase() === "root" } : undefined;
}

/** Whether a condition leaves of a whole account only principals that it names. */
export const namesPrincipals = (statement: Statement): boolean =>
  narrowed(
    statement,
    (key) => key === "aws:principalarn",
    (value, isPattern) =>
      /^arn:[^:]*:(iam|sts)::\d{12}:[^*?]+$/.test(value) && (isPattern || !value.includes("*")),
  ) === "tight";
