import { spawn } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as wait } from "node:timers/promises";
import { findSecretsServer, type SecretsServerBinary } from "../../../tools/find-secrets-server";
import { screenProgress } from "../../../tools/progress";
import { startSecretsServer, type SecretsServer } from "../../../tools/secrets-server";

let found: SecretsServerBinary;
beforeAll(async () => {
  found = await findSecretsServer(screenProgress());
}, 40 * 60_000);

const call = async (server: SecretsServer, path: string, token: string, body?: object) => {
  const response = await fetch(`${server.address}/v1/${path}`, {
    method: body ? "POST" : "GET",
    headers: { "x-vault-token": token },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    body: (text ? JSON.parse(text) : {}) as { data: Record<string, unknown> },
  };
};

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function gone(pid: number): Promise<boolean> {
  for (const until = Date.now() + 10_000; isRunning(pid) && Date.now() < until;) await wait(20);
  return !isRunning(pid);
}

describe("a server", () => {
  let server: SecretsServer;
  const lines: string[] = [];
  beforeAll(async () => {
    server = await startSecretsServer({ ...found, onLine: (line) => lines.push(line) });
  });
  afterAll(() => server.stop());

  it("answers on loopback, unsealed, and says what it is", async () => {
    expect(server.address).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(server.kind).toBe(found.kind);
    expect(server.version).toBe(found.version);
    const { body } = await call(server, "sys/seal-status", "");
    expect(body).toMatchObject({ sealed: false, initialized: true, n: 1, t: 1 });
  });

  it("is no server for development", async () => {
    expect(lines.join("\n")).toContain("server started!");
    expect(lines.join("\n")).not.toMatch(/WARNING! dev mode|Root Token:/);
    // Development mode comes with this mount.
    expect((await call(server, "sys/mounts/secret", server.rootToken)).status).toBe(400);
  });

  it("keeps what it has in a folder of its owner's", () => {
    expect(statSync(server.dir).mode & 0o777).toBe(0o700);
    expect(statSync(join(server.dir, "data")).mode & 0o777).toBe(0o700);
    expect(statSync(join(server.dir, "server.json")).mode & 0o777).toBe(0o600);
  });

  it("has its root token in no file and no line", async () => {
    await call(server, "sys/mounts/kv", server.rootToken, { type: "kv" });
    const grep = spawn("grep", ["-rlF", server.rootToken, server.dir]);
    expect(await new Promise((resolve) => grep.on("close", resolve))).toBe(1);
    expect(lines.join("\n")).not.toContain(server.rootToken);
  });

  it("takes audit devices from Pulumi", async () => {
    const options = { file_path: join(server.dir, "audit.log") };
    const { status } = await call(server, "sys/audit/file", server.rootToken, { type: "file", options });
    expect(status).toBe(204);
  });

  it("gives operators a token that ends soon and can't be renewed", async () => {
    const token = await server.operatorToken();
    expect(token).not.toBe(server.rootToken);
    const { body } = await call(server, "auth/token/lookup-self", token);
    expect(body.data).toMatchObject({
      policies: ["root"],
      renewable: false,
      orphan: true,
      creation_ttl: 900,
      explicit_max_ttl: 900,
      type: "service",
    });
    expect((await call(server, "auth/token/renew-self", token, {})).status).toBe(400);

    const short = await server.operatorToken(1);
    await wait(1_500);
    expect((await call(server, "auth/token/lookup-self", short)).status).toBe(403);
  });

  it("can be sealed and unsealed", async () => {
    await server.seal();
    expect((await call(server, "sys/mounts", server.rootToken)).status).toBe(503);
    await server.unseal();
    expect((await call(server, "sys/mounts", server.rootToken)).status).toBe(200);
  });

  it("can lose its root token, and operators go on", async () => {
    const token = await server.operatorToken();
    await server.revokeRootToken();
    expect((await call(server, "auth/token/lookup-self", server.rootToken)).status).toBe(403);
    expect((await call(server, "auth/token/lookup-self", token)).status).toBe(200);
    await expect(server.operatorToken()).rejects.toThrow(
      "The root token is revoked, so it makes no operator token. Ask for one before.",
    );
  });

  it("leaves nothing behind when it is stopped, twice too", async () => {
    await Promise.all([server.stop(), server.stop()]);
    expect(isRunning(server.pid)).toBe(false);
    expect(existsSync(server.dir)).toBe(false);
    await server.stop();
  });
});

it("runs on the storage that OpenBao wants", async () => {
  const lines: string[] = [];
  const server = await startSecretsServer({ ...found, kind: "openbao", onLine: (line) => lines.push(line) });
  try {
    expect(lines.join("\n")).toMatch(/Storage: raft/);
    expect((await call(server, "sys/health", server.rootToken)).status).toBe(200);
    await call(server, "sys/mounts/kv", server.rootToken, { type: "kv" });
    await server.seal();
    await server.unseal();
    expect((await call(server, "sys/mounts/kv", server.rootToken)).status).toBe(200);
  } finally {
    await server.stop();
  }
  expect(isRunning(server.pid)).toBe(false);
  expect(existsSync(server.dir)).toBe(false);
}, 30_000);

it("is not changed by variables that are meant for a client", async () => {
  process.env.VAULT_API_ADDR = "http://elsewhere.example.com";
  process.env.VAULT_LOG_LEVEL = "trace";
  const lines: string[] = [];
  const server = await startSecretsServer({ ...found, onLine: (line) => lines.push(line) });
  delete process.env.VAULT_API_ADDR;
  delete process.env.VAULT_LOG_LEVEL;
  await server.stop();
  expect(lines.join("\n")).not.toMatch(/elsewhere\.example\.com|\[TRACE\]/);
});

describe("a server that does not start", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "nhi-test-"));
  });
  afterAll(() => rmSync(folder, { recursive: true }));
  const script = (name: string, text: string) => {
    const file = join(folder, name);
    writeFileSync(file, `#!/bin/sh\n${text}\n`);
    chmodSync(file, 0o755);
    return file;
  };

  it("is told with its last lines", async () => {
    const binary = script("broken", "echo one; echo two >&2; exit 7");
    await expect(startSecretsServer({ binary, kind: "vault" })).rejects.toThrow(
      /^The secrets server .*\/broken did not start: it ended with code 7\. Its last lines: (one \| two|two \| one)$/,
    );
  });

  it("is told when it says nothing", async () => {
    const binary = script("silent", "exit 1");
    await expect(startSecretsServer({ binary, kind: "vault" })).rejects.toThrow(
      `The secrets server ${binary} did not start: it ended with code 1. It printed nothing.`,
    );
  });

  it("is told when it is no program", async () => {
    const binary = join(folder, "nothing");
    await expect(startSecretsServer({ binary, kind: "vault" })).rejects.toThrow(
      `The secrets server ${binary} did not start: it could not be run: spawn ${binary} ENOENT. It printed nothing.`,
    );
  });
});

describe("a program that ends without stopping its server", () => {
  async function holding(how: string) {
    const holder = spawn(
      process.execPath,
      ["--import", require.resolve("tsx"), join(__dirname, "holder.ts"), how, found.kind, found.binary],
      { stdio: ["ignore", "pipe", "ignore"] },
    );
    const ended = new Promise((resolve) => holder.once("exit", (code, signal) => resolve(code ?? signal)));
    const line = await new Promise<string>((resolve) => createInterface(holder.stdout).once("line", resolve));
    return { holder, ended, ...(JSON.parse(line) as { pid: number; dir: string }) };
  }

  it.each<[string, NodeJS.Signals | undefined, number | NodeJS.Signals]>([
    ["exit", undefined, 3],
    ["throw", undefined, 1],
    ["SIGTERM", "SIGTERM", "SIGTERM"],
    ["SIGINT", "SIGINT", "SIGINT"],
    ["SIGHUP", "SIGHUP", "SIGHUP"],
  ])(
    "takes it along: %s",
    async (how, signal, code) => {
      const { holder, ended, pid, dir } = await holding(how);
      if (signal) holder.kill(signal);
      expect(await ended).toBe(code);
      expect(await gone(pid)).toBe(true);
      expect(existsSync(dir)).toBe(false);
    },
    30_000,
  );

  it("decides itself when, if it handles the signal", async () => {
    const { holder, ended, pid, dir } = await holding("own handler");
    holder.kill("SIGTERM");
    await wait(200);
    expect(isRunning(pid)).toBe(true);
    expect(await ended).toBe(4);
    expect(await gone(pid)).toBe(true);
    expect(existsSync(dir)).toBe(false);
  }, 30_000);
});
