import { join } from "node:path";
import type { SecretsServer } from "../../../tools/secrets-server";
import { createStack } from "../../../tools/stack";
import { openTestEngine, type Outcome, type TestEngine } from "../../support/engine";
import { StartedProvider } from "./client";
import { issuerKey } from "./samples";
import { Operator, startVault, untilFoundMs } from "./vault";

// One stack's life, on the real engine and the real server. Each test goes on where the one before it stopped.
let server: SecretsServer;
let operator: Operator;
let provider: StartedProvider;
let engine: TestEngine;
let stack: string[];
beforeAll(async () => {
  server = await startVault();
  operator = await Operator.of(server);
  provider = await StartedProvider.start({ VAULT_ADDR: server.address, VAULT_TOKEN: operator.token });
  engine = await openTestEngine({
    offline: false,
    // Where the real plugin is installed, the engine would take that one.
    env: { PULUMI_DEBUG_PROVIDERS: `vault:${provider.port}` },
  });
  stack = await createStack(engine.engine, join(__dirname, "program"), engine.folder);
}, untilFoundMs);
afterAll(async () => {
  await engine.close();
  provider.stop();
  await server.stop();
});

/** What the program is told, from the run that changes it on. */
let settings: object = {};
const run = (args: string[]): Promise<Outcome> => {
  const all = { auditFile: join(server.dir, "audit.log"), issuerKey, ...settings };
  return engine.pulumi([...args, ...stack], { env: { SETTINGS: JSON.stringify(all) } });
};
const up = () => run(["up", "--yes", "--skip-preview"]);

interface Step {
  op: string;
  urn: string;
  detailedDiff?: Record<string, { kind: string }> | null;
}
/** What a preview would change: `<operation> <name>`, and for changes the properties. */
async function planned(): Promise<Record<string, string[]>> {
  const { output } = await run(["preview", "--json"]);
  const { steps } = JSON.parse(output) as { steps: Step[] };
  return Object.fromEntries(
    steps
      .filter(({ op }) => op !== "same")
      .map(({ op, urn, detailedDiff }) => [
        `${op} ${urn.split("::").at(-1)}`,
        Object.keys(detailedDiff ?? {}),
      ]),
  );
}

it("is planned with no server", async () => {
  process.kill(server.pid, "SIGSTOP");
  try {
    const { code, output } = await run(["preview"]);
    expect(code).toBe(0);
    expect(output).toContain("accessor  : [unknown]");
    expect(output).toContain("+ 10 to create");
  } finally {
    process.kill(server.pid, "SIGCONT");
  }
}, 60_000);

it("is made as the program says, and then nothing is left to do", async () => {
  const { code, output } = await up();
  expect(output).toContain("+ 10 created");
  expect(code).toBe(0);
  expect(await operator.get("auth/github/role/deploy")).toMatchObject({
    bound_claims: { sub: ["repo:octo/app:environment:production"] },
  });
  // Neither against the state nor against what the server has.
  expect((await run(["preview", "--expect-no-changes"])).code).toBe(0);
  expect((await run(["preview", "--expect-no-changes", "--refresh"])).code).toBe(0);
}, 60_000);

it("has its secrets encrypted only", async () => {
  const { output } = await engine.pulumi(["stack", "export", ...stack.slice(0, 4)]);
  expect(output).toContain("orders/config/postgresql");
  expect(output).not.toContain("canary");
  const revealed = await engine.pulumi(["stack", "export", "--show-secrets", ...stack.slice(0, 4)]);
  expect(revealed.output).toContain("canary-of-the-endpoint");
}, 60_000);

it("changes what the program changes", async () => {
  settings = { claim: "repo:octo/app:ref:refs/heads/main" };
  expect(await planned()).toEqual({ "update deploy": ["boundClaims.sub"] });
  expect((await up()).output).toContain("~ 1 updated");
  expect(await operator.get("auth/github/role/deploy")).toMatchObject({
    bound_claims: { sub: ["repo:octo/app:ref:refs/heads/main"] },
  });
}, 60_000);

it("mends what somebody changed by hand, and makes again what somebody removed", async () => {
  await operator.put("auth/github/role/deploy", {
    role_type: "jwt",
    bound_claims: { sub: "*" },
    token_period: "24h",
  });
  await operator.delete("secret/user");
  const { output } = await run(["up", "--refresh", "--yes", "--skip-preview"]);
  expect(output).toContain("vault:generic:Endpoint user created");
  expect(output).toMatch(/AuthBackendRole deploy updated .*\[diff: -tokenPeriod~boundClaims\]/);
  expect(await operator.get("auth/github/role/deploy")).toMatchObject({
    bound_claims: { sub: ["repo:octo/app:ref:refs/heads/main"] },
    token_period: 0,
  });
  expect(await operator.get("secret/user")).toEqual({ password: "canary-of-the-endpoint" });
}, 60_000);

it("takes over what is there already", async () => {
  await operator.put("sys/policies/acl/found", { policy: "# by hand" });
  settings = { ...settings, imports: true };
  expect((await up()).output).toContain("= 1 imported");
  expect(await planned()).toEqual({});
}, 60_000);

it("keeps what failed halfway, and goes on from there", async () => {
  settings = { ...settings, random: { disableRead: false } };
  const failed = await up();
  expect(failed.code).not.toBe(0);
  expect(failed.output).toContain(
    `* vault.generic.Endpoint "random": it was written, but reading it back failed: the server at ${server.address} refused GET transit/random (405: unsupported operation). Correct what it names.`,
  );
  settings = { ...settings, random: { disableRead: true } };
  expect(await planned()).toEqual({ "update random": ["disableRead"] });
  expect((await up()).code).toBe(0);
}, 60_000);

it("says in one line what it has when the program needs another type", async () => {
  settings = { ...settings, unknownType: true };
  const { code, output } = await run(["preview"]);
  expect(code).not.toBe(0);
  expect(output).toMatch(
    /error: vault\.okta\.AuthBackend "okta": tools\/vault-provider doesn't know vault:okta\/authBackend:AuthBackend: it has only what the components of this project make\. Install the plugin where it can be downloaded: [^\n]+\n/,
  );
}, 60_000);

it("is gone when it is destroyed", async () => {
  const { code, output } = await run(["destroy", "--yes", "--skip-preview"]);
  expect(output).toContain("- 13 deleted");
  expect(code).toBe(0);
  for (const path of [
    "auth/github",
    "mounts/orders",
    "mounts/secret",
    "mounts/transit",
    "policies/acl/found",
  ])
    expect(await operator.get(`sys/${path}`)).toBeUndefined();
  expect(await operator.get("sys/audit")).toEqual({});
}, 60_000);
