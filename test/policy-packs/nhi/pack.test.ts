import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import packageJson from "../../../package.json";
import packJson from "../../../policy-packs/nhi/package.json";
import {
  controlsOf,
  labelsOf,
  mapsTo,
  sdkFramework,
  tagsOf,
  topics,
} from "../../../policy-packs/nhi/controls";
import crosswalk from "../../../policy-packs/nhi/crosswalk.json";
import { rules } from "../../../policy-packs/nhi/rules";
import { rulePage, rulesMarkdown } from "../../../policy-packs/nhi/rules-md";
import { toPolicy } from "../../../policy-packs/nhi/to-policy";
import tokens from "./tokens.json";

const pack = join(__dirname, "../../../policy-packs/nhi");
const filesIn = (folder: string, ending: string) =>
  readdirSync(folder)
    .filter((file) => file.endsWith(ending) && file !== "index.ts")
    .map((file) => file.slice(0, -ending.length))
    .sort();

describe("the list of rules", () => {
  const ids = rules.map(({ id }) => id);

  it("has each rule's file and test, and each once", () => {
    expect([...ids].sort()).toEqual(filesIn(join(pack, "rules"), ".ts"));
    expect([...ids].sort()).toEqual(filesIn(join(__dirname, "rules"), ".test.ts"));
  });

  it.each(rules.map((rule) => [rule.id, rule] as const))("%s speaks in sentences", (_, rule) => {
    for (const text of [rule.title, rule.why, rule.fix, rule.doesNotSee, rule.whenNot])
      expect(text).toMatch(/^[A-Z].*\.$/);
  });
});

describe("resource types", () => {
  /** The tokens as the SDKs' own code has them: loading each SDK whole would take a minute. */
  const known = new Set(
    ["aws", "gcp", "random", "tls", "vault"].flatMap((name) => {
      const folder = dirname(require.resolve(`@pulumi/${name}/package.json`));
      const lines = execFileSync("grep", ["-rhoE", "--include=*.js", "__pulumiType = '[^']+'", folder], {
        encoding: "utf8",
        maxBuffer: 16 * 1024 * 1024,
      });
      return lines.split("\n").map((line) => line.split("'")[1] ?? "");
    }),
  );

  /** Our own components by name, and one that the rules wait for: it is designed and not built yet. */
  const components = new Set([
    ...(readFileSync(join(__dirname, "../../../components/index.ts"), "utf8").match(/\w+/g) ?? []),
    "AccessBroker",
  ]);

  /** Of packages that are not installed here: as the version that is named has them. */
  const ofOthers = new Set(Object.values(tokens).flatMap(({ types }) => types));

  const packages = new Set([
    ...["aws", "gcp", "vault"],
    // The native provider of Azure has no type in a rule, and more types than all others together.
    "azure-native",
    ...Object.keys(tokens).map((name) => name.replace(/^(?:@pulumi\/|pulumi-)/, "")),
  ]);

  // A provider's own token is made by the engine: `pulumi:providers:` and the package.
  const isKnown = (type: string) =>
    known.has(type) ||
    ofOthers.has(type) ||
    packages.has(type.replace(/^pulumi:providers:/, "")) ||
    components.has(type.replace(/^nhi:index:/, ""));

  it.each([...new Set(rules.flatMap(({ types }) => types))])("%s is in the installed SDK", (type) => {
    expect(isKnown(type)).toBe(true);
  });

  it("names no token of another package that no rule has", () => {
    const judged = new Set(rules.flatMap(({ types }) => types));
    expect([...ofOthers].filter((type) => !judged.has(type))).toEqual([]);
  });

  it("would notice one that is not", () => {
    expect(isKnown("aws:iam/accesskey:AccessKey")).toBe(false);
  });
});

describe("labels and controls", () => {
  it("has the crosswalk's topics, no more and no fewer", () => {
    expect([...topics]).toEqual(crosswalk.topics.map(({ id }) => id));
  });

  it.each([...topics])("%s has a framework for the SDK, and labels that the crosswalk knows", (topic) => {
    const framework = sdkFramework(topic);
    expect(controlsOf(topic).map(({ id }) => id)).toContain(framework.reference);
    expect(framework.version).not.toBe("");
    const labels = crosswalk.briefLabels.map(({ label }) => label);
    for (const { brief, official } of labelsOf(topic)) {
      expect(labels).toContain(brief);
      expect(official).not.toBe("");
    }
  });

  it("writes the labels verbatim, each with the official id and its version", () => {
    expect(mapsTo("static-key")).toBe(
      "Maps to NHI-03 (official: OWASP NHI7:2025 Long-Lived Secrets) and PR.AC-4 (CSF 1.1; CSF 2.0: PR.AA-05).",
    );
    expect(mapsTo("secret-in-config")).toBe("Maps to NHI-03 (official: OWASP NHI2:2025 Secret Leakage).");
    expect(mapsTo("overlong-ttl")).toBe(mapsTo("static-key"));
    expect(mapsTo("weak-federation-trust")).toBe(
      "Maps to IA-02 (not an official MAESTRO id; MAESTRO L6/L7, SP 800-53 IA-9) and PR.AC-4 (CSF 1.1; CSF 2.0: PR.AA-05) and " +
        "NHI-03 (official: OWASP NHI6:2025 Insecure Cloud Deployment Configurations).",
    );
    expect(mapsTo("missing-audit")).toBe("Maps to NHI-03 (no official OWASP item).");
    expect(mapsTo("third-party-trust")).toBe("Maps to OWASP NHI3:2025 Vulnerable Third-Party NHI.");
  });

  it("keeps NHI3:2025 for third parties: NHI-03 only looks like it", () => {
    const others = topics.filter((topic) => topic !== "third-party-trust");
    for (const topic of others) expect([mapsTo(topic), ...tagsOf(topic)].join()).not.toContain("NHI3:2025");
  });

  it("keeps control ids as texts: 1.10 is not 1.1", () => {
    for (const { mappings } of crosswalk.topics)
      for (const { id } of mappings) expect(typeof id).toBe("string");
  });
});

describe("the policies that the engine gets", () => {
  it.each(rules.map((rule) => [rule.id, toPolicy(rule), rule] as const))(
    "%s is derived from its rule",
    (id, policy, rule) => {
      expect(policy).toMatchObject({
        name: id,
        displayName: rule.title,
        description: `${rule.title} ${rule.why}`,
        remediationSteps: rule.fix,
        severity: rule.severity,
        enforcementLevel: rule.enforcement,
        framework: sdkFramework(rule.topic),
        url: `policy-packs/nhi/docs/${id}.md`,
      });
      expect(policy.tags).toContain(`topic:${rule.topic}`);
      const schema = policy.configSchema?.properties ?? {};
      expect(Object.keys(schema)).toEqual([
        ...Object.entries(rule.ceilings ?? {}).flatMap(([name, { sensitive, longRunning }]) => [
          name,
          ...(sensitive === undefined ? [] : [`${name}Sensitive`]),
          ...(longRunning === undefined ? [] : [`${name}LongRunning`]),
        ]),
        ...Object.keys(rule.lists ?? {}),
        "strictUnknown",
      ]);
      for (const setting of Object.values(schema)) expect(setting.description).toMatch(/Default: /);
    },
  );
});

it("has the version of the package", () => {
  expect(packJson.version).toBe(packageJson.version);
});

it("has RULES.md as the rules are now: run `npm run docs`", () => {
  expect(readFileSync(join(pack, "RULES.md"), "utf8")).toBe(rulesMarkdown(rules));
});

it("has a page for each rule as it is now, and no other: run `npm run docs`", () => {
  expect(filesIn(join(pack, "docs"), ".md")).toEqual(rules.map(({ id }) => id).sort());
  for (const rule of rules)
    expect(readFileSync(join(pack, "docs", `${rule.id}.md`), "utf8")).toBe(rulePage(rule));
});
