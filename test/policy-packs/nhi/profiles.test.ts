import { readFileSync } from "node:fs";
import { join } from "node:path";
import { levelOf } from "../../../policy-packs/nhi/levels";
import { rules } from "../../../policy-packs/nhi/rules";
import { defaultSettings, type Profile } from "../../../policy-packs/nhi/settings";

/** What teams rely on. A rule that is new here, or blocks where it advised, stops somebody's deployment. */
const published = `
rule                               start      standard   strict     ai-agents
no-static-keys                     mandatory  mandatory  mandatory  mandatory
no-static-provider-credentials     mandatory  mandatory  mandatory  mandatory
keys-stay-forbidden                advisory   mandatory  mandatory  mandatory
no-secrets-in-configuration        advisory   mandatory  mandatory  mandatory
sessions-are-short                 advisory   mandatory  mandatory  mandatory
credentials-are-revocable          advisory   mandatory  mandatory  mandatory
federated-trust-is-bounded         mandatory  mandatory  mandatory  mandatory
instances-keep-their-credentials   advisory   mandatory  mandatory  mandatory
machine-rights-are-bounded         advisory   mandatory  mandatory  mandatory
third-parties-are-bounded          advisory   mandatory  mandatory  mandatory
jit-access-is-decided              advisory   mandatory  mandatory  mandatory
break-glass-is-its-own-path        mandatory  mandatory  mandatory  mandatory
identities-have-an-owner           advisory   advisory   mandatory  mandatory
identities-are-reviewed            advisory   mandatory  mandatory  mandatory
static-exceptions-expire           advisory   mandatory  mandatory  mandatory
environments-are-separate          advisory   mandatory  mandatory  mandatory
machines-do-not-sign-in-as-people  advisory   mandatory  mandatory  mandatory
underlying-secrets-rotate          advisory   mandatory  mandatory  mandatory
audit-log-is-complete              advisory   mandatory  mandatory  mandatory
identities-are-audited             advisory   advisory   mandatory  mandatory
jit-roles-are-for-the-broker       advisory   mandatory  mandatory  mandatory
broker-is-complete                 advisory   mandatory  mandatory  mandatory
static-keys-give-way-to-jit        advisory   mandatory  mandatory  mandatory
credentials-are-not-made-in-the-program  advisory  mandatory  mandatory  mandatory
stored-secrets-are-renewed         advisory   advisory   mandatory  mandatory
capabilities-are-covered           advisory   advisory   mandatory  mandatory
`;

const profiles: Profile[] = ["start", "standard", "strict", "ai-agents"];
const place = { stack: "prod", stackTags: new Map<string, string>(), now: Date.parse("2027-01-15") };
const words = (line: string) => line.trim().split(/\s+/).join(" ");
const linesOf = (table: string) => table.trim().split("\n").map(words);

const now = [
  words(`rule ${profiles.join(" ")}`),
  ...rules.map((rule) =>
    [
      rule.id,
      ...profiles.map((profile) => levelOf(rule, { ...defaultSettings, profile }, place) ?? rule.enforcement),
    ].join(" "),
  ),
];

/** The changes in words that say what to do about them: a difference of two lists would not. */
function changes(before: readonly string[], after: readonly string[]): string | undefined {
  const gone = before.filter((line) => !after.includes(line)).map((line) => `- ${line}`);
  const come = after.filter((line) => !before.includes(line)).map((line) => `+ ${line}`);
  if (gone.length + come.length === 0) return undefined;
  return [
    "The levels of rules are not the published ones:",
    ...gone,
    ...come,
    "1. Write it into CHANGELOG.md under the next version; what blocks and did not is a breaking change.",
    "2. Change the table in test/policy-packs/nhi/profiles.test.ts.",
  ].join("\n");
}

it("has the levels that teams rely on, in each profile", () => {
  const told = changes(linesOf(published), now);
  expect(told).toBeUndefined();
});

it("tells whoever changes a level what to do", () => {
  expect(changes(["a advisory", "b mandatory"], ["a mandatory", "b mandatory", "c advisory"])).toBe(
    [
      "The levels of rules are not the published ones:",
      "- a advisory",
      "+ a mandatory",
      "+ c advisory",
      "1. Write it into CHANGELOG.md under the next version; what blocks and did not is a breaking change.",
      "2. Change the table in test/policy-packs/nhi/profiles.test.ts.",
    ].join("\n"),
  );
});

it("has every rule in the changelog", () => {
  const changelog = readFileSync(join(__dirname, "../../../CHANGELOG.md"), "utf8");
  expect(rules.filter(({ id }) => !changelog.includes(`\`${id}\``)).map(({ id }) => id)).toEqual([]);
});
