import { execFileSync } from "node:child_process";
import { dirname } from "node:path";
import { rules } from "../../../policy-packs/nhi/rules";
import { leftOut, topics } from "./coverage";

const judged = new Set(rules.flatMap(({ types }) => types));

/** The tokens as the SDKs' own code has them: loading each SDK whole would take a minute. */
const installed = ["aws", "gcp", "vault"].flatMap((name) => {
  const folder = dirname(require.resolve(`@pulumi/${name}/package.json`));
  const lines = execFileSync("grep", ["-rhoE", "--include=*.js", "__pulumiType = '[^']+'", folder], {
    encoding: "utf8",
    maxBuffer: 16 * 1024 * 1024,
  });
  return lines.split("\n").map((line) => line.split("'")[1] ?? "");
});

describe.each(topics)("$says", ({ types = [], every = [] }) => {
  const meant = every.map((pattern) => installed.filter((type) => pattern.test(type)));

  it("finds a type of an SDK by each of its patterns", () => {
    expect(every.filter((_, index) => meant[index]?.length === 0)).toEqual([]);
  });

  it.each([...new Set([...types, ...meant.flat()])].filter((type) => !Object.hasOwn(leftOut, type)).sort())(
    "%s is judged by a rule",
    (type) => {
      expect(judged.has(type)).toBe(true);
    },
  );
});

describe("what is left out", () => {
  it.each(Object.entries(leftOut))("%s is judged by no rule, and says why", (type, why) => {
    expect(judged.has(type)).toBe(false);
    expect(installed).toContain(type);
    expect(why).toMatch(/^[A-Z].*\.$/);
  });

  it("is meant by a topic", () => {
    const patterns = topics.flatMap(({ every = [] }) => every);
    expect(Object.keys(leftOut).filter((type) => !patterns.some((pattern) => pattern.test(type)))).toEqual(
      [],
    );
  });
});
