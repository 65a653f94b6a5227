import fc from "fast-check";

/** What a token says, `iss` aside: a door that trusts several issuers looks at that first. */
export type Claims = Record<string, string>;

/** A workload as its issuer's tokens show it, whichever of them. */
export interface Named {
  /** Every whole subject. */
  subjects: readonly string[];
  /** What all of its subjects begin with, where each run ends them anew. */
  subjectStart?: string;
  /** Claims that are the workload's own. */
  claims: Readonly<Record<string, string>>;
  audience: string;
}

const isItsSubject = (subject: string, { subjects, subjectStart }: Named) =>
  subjects.includes(subject) || (subjectStart !== undefined && subject.startsWith(subjectStart));

/** Tokens of the workload itself, one for each form of its subject. */
export function tokensOf({ subjects, subjectStart, claims, audience }: Named): Claims[] {
  const all = subjectStart === undefined ? subjects : [`${subjectStart}0b6c`, `${subjectStart}x:y/z`];
  return all.map((sub) => ({ ...claims, sub, aud: audience }));
}

/** Texts that are nearly this one: what somebody would choose who wants to pass for it. */
const nearly = (text: string): fc.Arbitrary<string> => {
  const parts = text.split(/([:/@])/);
  const position = fc.integer({ min: 0, max: Math.max(0, text.length - 1) });
  const character = fc.constantFrom("a", "Z", "0", "-", "_", ":", "/", "*", "?", ".", "@", ",", " ", "é");
  const word = fc.constantFrom(
    "evil",
    "octo-evil",
    "*",
    "**",
    "main2",
    "master",
    "dev",
    "",
    "production2",
    "0",
  );
  return fc.oneof(
    fc.tuple(position, character).map(([at, c]) => text.slice(0, at) + c + text.slice(at + 1)),
    fc.tuple(position, character).map(([at, c]) => text.slice(0, at) + c + text.slice(at)),
    position.map((at) => text.slice(0, at) + text.slice(at + 1)),
    position.map((at) => text.slice(0, at)),
    fc.tuple(word, fc.boolean()).map(([w, after]) => (after ? text + w : w + text)),
    fc
      .tuple(fc.integer({ min: 0, max: parts.length - 1 }), word)
      .map(([at, w]) => parts.map((part, i) => (i === at ? w : part)).join("")),
    fc.constantFrom(text.toUpperCase(), text.toLowerCase(), `${text},${text}`, `${text}\n`, ""),
    fc.string(),
  );
};

/** Tokens of others: at least one thing that says who somebody is differs, and the rest is the workload's or is not. */
export function strangersTo(named: Named): fc.Arbitrary<Claims> {
  const own = tokensOf(named);
  const names = Object.keys(named.claims);
  return fc
    .record({
      like: fc.constantFrom(...own),
      changed: fc.subarray(["sub", ...names], { minLength: 1 }),
      sub: fc.constantFrom(...own.map(({ sub = "" }) => sub)).chain(nearly),
      others: fc.record(Object.fromEntries(names.map((name) => [name, nearly(named.claims[name] ?? "")]))),
    })
    .map(({ like, changed, sub, others }) =>
      Object.fromEntries(
        Object.entries(like).map(([name, value]) => [
          name,
          !changed.includes(name) ? value : name === "sub" ? sub : (others[name] ?? ""),
        ]),
      ),
    )
    .filter(
      (token) =>
        !isItsSubject(token.sub ?? "", named) || names.some((name) => token[name] !== named.claims[name]),
    );
}

/** Tokens of the workload that were made for somebody else. */
export const misdirected = (named: Named): fc.Arbitrary<Claims> =>
  fc
    .tuple(
      fc.constantFrom(...tokensOf(named)),
      fc.oneof(nearly(named.audience), fc.constantFrom("sts.amazonaws.com", "https://vault.example.com")),
    )
    .map(([token, aud]) => ({ ...token, aud }))
    .filter(({ aud }) => aud !== named.audience);
