import { join } from "node:path";
import { createStack } from "../../../tools/stack";
import { openTestEngine, type TestEngine } from "../../support/engine";

const pack = join(__dirname, "../../../policy-packs/nhi");
let engine: TestEngine;
let stack: string[];
beforeAll(async () => {
  engine = await openTestEngine({ offline: true });
  stack = await createStack(engine.engine, join(__dirname, "exception-program"), engine.folder);
}, 30 * 60_000);
afterAll(() => engine.close());

/** The day this many days from now. */
const day = (ahead: number) => new Date(Date.now() + ahead * 86_400_000).toISOString().slice(0, 10);

async function preview(settings: Record<string, string>) {
  const all = {
    reviewBy: day(100),
    approvedOn: day(-1),
    expires: day(30),
    altered: "false",
    second: "false",
    ...settings,
  };
  const given = Object.entries(all).flatMap(([key, value]) => ["--plaintext", `${key}=${value}`]);
  await engine.pulumi(["config", "set-all", ...given, ...stack]);
  const { code, output } = await engine.pulumi(["preview", "--policy-pack", pack, ...stack]);
  return {
    passed: code === 0,
    said: (output.match(/\[(no-s|static-)[^\n]*?(?= Fix:| Maps to)/g) ?? []).sort(),
    output,
  };
}

const key = '[no-static-keys] aws:iam/accessKey:AccessKey "erp": it is a static key.';
const secret = (name: string) =>
  `[no-secrets-in-configuration] aws:lambda/function:Function "sync": environment.variables.${name}`;

it("lets the two findings stay that exceptions in force name, and says so", async () => {
  const { passed, said } = await preview({});
  const until = (name: string) =>
    `Excepted until ${day(30)} by StaticCredentialException "${name}" (owner finance, approved by security): the ERP takes nothing but a key.`;
  expect(said).toEqual([
    `${secret("VENDOR_API_KEY")} holds a secret, as its name says. ${until("vendor")}`,
    `${key} ${until("erp")}`,
  ]);
  expect(passed).toBe(true);
}, 120_000);

it("refuses the credentials in the first run after the last day", async () => {
  const { passed, said } = await preview({ approvedOn: day(-20), expires: day(-1) });
  expect(passed).toBe(false);
  const why = (name: string) =>
    `StaticCredentialException "${name}" does not hold: expires is ${day(-1)}, which has passed.`;
  const end = `expires is ${day(-1)}, which has passed.`;
  expect(said).toEqual([
    `${secret("VENDOR_API_KEY")} holds a secret, as its name says. ${why("vendor")}`,
    `${key} ${why("erp")}`,
    `[static-exceptions-expire] aws:iam/user:User "erp": tags.nhi:exception-${end}`,
    `[static-exceptions-expire] aws:secretsmanager/secret:Secret "erp": tags.nhi:exception-${end}`,
    `[static-exceptions-expire] nhi:index:StaticCredentialException "erp": ${end}`,
    `[static-exceptions-expire] nhi:index:StaticCredentialException "vendor": ${end}`,
  ]);
}, 120_000);

it("refuses an exception that ends too far ahead", async () => {
  const { passed, said } = await preview({ approvedOn: day(60), expires: day(120) });
  expect(passed).toBe(false);
  expect(said).toContain(
    `[static-exceptions-expire] nhi:index:StaticCredentialException "erp": expires is ${day(120)}, more than 90 days ahead.`,
  );
}, 120_000);

it("refuses the key whose policy somebody opened to all networks", async () => {
  const { passed, said } = await preview({ altered: "true" });
  expect(passed).toBe(false);
  expect(said).toContain(
    `${key} StaticCredentialException "erp" does not hold: the user's policy does not deny everything from elsewhere.`,
  );
}, 120_000);

it("refuses a second weakness of the same resource", async () => {
  const { passed, said, output } = await preview({ second: "true" });
  expect(passed).toBe(false);
  expect(said).toContain(`${secret("DB_PASSWORD")} holds a password.`);
  expect(output.match(/\[mandatory\]/g)).toHaveLength(1);
}, 120_000);
