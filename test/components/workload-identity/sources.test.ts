import fc from "fast-check";
import type { Proof } from "../../../components/workload-identity/proof";
import type { Source, Target } from "../../../components/workload-identity/sources/source";
import { sources } from "../../../components/workload-identity/workloads";

type Fields = Record<string, unknown>;
const all = Object.entries(sources).flatMap(([key, source]) =>
  source.examples.map((example, index): [string, Source<Fields>, Fields] => [
    `${key}[${index}]`,
    source as unknown as Source<Fields>,
    { ...example },
  ]),
);
const targets: Target[] = ["aws", "gcp", "vault"];

const problemOf = (source: Source<Fields>, workload: Fields, target: Target) =>
  source.problem([workload], "production", target);
const textsOf = (workload: Fields) =>
  Object.entries(workload).flatMap(([key, value]) => (typeof value === "string" ? [key] : []));

/** Every text of a proof that a target compares. */
const compared = ({
  token,
  awsRole,
  gcpServiceAccount,
  gkeServiceAccount,
  certificate,
}: Omit<Proof, "where">) => [
  ...(token === undefined
    ? []
    : [token.issuer, token.subjectStart ?? "", ...token.subjects, ...Object.values(token.claims)]),
  ...Object.values({ ...awsRole, ...gcpServiceAccount, ...gkeServiceAccount, ...certificate }),
];

/** What somebody writes who wants more than one workload, or what a template leaves behind. */
const strange = fc.oneof(
  fc.string(),
  fc.string({ unit: "grapheme" }),
  fc
    .tuple(
      fc.constantFrom("", "octo/", "octo:", "a", "https://"),
      fc.constantFrom("*", "?", "${x}", "\n", "\u200b", " "),
    )
    .map((parts) => parts.join("")),
);

describe.each(all)("%s", (_, source, example) => {
  const possible = targets.filter((target) => problemOf(source, example, target) === undefined);

  it("can be listed for a target", () => {
    expect(possible).not.toEqual([]);
  });

  it("is refused with a wildcard in any of its texts, wherever it stands", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...textsOf(example)),
        fc.constantFrom("*", "?"),
        fc.nat({ max: 99 }),
        fc.constantFrom(...targets),
        (key, wildcard, at, target) => {
          const text = String(example[key]);
          const changed =
            text.slice(0, at % (text.length + 1)) + wildcard + text.slice(at % (text.length + 1));
          expect(problemOf(source, { ...example, [key]: changed }, target)).toMatch(/^workloads\.\w+\[0\]/);
        },
      ),
    );
  });

  it("is refused without any of its required texts, in one line", () => {
    for (const key of textsOf(example)) {
      const problem = problemOf(source, { ...example, [key]: "" }, "vault");
      expect(problem).toMatch(/^workloads\.\w+\[0\].* must .+$/);
    }
  });

  it("compares no wildcard, variable or invisible character, whatever was written", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...textsOf(example)),
        strange,
        fc.constantFrom(...targets),
        (key, text, target) => {
          const workload = { ...example, [key]: text };
          if (problemOf(source, workload, target) !== undefined) return;
          for (const value of compared(source.proof(workload)))
            expect(value).not.toMatch(/[*?]|\$\{|[\p{C}\p{Zl}\p{Zp}]|[^\P{Z} ]/u);
        },
      ),
    );
  });
});

const open = all.filter(([, source, example]) => source.proof(example).token?.subjectStart !== undefined);

it.each(open)(
  "%s leaves its subject open after a delimiter, and every name in it is closed by one",
  (_, source, example) => {
    const { subjects, subjectStart = "" } = source.proof(example).token ?? {};
    expect(subjects).toEqual([]);
    expect(subjectStart).toMatch(/[:/]$/);
    const names = textsOf(example).map((key) => String(example[key]));
    const open = names.filter(
      (name) => subjectStart.includes(name) && !new RegExp(`[/:{]${name}\\}?[/:]`).test(subjectStart),
    );
    expect(open).toEqual([]);
  },
);
