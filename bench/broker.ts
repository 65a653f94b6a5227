import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Broker } from "../broker/broker";
import { CedarDecider } from "../broker/decide/cedar";
import type { Caller, GrantRequest } from "../broker/grant";
import type { Minter } from "../broker/ports";
import { readSettings } from "../broker/settings";
import { MemoryStore } from "../broker/stores/memory";
import { figure, table } from "./figures";

/** Grants that are decided and minted one after the other, on one core. Cloud calls aside: the target answers at once. */
const measured = 10_000;
const live = 10_000;
const records = 100_000;

const tenant = "123456789012";
const caller: Caller = { id: "ci", tenant, kind: "workload", claims: { repository: "octo/app" } };
const settings = readSettings(
  JSON.stringify({
    roles: {
      deploy: {
        tenant,
        environment: "production",
        tier: "standard",
        aws: {
          roleArn: `arn:aws:iam::${tenant}:role/deploy`,
          policy: [{ actions: ["s3:GetObject"], resources: ["*"] }],
        },
      },
    },
  }),
);
const policies = `
  permit (principal, action == Nhi::Action::"request", resource == Nhi::Role::"deploy")
  when { principal.hasTag("repository") && principal.getTag("repository") == "octo/app" && context.hour < 24 };
  forbid (principal, action == Nhi::Action::"request", resource) when { principal.kind == "ai-agent" };`;
const target: Minter = {
  mint: async (grant, _role, remember) => {
    await remember({ session: grant.id });
    const credential = { values: { TOKEN: grant.id }, expiresAt: grant.expiresAt ?? "" };
    return { credential, handle: { session: grant.id } };
  },
  revoke: () => Promise.resolve({ how: "revoked", mechanism: "aws-grant-deny" }),
};

function newBroker() {
  let now = new Date("2027-03-01T09:00:00Z");
  const broker = new Broker(settings, {
    store: new MemoryStore(),
    minters: { aws: target },
    decider: new CedarDecider({ "deploy.cedar": policies }),
    events: { deliver: () => Promise.resolve() },
    clock: () => now,
  });
  return { broker, pass: (seconds: number) => (now = new Date(now.getTime() + seconds * 1000)) };
}

let requests = 0;
const request = (): GrantRequest => ({
  requestToken: `request-token-${String((requests += 1)).padStart(8, "0")}`,
  role: "deploy",
  purpose: "release 1.4 of the shop",
  ttlSeconds: 600,
  environment: "production",
});

async function grants(broker: Broker, count: number): Promise<number[]> {
  const took: number[] = [];
  for (let index = 0; index < count; index += 1) {
    const start = performance.now();
    const { id } = await broker.request(caller, request());
    await broker.collect(caller, id);
    took.push(performance.now() - start);
  }
  return took.sort((one, other) => one - other);
}

async function main(): Promise<void> {
  const { broker } = newBroker();
  // What the engine has not compiled yet is not what is measured; and grants that are live are in its way.
  await grants(broker, live);
  const cpu = process.cpuUsage();
  const took = await grants(broker, measured);
  const { user, system } = process.cpuUsage(cpu);
  const at = (part: number) => took[Math.floor(took.length * part)] ?? NaN;

  const crowd = newBroker();
  await grants(crowd.broker, records);
  const idle = performance.now();
  const { looked } = await crowd.broker.reconcile();
  const idleMs = performance.now() - idle;
  crowd.pass(601);
  const all = performance.now();
  const { revoked } = await crowd.broker.reconcile();
  const allMs = performance.now() - all;

  const report = `# Figures of the broker

Written by \`npx tsx bench/broker.ts\` on a machine with 2 cores and 24 GiB, which other programs used at the same time. Store
and target are in memory, so what is measured is the broker's own part: the request's checks, Cedar, seven writes and three
events of each grant. ${String(live)} grants are live when the measuring begins.

${table(
  ["what", "figure", "wanted"],
  [
    [
      "grants a second of CPU time: decided and minted",
      figure(measured / ((user + system) / 1e6)),
      "≥ 2,000",
    ],
    ["one grant, median", `${figure(at(0.5))} ms`, ""],
    ["one grant, 99 of 100", `${figure(at(0.99))} ms`, "≤ 5 ms"],
    [`reconciler over ${records} live grants, ${looked} of them due`, `${figure(idleMs)} ms`, ""],
    [`reconciler when all of them are over: ${revoked} revoked`, `${figure(allMs / 1000)} s`, ""],
  ],
)}
`;
  writeFileSync(join(__dirname, "broker.md"), report);
  process.stdout.write(report);
}

void main();
