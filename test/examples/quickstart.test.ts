import { join } from "node:path";
import { connect } from "../../demo/job";
import { configure } from "../../demo/quickstart";
import { callVault, Refused } from "../../demo/vault";
import { Cleanup, startWorld, type World } from "../../demo/world";
import { createStack } from "../../tools/stack";
import { recordedProgress } from "../support/progress";

const root = join(__dirname, "../..");
const pack = ["--policy-pack", join(root, "policy-packs", "nhi")];
const cleanup = new Cleanup();
let world: World;
let stack: string[];
beforeAll(async () => {
  world = await startWorld({}, recordedProgress().progress, cleanup);
  stack = await createStack(world.engine, join(root, "examples", "quickstart"), world.folder);
  await configure(world, stack);
}, 30 * 60_000);
afterAll(() => cleanup.run());

async function pulumi(...args: string[]): Promise<{ code: number; output: string }> {
  let output = "";
  const code = await world.engine.run([...args, ...stack, "--non-interactive", "--color=never"], {
    onOutput: (text) => (output += text),
  });
  return { code, output };
}

async function vault(path: string): Promise<unknown> {
  const token = await world.secrets.operatorToken();
  return callVault(world.secrets.address, "GET", path, { token }).then(
    ({ data }) => data,
    (error: unknown) => (error instanceof Refused ? error.status : Promise.reject(error as Error)),
  );
}

const boundTo = async () =>
  (await vault("auth/github/role/orders-migration")) as { bound_audiences?: string[] };

it("comes up on a real server and database, and stays as it is when nothing changes", async () => {
  const up = await pulumi("up", "--yes", "--skip-preview", ...pack);
  expect(up.output).toMatch(/Policies:\s+✅ pulumi-nhi/);
  expect(up.code).toBe(0);
  expect((await boundTo()).bound_audiences).toEqual([world.secrets.address]);
  const again = await pulumi("preview", "--expect-no-changes", ...pack);
  expect(again).toMatchObject({ code: 0 });
  const refreshed = await pulumi("refresh", "--yes", "--skip-preview", "--expect-no-changes");
  expect(refreshed).toMatchObject({ code: 0 });
}, 120_000);

it("has the first password only encrypted in its state", async () => {
  let state = "";
  await world.engine.run(["stack", "export", ...stack.slice(0, 4)], { onOutput: (text) => (state += text) });
  expect(state).toContain('"passwordWoVersion": 1');
  expect(state).toContain('"ciphertext"');
  expect(state).not.toContain(world.postgres.password);
}, 60_000);

it("changes in place what can be changed", async () => {
  const quiet = { onOutput: () => undefined };
  await world.engine.run(["config", "set", "vaultAddress", "https://vault.example.com", ...stack], quiet);
  const { code, output } = await pulumi("up", "--yes", "--skip-preview", ...pack);
  expect(output).toContain("orders-migration updated (");
  expect(output).toContain("[diff: ~boundAudiences]");
  expect(output).toMatch(/~ 2 updated\s+\d+ unchanged/);
  expect(code).toBe(0);
  expect((await boundTo()).bound_audiences).toEqual(["https://vault.example.com"]);
}, 120_000);

it("needs the first password no more", async () => {
  await world.engine.run(["config", "rm", "databasePassword", ...stack], { onOutput: () => undefined });
  expect((await pulumi("up", "--yes", "--skip-preview", ...pack)).code).toBe(0);
  const token = await world.secrets.operatorToken();
  const { data } = await callVault(world.secrets.address, "GET", "orders/creds/migrate", { token });
  const session = await connect(world.postgres, {
    username: data.username ?? "",
    password: data.password ?? "",
  });
  await session.end();
}, 120_000);

it("is taken away whole", async () => {
  expect((await pulumi("destroy", "--yes", "--skip-preview")).code).toBe(0);
  expect(await vault("auth/github/role/orders-migration")).toBe(404);
  expect(Object.keys((await vault("sys/mounts")) as object)).not.toContain("orders/");
  expect(Object.keys((await vault("sys/audit")) as object)).toEqual([]);
}, 120_000);
