import { StartedProvider } from "./client";
import { types } from "./types";

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
