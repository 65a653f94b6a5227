import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { verify } from "../../evidence/verify";
import type {
  Chained,
  EvidenceRecord,
  Header,
  ScopeRecord,
  StackRecord,
  Trailer,
} from "../../evidence/record";
import { rules } from "../../policy-packs/nhi/rules";
import { builtNhi, nhi } from "./run";
import { exported, key, newFolder, role, urnOf } from "./state";

// Some of them start processes, which a busy machine lets wait.
jest.setTimeout(60_000);

const { folder, write } = newFolder();
afterAll(() => rmSync(folder, { recursive: true }));

const settingsText = JSON.stringify({
  "identities-are-audited": "disabled",
  "identities-are-reviewed": "disabled",
});
let count = 0;
/** The evidence of an audit of these files. */
async function evidenceOf(files: string[], settings = settingsText) {
  const file = join(folder, `evidence-${count++}.ndjson`);
  const config = write("settings.json", settings);
  // Several files are judged by workers, which are built files.
  const run = files.length > 1 ? builtNhi : nhi;
  const ran = await run(["audit", "--state", ...files, "--settings", config, "--evidence", file]);
  const text = readFileSync(file, "utf8");
  const records = text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Chained);
  return { file, text, records, ...ran };
}
const of = <R extends EvidenceRecord>(records: Chained[], kind: R["record"]) =>
  records.filter((record) => record.record === kind) as unknown as Chained<R>[];
/** Without what the chain adds. */
const bare = (record: Chained) =>
  Object.fromEntries(
    Object.entries(record).filter(([name]) => !["sequence", "previous", "hash"].includes(name)),
  );

const prod = () =>
  write(
    "prod.json",
    exported("prod", [
      key,
      role("night"),
      role("later", { assumeRolePolicy: "04da6b54-80e4-46f7-96ec-b56ff0331ba9" }),
    ]),
  );

it("has who, when, with what and by which settings first, then each rule", async () => {
  const { records } = await evidenceOf([prod()]);
  const [header, ...rest] = records;
  expect(header).toMatchObject({
    record: "header",
    schema: "nhi-evidence/v1",
    command: "audit",
    by: { name: expect.any(String) as string },
    commit: { id: expect.stringMatching(/^[0-9a-f]{40}$/) as string },
    tools: { nhi: "0.1.0", pack: "0.1.0", policySdk: "v1.21.0", node: process.versions.node },
    settings: {
      content: JSON.parse(settingsText) as object,
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
    },
  });
  expect(rest.slice(0, rules.length).map((rule) => (rule as { id?: string }).id)).toEqual(
    rules.map(({ id }) => id),
  );
  expect(rest[0]).toMatchObject({
    id: "no-static-keys",
    level: "mandatory",
    labels: ["NHI-03 (official: OWASP NHI7:2025 Long-Lived Secrets)", "PR.AC-4 (CSF 1.1; CSF 2.0: PR.AA-05)"],
  });
});

it("has each stack with its source, each rule's population, and each check", async () => {
  const { records, code } = await evidenceOf([prod()]);
  expect(code).toBe(1);
  const [stack] = of<StackRecord>(records, "stack");
  expect(stack && bare(stack)).toEqual({
    record: "stack",
    stack: "shop/prod",
    source: { kind: "state-file", name: join(folder, "prod.json") },
    writtenAt: "2026-11-23T10:00:00Z",
    pulumi: "v3.259.0",
    resources: 3,
    complete: true,
    problem: null,
  });
  const scopes = new Map(of<ScopeRecord>(records, "scope").map((scope) => [scope.rule, scope]));
  expect(scopes.get("no-static-keys")).toMatchObject({
    disabled: false,
    counts: { pass: 0, fail: 1, undetermined: 0, excepted: 0, notApplicable: 2 },
  });
  expect(scopes.get("federated-trust-is-bounded")).toMatchObject({
    counts: { pass: 1, fail: 0, undetermined: 1, excepted: 0, notApplicable: 1 },
  });
  expect(scopes.get("identities-are-audited")).toMatchObject({
    disabled: true,
    counts: { pass: 0, fail: 0 },
  });
  const results = of(records, "result").map(bare);
  expect(results).toContainEqual({
    record: "result",
    stack: "shop/prod",
    rule: "no-static-keys",
    resource: urnOf("prod", key),
    status: "fail",
    level: "mandatory",
    property: "it",
    message: expect.stringMatching(
      /^\[no-static-keys\] aws:iam\/accessKey:AccessKey "ci": it is a static key\./,
    ) as string,
  });
  expect(results).toContainEqual({
    record: "result",
    stack: "shop/prod",
    rule: "sessions-are-short",
    resource: urnOf("prod", role("night")),
    status: "pass",
  });
  const [trailer] = of<Trailer>(records, "trailer");
  expect(trailer).toMatchObject({
    complete: true,
    exitCode: 1,
    records: records.length,
    stacks: 1,
    disabled: ["identities-are-audited", "identities-are-reviewed"],
  });
});

it("has exceptions with their day, and what could not be judged", async () => {
  const known = { rule: "no-static-keys", urn: urnOf("prod", key), property: "it", due: "2099-01-01" };
  const { records, code } = await evidenceOf(
    [prod(), write("broken.json", "{")],
    JSON.stringify({ ...(JSON.parse(settingsText) as object), settings: { baseline: [known] } }),
  );
  expect(code).toBe(3);
  expect(of(records, "result")).toContainEqual(
    expect.objectContaining({ rule: "no-static-keys", status: "excepted", until: "2099-01-01" }),
  );
  const problem = `${join(folder, "broken.json")} is no whole JSON: it ends in the middle. Export the stack again with \`pulumi stack export\`.`;
  expect(of<StackRecord>(records, "stack")[1]).toMatchObject({ stack: null, complete: false, problem });
  expect(of<Trailer>(records, "trailer")[0]).toMatchObject({
    complete: false,
    problems: [problem],
    exitCode: 3,
  });
});

it("holds no value that may be secret", async () => {
  const canary = "canary-77e1";
  const secret = {
    "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
    plaintext: `"${canary}"`,
  };
  const resources = ["token", "address"].map((property) => ({
    type: "pulumi:providers:vault",
    name: property,
    inputs: { [property]: secret },
  }));
  const { text } = await evidenceOf([write("secret.json", exported("prod", resources))]);
  expect(text).toContain('"rule":"no-static-provider-credentials"');
  expect(text).not.toContain(canary);
});

it("is not written over", async () => {
  const { file, text } = await evidenceOf([prod()]);
  const { code, err } = await nhi(["audit", "--state", prod(), "--evidence", file]);
  expect({ code, err }).toEqual({
    code: 3,
    err: `${file} is there already, and evidence is not written over: name another file.\n`,
  });
  expect(readFileSync(file, "utf8")).toBe(text);
});

describe("nhi verify", () => {
  it("knows a file that is as it was written, and its hash", async () => {
    const { file, records } = await evidenceOf([prod()]);
    const hash = records.at(-1)?.hash ?? "";
    const header = records[0] as unknown as Header;
    const trailer = records.at(-1) as unknown as Trailer;
    expect(await nhi(["verify", file, "--hash", hash])).toEqual({
      code: 0,
      out: `${file}: ${records.length} records as they were written, from ${header.startedAt} to ${trailer.finishedAt}: 20 pass, 1 fail, 1 undetermined, 0 excepted. Hash ${hash}\n`,
      err: "",
    });
    const other = await nhi(["verify", file, "--hash", "0".repeat(64)]);
    expect(other.code).toBe(1);
    expect(other.out).toBe(
      `${file}: it is whole, and not the file with the hash ${"0".repeat(64)}: its own is ${hash}.\n`,
    );
  });

  it("finds one changed byte, wherever it is", async () => {
    const { text } = await evidenceOf([prod()]);
    const bytes = Buffer.from(text);
    // Every byte of the first line and the last ones, and one in some of all others.
    for (let at = 0; at < bytes.length; at += at < 300 || at > bytes.length - 300 ? 1 : 97) {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(await verify([changed])).toHaveProperty("problem");
    }
    expect(await verify([bytes])).toHaveProperty("hash");
  }, 60_000);

  it("finds lines that were taken out, added or moved, and an end that is missing", async () => {
    const { text } = await evidenceOf([prod()]);
    const lines = text.trimEnd().split("\n");
    const problem = (changed: string[]) => verify([Buffer.from(`${changed.join("\n")}\n`)]);
    const order = "does not follow the line before it: lines were taken out, added or moved.";
    expect(await problem(lines.toSpliced(30, 1))).toEqual({ problem: `line 31 ${order}` });
    expect(await problem(lines.toSpliced(30, 0, lines[30] ?? ""))).toEqual({ problem: `line 32 ${order}` });
    expect(await problem(lines.slice(0, -1))).toEqual({
      problem: `it has no end after line ${lines.length - 1}: its writer was stopped.`,
    });
    expect(await problem([...lines, lines.at(-1) ?? ""])).toEqual({
      problem: `line ${lines.length + 1} stands after the end.`,
    });
    expect(await verify([Buffer.from(text.slice(0, -9))])).toEqual({
      problem: `line ${lines.length} ends in the middle: the file was cut, or its writer was stopped.`,
    });
    expect(await verify([])).toEqual({ problem: "it is empty." });
  });

  it("names a file that is something else, or not there", async () => {
    const other = join(folder, "other.json");
    writeFileSync(other, "{}\n");
    expect(await nhi(["verify", other, join(folder, "missing")])).toEqual({
      code: 3,
      out: `${other}: line 1 is not what was written: its hash is another one.\n`,
      err: `${join(folder, "missing")} can't be read: ENOENT.\n`,
    });
  });
});
