import { startSecretsServer } from "../../../tools/secrets-server";

// A program that starts a server and ends without stopping it: how, says its first argument.
async function main(): Promise<void> {
  const [, , how, kind, binary = ""] = process.argv;
  const server = await startSecretsServer({ kind: kind === "openbao" ? "openbao" : "vault", binary });
  console.log(JSON.stringify({ pid: server.pid, dir: server.dir }));
  if (how === "exit") process.exit(3);
  if (how === "throw") throw new Error("of this test");
  if (how === "own handler") process.on("SIGTERM", () => setTimeout(() => process.exit(4), 500));
  setInterval(() => undefined, 1000);
}

void main();
