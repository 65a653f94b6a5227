import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { rules } from "../../../policy-packs/nhi/rules";
import { sampleProgram } from "../../../policy-packs/nhi/rules-md";
import { createStack } from "../../../tools/stack";
import { openTestEngine, type TestEngine } from "../../support/engine";

/**
 * Every rule on the real engine: what its page shows as refused is refused there, and what the page shows as mended
 * passes the whole pack. A new rule is in here with its samples.
 */
const root = join(__dirname, "../../..");
const pack = join(root, "policy-packs/nhi");
let engine: TestEngine;
let folder: string;
beforeAll(async () => {
  engine = await openTestEngine({ offline: true });
  // Inside the repository, where programs find the SDKs.
  folder = mkdtempSync(join(root, "test", "proof-"));
}, 30 * 60_000);
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await engine.close();
});

/** Several samples as one program: each in a block of its own, its resources named after its rule. */
function programOf(samples: readonly { id: string; sample: string }[]): string {
  const blocks = samples.map(({ id, sample }) => {
    const named = sample.replaceAll(/new ((?:aws|gcp|vault|nhi)\.[\w.]+)\(/g, `new $1("${id}-" + `);
    return `{\n${named}\n}`;
  });
  return sampleProgram(blocks.join("\n"));
}

interface Said {
  level: string;
  rule: string;
  resource: string;
}

async function preview(
  name: string,
  program: string,
): Promise<{ code: number; output: string; said: Said[] }> {
  const home = join(folder, name);
  mkdirSync(home);
  writeFileSync(join(home, "Pulumi.yaml"), `name: ${name}\nruntime: nodejs\nmain: index.ts\n`);
  writeFileSync(join(home, "index.ts"), program);
  const stack = await createStack(engine.engine, home, engine.folder);
  const { code, output } = await engine.pulumi(["preview", "--policy-pack", pack, ...stack]);
  // Over each message stands its level, and the message starts with its rule and its resource.
  const said = [...output.matchAll(/\[(mandatory|advisory)\].*\n\s+\[([a-z-]+)\] (\S+ "[^"]*")/g)];
  return {
    code,
    output,
    said: said.map(([, level = "", rule = "", resource = ""]) => ({ level, rule, resource })),
  };
}

const ofResources = rules.filter((rule) => "check" in rule);
const ofStacks = rules.filter((rule) => "checkStack" in rule);

it("refuses what each page of a rule over single resources shows as refused", async () => {
  const samples = ofResources.map(({ id, samples: { bad } }) => ({ id, sample: bad }));
  const { code, said } = await preview("refused", programOf(samples));
  expect(code).not.toBe(0);
  const own = said.filter(({ rule, resource }) => resource.includes(`"${rule}-`));
  const missed = ofResources.filter(
    ({ id, enforcement }) => !own.some(({ rule, level }) => rule === id && level === enforcement),
  );
  expect(missed.map(({ id }) => id)).toEqual([]);
}, 120_000);

it.each(ofStacks.map((rule) => [rule.id, rule] as const))(
  "refuses what the page of %s shows as refused",
  async (id, rule) => {
    const { code, said } = await preview(id, programOf([{ id, sample: rule.samples.bad }]));
    expect(said.filter((one) => one.rule === id).map(({ level }) => level)).toContain(rule.enforcement);
    expect(code === 0 && rule.enforcement === "mandatory").toBe(false);
  },
  120_000,
);

it("passes what the pages show as mended", async () => {
  const samples = ofResources.map(({ id, samples: { good } }) => ({ id, sample: good }));
  const { code, output, said } = await preview("mended", programOf(samples));
  // The pages show as little as their rule needs, so that others may have advice.
  expect(
    said.filter(({ level, rule, resource }) => level === "mandatory" || resource.includes(`"${rule}-`)),
  ).toEqual([]);
  expect(output).toContain("pulumi-nhi");
  expect(code).toBe(0);
}, 120_000);
