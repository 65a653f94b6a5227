import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { builtNhi, nhi } from "./run";
import { exported, key, newFolder, role, urnOf } from "./state";

// Some of them start processes, which a busy machine lets wait.
jest.setTimeout(60_000);

const { folder, write } = newFolder();
afterAll(() => rmSync(folder, { recursive: true }));

const day = (days: number) => new Date(Date.now() + days * 24 * 3600_000).toISOString().slice(0, 10);
const base = {
  "identities-are-audited": "disabled",
  "identities-are-reviewed": "disabled",
  "sessions-are-short": { maxSessionSeconds: 7200 },
};
const long = role("night", { maxSessionDuration: 43200 });
const known = (due: string, resource = key, property = "it", rule = "no-static-keys") => ({
  rule,
  urn: urnOf("prod", resource),
  property,
  due,
});
const settings = (baseline: object[]) =>
  write("with.json", JSON.stringify({ ...base, settings: { baseline } }));
const today = () => write("today.json", exported("prod", [key, long]));
/** A file that is not there yet. */
const fresh = (name: string) => {
  rmSync(join(folder, name), { force: true });
  return join(folder, name);
};

it("holds today's findings, each with its day, and leaves all other settings as they are", async () => {
  const file = fresh("baseline.json");
  const given = write("given.json", JSON.stringify({ ...base, settings: { profile: "strict" } }));
  const { code, err } = await nhi([
    "audit",
    "--state",
    today(),
    "--settings",
    given,
    "--write-baseline",
    file,
  ]);
  expect(code).toBe(0);
  expect(err).toBe(
    `${file} has 2 new entries, due by ${day(90)}. Use it: pulumi preview --policy-pack-config ${file}, or nhi audit --settings ${file}.\n`,
  );
  expect(JSON.parse(readFileSync(file, "utf8"))).toEqual({
    ...base,
    settings: {
      profile: "strict",
      baseline: [known(day(90)), known(day(90), long, "maxSessionDuration", "sessions-are-short")],
    },
  });

  const again = await nhi(["audit", "--state", today(), "--settings", file]);
  expect(again.code).toBe(0);
  expect(again.out).toBe(`These stay for a while:
  no-static-keys: aws:iam/accessKey:AccessKey "ci": it is a static key. Known when the pack was introduced, to be mended by ${day(90)}.  (shop/prod)
  sessions-are-short: aws:iam/role:Role "night": maxSessionDuration is 43200 seconds, and may be at most 7200 seconds. Known when the pack was introduced, to be mended by ${day(90)}.  (shop/prod)

1 stack, 2 resources, 14 checks: 0 block, 0 advise, 2 stay for a while.
`);
});

it("lets nothing in that is new", async () => {
  const later = write("later.json", exported("prod", [key, { ...key, name: "other" }]));
  const { code, out } = await nhi(["audit", "--state", later, "--settings", settings([known(day(9))])]);
  expect(code).toBe(1);
  expect(out).toContain('blocks: aws:iam/accessKey:AccessKey "other": it is a static key.');
  expect(out).not.toContain('blocks: aws:iam/accessKey:AccessKey "ci"');
});

it("blocks again what was to be mended, and does not give it more time by itself", async () => {
  const file = settings([
    known("2026-01-31"),
    known(day(9), long, "maxSessionDuration", "sessions-are-short"),
  ]);
  const { code, out } = await nhi(["audit", "--state", today(), "--settings", file]);
  expect(code).toBe(1);
  expect(out).toContain(
    'blocks: aws:iam/accessKey:AccessKey "ci": it is a static key.  (shop/prod)  Was to be mended by 2026-01-31.\n',
  );

  const before = readFileSync(file, "utf8");
  const again = await nhi(["audit", "--state", today(), "--settings", file, "--write-baseline", file]);
  expect(again.code).toBe(1);
  expect(JSON.parse(readFileSync(file, "utf8"))).toEqual(JSON.parse(before));
});

it("says which entries can go, and leaves them out of the next one", async () => {
  const mended = known(day(9), { ...key, name: "gone" });
  const elsewhere = { ...mended, urn: urnOf("dev", key) };
  const file = settings([known(day(9)), mended, elsewhere]);
  const { code, out } = await nhi([
    "audit",
    "--state",
    write("k.json", exported("prod", [key])),
    "--settings",
    file,
  ]);
  expect(code).toBe(0);
  expect(out).toContain(
    `Entries of the baseline that can go, because nothing is found there any more:\n  no-static-keys: it of ${mended.urn}\n\n`,
  );
  await nhi(["audit", "--state", join(folder, "k.json"), "--settings", file, "--write-baseline", file]);
  expect((JSON.parse(readFileSync(file, "utf8")) as { settings: object }).settings).toEqual({
    baseline: [known(day(9)), elsewhere],
  });
});

it.each([
  { due: "soon", says: '--due must be a day as YYYY-MM-DD, got "soon".' },
  { due: "2026-01-01", says: "--due must be after today and at most 365 days ahead, got 2026-01-01." },
  { due: day(366), says: `--due must be after today and at most 365 days ahead, got ${day(366)}.` },
])("refuses $due as the day", async ({ due, says }) => {
  const file = fresh("refused.json");
  expect(await nhi(["audit", "--state", today(), "--write-baseline", file, "--due", due])).toEqual({
    code: 3,
    out: "",
    err: `${says}\n`,
  });
});

it("takes the day that it is given, up to a year ahead", async () => {
  const file = fresh("year.json");
  await nhi(["audit", "--state", today(), "--write-baseline", file, "--due", day(365)]);
  expect(readFileSync(file, "utf8")).toContain(`"due": "${day(365)}"`);
});

it("writes over no other file, and nothing for half an estate", async () => {
  const there = write("there.json", "{}");
  expect(await nhi(["audit", "--state", today(), "--write-baseline", there])).toEqual({
    code: 3,
    out: "",
    err: `${there} is there already: name it with --settings too, so that its entries stay, or remove it first.\n`,
  });
  const file = fresh("half.json");
  const { code, err } = await builtNhi([
    "audit",
    "--state",
    today(),
    write("half-a.json", "{"),
    "--write-baseline",
    file,
  ]);
  expect(code).toBe(3);
  expect(err).toContain(
    `${file} was not written: a baseline of half an estate would let in the other half.\n`,
  );
  expect(() => readFileSync(file)).toThrow("ENOENT");
  const nowhere = join(folder, "no", "where.json");
  const result = await nhi(["audit", "--state", today(), "--write-baseline", nowhere]);
  expect(result.code).toBe(3);
  expect(result.err).toBe(`${nowhere} can't be written: ENOENT.\n`);
});
