import { spawn } from "node:child_process";
import { createClient } from "redis";
import { findDebianProgram } from "../../tools/debian";
import { freePorts } from "../../tools/free-ports";
import { screenProgress } from "../../tools/progress";
import { startServer } from "./server";

export interface Redis {
  host: string;
  port: number;
  stop(): Promise<void>;
}

/** A Redis server on loopback, its program from Debian's package, with nothing on disk. `users` are ACL rules: `vault on …`. */
export async function startRedis(users: string[]): Promise<Redis> {
  const { binary, env } = await findDebianProgram(
    { program: "redis-server", folder: "usr/bin", package: "redis-server" },
    screenProgress(),
  );
  const [port = 0] = await freePorts(1);
  const settings = [`port ${port}`, "bind 127.0.0.1", 'save ""', ...users.map((user) => `user ${user}`)];
  // Its configuration comes from standard input.
  const server = spawn(binary, ["-"], { env, stdio: ["pipe", "pipe", "pipe"] });
  server.stdin.end(settings.join("\n"));
  const stop = await startServer(server, "Ready to accept connections");
  return { host: "127.0.0.1", port, stop };
}

/** What Redis answers to a command of a user, or why it refuses. */
export async function askRedis(
  { host, port }: Redis,
  username: string,
  password: string,
  ...command: string[]
): Promise<string> {
  const client = createClient({ socket: { host, port, reconnectStrategy: false }, username, password });
  // It comes with the call as well.
  client.on("error", () => undefined);
  try {
    await client.connect();
    const answer = await client.sendCommand<string | null>(command);
    return answer ?? "nothing";
  } catch (error) {
    return (error as Error).message;
  } finally {
    if (client.isOpen) client.destroy();
  }
}
