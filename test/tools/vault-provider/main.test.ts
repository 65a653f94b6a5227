import { setTimeout as wait } from "node:timers/promises";
import { StartedProvider } from "./client";
import { types } from "./samples";
import { startVault, untilFoundMs } from "./vault";

const ended = (provider: StartedProvider) =>
  new Promise<number | NodeJS.Signals | null>((resolve) => {
    provider.process.once("exit", (code, signal) => resolve(signal ?? code));
  });

it.each<[string, (provider: StartedProvider) => unknown]>([
  ["SIGTERM", (provider) => provider.process.kill("SIGTERM")],
  ["SIGINT", (provider) => provider.process.kill("SIGINT")],
  ["the end of whoever started it", (provider) => provider.process.stdin?.end()],
])("serves until %s, and ends well", async (_, end) => {
  const provider = await StartedProvider.start();
  const client = await provider.connect();
  expect((await client.check(types.policy, { name: "p", policy: "" })).failures).toEqual([]);
  const code = ended(provider);
  end(provider);
  expect(await code).toBe(0);
  client.close();
});

it(
  "answers what it was asked before it ends",
  async () => {
    const server = await startVault();
    const provider = await StartedProvider.start({
      VAULT_ADDR: server.address,
      VAULT_TOKEN: await server.operatorToken(),
    });
    try {
      const client = await provider.connect();
      const code = ended(provider);
      process.kill(server.pid, "SIGSTOP");
      const made = client.create(types.policy, { name: "late", policy: "# none" });
      await wait(200);
      // As Ctrl-C does, which the engine outlives until it has heard of everything it asked for.
      provider.process.kill("SIGINT");
      await wait(200);
      process.kill(server.pid, "SIGCONT");
      expect(await made).toEqual({ id: "late", outputs: { name: "late", policy: "# none" } });
      expect(await code).toBe(0);
      client.close();
    } finally {
      provider.stop();
      await server.stop();
    }
  },
  untilFoundMs,
);
