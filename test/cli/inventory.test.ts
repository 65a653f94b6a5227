import { rmSync } from "node:fs";
import { join } from "node:path";
import type { Identity } from "../../inventory/identity";
import { nhi } from "./run";
import { exported, key, newFolder, role, urnOf } from "./state";

const { folder, write } = newFolder();
afterAll(() => rmSync(folder, { recursive: true }));

const tags = (reviewBy: string, more: object = {}) => ({
  tags: {
    "nhi:owner": "team-shop",
    "nhi:purpose": "pack orders",
    "nhi:environment": "production",
    "nhi:kind": "service",
    "nhi:review-by": reviewBy,
    ...more,
  },
});
const canary = "AKIACANARYCANARY7777";
const estate = () =>
  write(
    "estate.json",
    exported("prod", [
      role("later"),
      role("late", tags("2020-01-01")),
      { ...key, outputs: { user: "ci", secret: canary } },
      {
        type: "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
        name: "admin",
        inputs: { role: "late", policyArn: "arn:aws:iam::aws:policy/AdministratorAccess" },
        propertyDependencies: { role: [urnOf("prod", { type: "aws:iam/role:Role", name: "late" })] },
      },
    ]),
  );
const list = async (...more: string[]) => {
  const ran = await nhi(["inventory", "--state", estate(), ...more]);
  return { ...ran, identities: (JSON.parse(ran.out) as { identities: Identity[] }).identities };
};

it("has overdue ones first, then those that nobody owns, then the others", async () => {
  const { code, identities } = await list("--format", "json");

  expect(identities.map(({ name, review, orphaned }) => ({ name, review, orphaned }))).toStrictEqual([
    { name: "late", review: "overdue", orphaned: false },
    { name: "ci", review: "no day", orphaned: true },
    { name: "later", review: "later", orphaned: false },
  ]);
  expect(code).toBe(0);
});

it("says who owns an identity, what it is for, who may use it and what it may do", async () => {
  const { identities } = await list("--format", "json");

  expect(identities[0]).toStrictEqual({
    urn: urnOf("prod", { type: "aws:iam/role:Role", name: "late" }),
    stack: "shop/prod",
    name: "late",
    kind: "AWS role",
    owner: "team-shop",
    purpose: "pack orders",
    environment: "production",
    holder: "service",
    orphaned: false,
    thirdParty: false,
    trust: ["service lambda.amazonaws.com"],
    lifetime: null,
    rights: ["administrator"],
    reviewBy: "2020-01-01",
    review: "overdue",
    exceptionUntil: null,
  });
});

it("reminds of what is due, and ends with 1 so that a job can react", async () => {
  const { code, identities } = await list("--format", "json", "--due", "30d");

  expect(identities.map(({ name }) => name)).toStrictEqual(["late", "ci"]);
  expect(code).toBe(1);
});

it("ends with 0 where nothing is due", async () => {
  const { code } = await nhi([
    "inventory",
    "--state",
    write("calm.json", exported("prod", [role("later")])),
    "--due",
    "30d",
  ]);

  expect(code).toBe(0);
});

it.each([{ format: "table" }, { format: "json" }, { format: "csv" }, { format: "dot" }])(
  "shows no secret of a state as $format",
  async ({ format }) => {
    const { out } = await nhi(["inventory", "--state", estate(), "--format", format]);

    expect(out).toContain("late");
    expect(out).not.toContain(canary);
  },
);

it("fits a screen of 100 columns and tells totals", async () => {
  const long = write("long.json", exported("prod", [role("n".repeat(300), tags("2020-01-01"))]));
  const { out } = await nhi(["inventory", "--state", long]);

  expect(out.split("\n").filter((line) => line.length > 100)).toStrictEqual([]);
  expect(out).toContain("1 identities: 1 overdue, 0 orphaned, 0 without a day of review.");
});

it("is no formula in a spreadsheet", async () => {
  const state = write("bad.json", exported("prod", [role("a", tags("2099-01-01", { "nhi:owner": "=1+1" }))]));
  const { out } = await nhi(["inventory", "--state", state, "--format", "csv"]);

  expect(out).toContain(",'=1+1,");
});

it.each([
  { args: ["--due", "soon"], says: '--due must be a number of days as 30d, got "soon".\n' },
  { args: ["--format", "xml"], says: '--format must be one of table, json, csv, dot, got "xml".\n' },
])("refuses $args", async ({ args, says }) => {
  const { code, err } = await nhi(["inventory", "--state", estate(), ...args]);

  expect({ code, err }).toStrictEqual({ code: 3, err: says });
});

it("says which file could not be read, and lists the others", async () => {
  const missing = join(folder, "missing.json");
  const { code, err, out } = await nhi(["inventory", "--state", missing, estate(), "--format", "csv"]);

  expect({ code, err }).toStrictEqual({ code: 3, err: `${missing} can't be read: ENOENT.\n` });
  expect(out).toContain("team-shop");
});
