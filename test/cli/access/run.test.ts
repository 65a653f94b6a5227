import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout as wait } from "node:timers/promises";
import { OidcCallers } from "../../../broker/http/oidc";
import { host, type Hosted } from "../../../broker/http/server";
import { newWorld, tenant, type World } from "../../broker/world";
import { startIssuer, type Issuer } from "../../support/issuer";

const audience = "https://broker.example.org";
const ci = "https://ci.example.org";
const people = "https://people.example.org";
let keys: Issuer;
let world: World;
let hosted: Hosted;
let folder: string;

beforeAll(async () => (keys = await startIssuer()));
afterAll(() => keys.stop());
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "nhi-run-"));
  world = newWorld();
  world.now = new Date();
  const more = { audience, tenant, jwksUri: keys.jwksUrl };
  hosted = await host({
    broker: world.broker,
    callers: new OidcCallers([
      { ...more, issuer: ci, kind: "workload" },
      { ...more, issuer: people, kind: "human" },
    ]),
    onProblem: (line) => {
      throw new Error(line);
    },
  });
});
afterEach(async () => {
  await hosted.stop();
  rmSync(folder, { recursive: true });
});

const tokens = {
  job: () => keys.token({ iss: ci, aud: audience, sub: "repo:octo/app", repository: "octo/app" }),
  alice: () => keys.token({ iss: people, aud: audience, sub: "alice" }),
};

/** The built command, as a process of its own: signals are for processes. */
function nhi(
  args: string[],
  { token = tokens.job(), env = {} }: { token?: string; env?: NodeJS.ProcessEnv } = {},
) {
  const child = spawn(process.execPath, [join(__dirname, "../../../dist/cli/index.js"), ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, NHI_BROKER: hosted.url, NHI_TOKEN: token, ...env },
  });
  return { child, ended: endOf(child) };
}

async function endOf(child: ChildProcess) {
  if (!child.stdout || !child.stderr) throw new Error("the command has no output");
  const [[code, signal], out, err] = await Promise.all([
    once(child, "close") as Promise<[number | null, string | null]>,
    text(child.stdout),
    text(child.stderr),
  ]);
  return { code, signal, out, err };
}

const deploy = [
  "run",
  "--role=deploy",
  "--purpose=release 1.4 of the shop",
  "--environment=production",
  "--",
];
const node = (program: string) => [process.execPath, "-e", program];
const states = async () => {
  const found: string[] = [];
  for await (const { state } of world.store.list({ tenant })) found.push(state);
  return found;
};

it("gives the command the credential and not the token, and revokes it when the command ends well", async () => {
  const program = `console.log(process.env.TOKEN, process.env.NHI_TOKEN ?? "no token", process.argv.slice(1).join())`;
  const { code, out, err } = await nhi([...deploy, ...node(program), "a", "--b"]).ended;
  expect(err.replaceAll(/grant \w+/g, "grant ID").replaceAll(/\S+Z/g, "TIME")).toBe(
    "nhi: deploy until TIME (grant ID)\nnhi: given back and revoked\n",
  );
  expect(out).toMatch(/^canary-secret-\w{26} no token a,--b\n$/);
  expect(code).toBe(0);
  expect(await states()).toEqual(["revoked"]);
  expect(world.target.working(world.now)).toEqual([]);
});

it.each<{ how: string; program: string; code: number }>([
  { how: "fails", program: "process.exit(7)", code: 7 },
  { how: "is killed", program: "process.kill(process.pid, 'SIGKILL')", code: 137 },
])("has the command's exit code when it $how, and revokes", async ({ program, code }) => {
  expect((await nhi([...deploy, ...node(program)]).ended).code).toBe(code);
  expect(await states()).toEqual(["revoked"]);
  expect(world.events.map(({ type }) => type)).toContain("nhi.grant.failed");
});

it("revokes when the command can't be run", async () => {
  const { code, err } = await nhi([...deploy, "/no/such/program"]).ended;
  expect(code).toBe(127);
  expect(err).toContain("nhi: /no/such/program could not be run: ENOENT.\n");
  expect(await states()).toEqual(["revoked"]);
});

it.each(["SIGINT", "SIGTERM"] as const)(
  "passes %s on, and revokes when the command has ended",
  async (signal) => {
    const file = join(folder, "ready");
    const program = `
    process.on("${signal}", () => { console.log("cleaned up"); process.exit(3); });
    require("node:fs").writeFileSync(${JSON.stringify(file)}, "");
    setInterval(() => {}, 1000);`;
    const { child, ended } = nhi([...deploy, ...node(program)]);
    await there(file);
    expect(world.target.working(world.now)).toHaveLength(1);
    child.kill(signal);
    expect(await ended).toMatchObject({ code: 3, out: "cleaned up\n" });
    expect(await states()).toEqual(["revoked"]);
  },
);

it("leaves a grant that ends by itself when it is killed", async () => {
  const file = join(folder, "ready");
  const program = `require("node:fs").writeFileSync(${JSON.stringify(file)}, String(process.pid)); setInterval(() => {}, 1000)`;
  const { child, ended } = nhi([...deploy, ...node(program)]);
  await there(file);
  child.kill("SIGKILL");
  process.kill(Number(readFileSync(file, "utf8")), "SIGKILL");
  expect(await ended).toMatchObject({ code: null, signal: "SIGKILL" });
  expect(await states()).toEqual(["issued"]);
  world.pass(15 * 60);
  await world.broker.reconcile();
  expect(await states()).toEqual(["expired"]);
});

it("ends the command when its time is over", async () => {
  // The broker's clock is behind, so that the end is three seconds from now.
  world.pass(-57);
  const { code, err } = await nhi([
    ...deploy.slice(0, -1),
    "--ttl=60s",
    "--",
    ...node("setInterval(() => {}, 1000)"),
  ]).ended;
  expect(code).toBe(124);
  expect(err).toContain("nhi: the time is over: the command was ended\n");
  expect(await states()).toEqual(["revoked"]);
});

it("says that it was denied, and runs nothing", async () => {
  const file = join(folder, "ran");
  const program = `require("node:fs").writeFileSync(${JSON.stringify(file)}, "")`;
  const { code, err } = await nhi(["run", "--role=forbidden", ...deploy.slice(2), ...node(program)]).ended;
  expect(code).toBe(125);
  expect(err).toMatch(/^nhi: denied: no policy permits it \(grant \w{26}\)\n$/);
  expect(() => readFileSync(file)).toThrow("ENOENT");
});

it("says so when the broker is gone at the end, and keeps the command's exit code", async () => {
  const file = join(folder, "go");
  const ready = join(folder, "ready");
  const program = `
    const fs = require("node:fs");
    fs.writeFileSync(${JSON.stringify(ready)}, "");
    const look = setInterval(() => fs.existsSync(${JSON.stringify(file)}) && process.exit(0), 20);`;
  const { ended } = nhi([...deploy, ...node(program)]);
  await there(ready);
  await hosted.stop();
  writeFileSync(file, "");
  const { code, err } = await ended;
  expect(code).toBe(0);
  expect(err).toMatch(
    /\nnhi: NOT given back: The broker at \S+ can't be reached\. It ends by itself at \S+Z\.\n$/,
  );
});

it.each<{ args: string[]; env?: NodeJS.ProcessEnv; says: string }>([
  { args: deploy, env: { NHI_BROKER: "" }, says: "Say where the broker is: --broker URL, or NHI_BROKER." },
  {
    args: deploy,
    env: { NHI_BROKER: "http://broker.example.org" },
    says: "--broker must be an https URL, or http on this machine itself, got http://broker.example.org.",
  },
  {
    args: deploy,
    env: { NHI_TOKEN: " " },
    says: "Say who you are: a token in NHI_TOKEN, --token-file FILE, or --github-audience in a GitHub job.",
  },
  {
    args: ["run", "--ttl=15", ...deploy.slice(1)],
    says: `--ttl must be a time such as 90s, 15m or 1h, got "15".`,
  },
  {
    args: ["run", "--token-file=/no/such/file", ...deploy.slice(1)],
    says: "--token-file must be a file that can be read, got /no/such/file: ENOENT.",
  },
  {
    args: ["run", "--github-audience=x", ...deploy.slice(1)],
    env: { ACTIONS_ID_TOKEN_REQUEST_URL: "" },
    says: "--github-audience works in a GitHub job with `permissions: id-token: write`, and this is none.",
  },
])("says: $says", async ({ args, env, says }) => {
  const { code, err } = await nhi([...args, "true"], env ? { env } : {}).ended;
  expect([code, err]).toEqual([125, `nhi: ${says}\n`]);
});

describe("approval", () => {
  const migrate = ["run", "--role=migrate", ...deploy.slice(2)];
  it("waits for the approvers, and begins when they have said yes", async () => {
    const { ended } = nhi([...migrate, ...node("console.log('ran')")]);
    const id = await waiting();
    const { approval } = (await world.store.get(id)) ?? {};
    for (const approver of approval?.approvers.slice(0, 2) ?? [])
      await world.broker.approve({ id: approver, tenant, kind: "human", claims: {} }, id);
    const { code, out, err } = await ended;
    expect([code, out]).toEqual([0, "ran\n"]);
    expect(err).toContain(`for 2 of alice, bob, carol, ci (nhi approve ${id})\n`);
    expect(err).toContain("nhi: 2 of 2 said yes: alice, bob\n");
  });

  it("takes the request back when the waiting is given up", async () => {
    const { child, ended } = nhi([...migrate, "true"]);
    await waiting();
    await wait(300);
    child.kill("SIGINT");
    expect(await ended).toMatchObject({ code: 125 });
    expect(await states()).toEqual(["denied"]);
  });
});

async function there(file: string): Promise<void> {
  for (let tries = 0; tries < 1_000; tries += 1) {
    try {
      readFileSync(file);
      return;
    } catch {
      await wait(20);
    }
  }
  throw new Error(`${file} was not written`);
}

async function waiting(): Promise<string> {
  for (let tries = 0; tries < 1_000; tries += 1) {
    for await (const { id, state } of world.store.list({ tenant }))
      if (state === "pending_approval") return id;
    await wait(20);
  }
  throw new Error("nobody asked");
}
