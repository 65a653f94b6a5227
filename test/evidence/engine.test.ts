import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { formatNames } from "../../evidence/formats";
import { createStack } from "../../tools/stack";
import { builtNhi } from "../cli/run";
import { openTestEngine, type TestEngine } from "../support/engine";
import { formatProblem } from "./readers";

const root = join(__dirname, "../..");
const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

let engine: TestEngine;
let evidence: { whole: string; crashed: string };
beforeAll(async () => {
  engine = await openTestEngine({ offline: true });
  const stack = await createStack(engine.engine, join(__dirname, "program"), engine.folder);
  const name = stack[stack.indexOf("--stack") + 1] ?? "";
  const settings = join(engine.folder, "settings.json");
  writeFileSync(
    settings,
    JSON.stringify({
      "identities-are-audited": "disabled",
      "sessions-are-short": { enforcementLevel: "remediate" },
      settings: {
        exemptions: [
          {
            rule: "identities-have-an-owner",
            urn: `urn:pulumi:${name}::evidence::aws:iam/role:Role::ownerless`,
            property: "tags",
            owner: "team-shop",
            reason: "the role goes with the old shop",
            compensatingControl: "it reads one bucket",
            approvedBy: "security",
            expires: inDays(30),
          },
        ],
      },
    }),
  );
  const check = async (file: string, env: Record<string, string>) => {
    const path = join(engine.folder, file);
    await builtNhi(["check", "--settings", settings, "--evidence", path, "--", ...stack], {
      cwd: root,
      env: { ...engine.engine.env, ...env },
    });
    return path;
  };
  evidence = {
    whole: await check("whole.ndjson", {}),
    crashed: await check("crashed.ndjson", { CRASHES: "yes" }),
  };
}, 30 * 60_000);
afterAll(() => engine.close());

const recordsOf = (file: string) =>
  readFileSync(file, "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);

it("has each status, what was mended, what was exempted and what was switched off", () => {
  const records = recordsOf(evidence.whole);
  const results = records.filter(({ record }) => record === "result");
  expect(new Set(results.map(({ status }) => status))).toEqual(
    new Set(["pass", "fail", "undetermined", "excepted"]),
  );
  expect(results).toContainEqual(
    expect.objectContaining({ rule: "identities-have-an-owner", status: "excepted", until: inDays(30) }),
  );
  // Mended before it was judged: the role is made with one hour.
  expect(
    results.filter(
      ({ rule, resource }) => rule === "sessions-are-short" && String(resource).endsWith("::long"),
    ),
  ).toEqual([expect.objectContaining({ status: "pass" })]);
  expect(records.at(-1)).toMatchObject({ complete: true, disabled: ["identities-are-audited"] });
});

it("says that a run which crashed is not complete", () => {
  expect(recordsOf(evidence.crashed).at(-1)).toMatchObject({ complete: false, exitCode: 3 });
});

it.each((["whole", "crashed"] as const).flatMap((run) => formatNames.map((format) => ({ run, format }))))(
  "the $run run is what the readers of $format take, and holds no secret",
  async ({ run, format }) => {
    const output = join(engine.folder, `${run}.${format}`);
    const { code, err } = await builtNhi(["export", evidence[run], "--format", format, "--output", output]);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(readFileSync(output).includes("canary-")).toBe(false);
    expect(await formatProblem(format, output)).toBeUndefined();
  },
  60_000,
);
