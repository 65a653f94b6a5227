import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { NhiKind, VaultAudit } from "pulumi-nhi";
import { startCollector, type Collector } from "../../../demo/collector";
import { callVault, Refused } from "../../../demo/vault";
import { findSecretsServer } from "../../../tools/find-secrets-server";
import { screenProgress } from "../../../tools/progress";
import { startSecretsServer, type SecretsServer } from "../../../tools/secrets-server";
import { registeredBy } from "../../support/mocks";

/** The devices that the component makes, on a real server, while one or both of them fail. */
const startMs = 120_000;
const metadata = {
  owner: "team-security",
  purpose: "audit of the secrets server",
  environment: "production",
  kind: NhiKind.Service,
  reviewBy: "2027-06-30",
};
/** A disk of its own, that can be filled without harm. Only root may have one. */
const disk = smallDisk();

let server: SecretsServer;
let collector: Collector;
let token: string;
let folder: string;
let log: string;

beforeAll(async () => {
  server = await startSecretsServer(await findSecretsServer(screenProgress()));
  collector = await startCollector();
  token = await server.operatorToken();
  folder = disk ?? join(server.dir, "audit");
  log = join(folder, "audit.log");
  if (!disk) mkdirSync(folder);
  const registered = await registeredBy(
    () => new VaultAudit("audit", { metadata, file: { path: log }, socket: { address: collector.address } }),
  );
  // The calls that the provider makes for them.
  for (const { inputs } of registered.filter(({ type }) => type === "vault:index/audit:Audit")) {
    const { path, type: kind, ...rest } = inputs as { path: string; type: string };
    await call("POST", `sys/audit/${path}`, { type: kind, ...rest });
  }
  await call("POST", "sys/mounts/kv", { type: "kv" });
}, startMs);
afterAll(async () => {
  await collector.stop();
  await server.stop();
  if (disk) execFileSync("umount", [disk]);
  if (disk) rmdirSync(disk);
});

const call = (method: "GET" | "POST", path: string, body?: object) =>
  callVault(server.address, method, path, { token, ...(body && { body }) });
const inFile = () => readFileSync(log, "utf8");
/** What the collector has once this is in it: records are on their way when the server answers. */
async function inSocket(text: string): Promise<string> {
  for (let tries = 0; tries < 250 && !collector.records().join().includes(text); tries += 1) await wait(20);
  return collector.records().join("\n");
}

/** A request that can be found in the logs, and how the server took it. */
async function probe(name: string): Promise<string> {
  try {
    await call("POST", `kv/${name}`, { canary: `canary-${name}` });
    return "served";
  } catch (error) {
    if (error instanceof Refused) return `${String(error.status)}: ${error.words}`;
    throw error;
  }
}

it("writes each request to both devices, with secrets hashed as the server says they are", async () => {
  expect(await probe("both")).toBe("served");
  expect((await call("GET", "kv/both")).data).toEqual({ canary: "canary-both" });
  const hashOf = async (device: string, input: string) =>
    (await call("POST", `sys/audit-hash/audit-${device}`, { input })).hash;
  for (const [device, written] of [
    ["file", inFile()],
    ["socket", await inSocket('"path":"kv/both"')],
  ] as const) {
    expect([device, written.includes('"path":"kv/both"')]).toEqual([device, true]);
    expect(written).toContain(await hashOf(device, token));
    expect(written).toContain(await hashOf(device, "canary-both"));
    expect(written).not.toContain(token);
    expect(written).not.toContain("canary-both");
  }
  // Each device hashes with a key of its own: who has one log can't look up the values of the other.
  expect(await hashOf("file", token)).not.toBe(await hashOf("socket", token));
});

it("serves on and keeps the trail when the file can't be written any more", async () => {
  // What a rotation leaves behind that goes wrong: the server opens the path anew and finds no file.
  renameSync(log, `${log}.1`);
  mkdirSync(log);
  process.kill(server.pid, "SIGHUP");
  await untilHangupIsTaken();
  expect(await probe("no-file")).toBe("served");
  expect(await inSocket("kv/no-file")).toContain('"path":"kv/no-file"');
  expect(readFileSync(`${log}.1`, "utf8")).not.toContain("kv/no-file");

  rmdirSync(log);
  process.kill(server.pid, "SIGHUP");
  await untilHangupIsTaken();
  expect(await probe("file-again")).toBe("served");
  expect(inFile()).toContain('"path":"kv/file-again"');
});

(disk ? describe : describe.skip)("where this is root, who can have a disk to fill", () => {
  it("serves on and keeps the trail when the disk is full", async () => {
    // Whole pages, so that nothing is left that a record would fit in.
    const ballast = join(folder, "ballast");
    expect(() => writeFileSync(ballast, Buffer.alloc(1024 * 1024))).toThrow("ENOSPC");
    const answers = [];
    // What is left of the file's last page takes some records more.
    for (let count = 0; count < 10; count += 1) answers.push(await probe(`full-${count}`));
    expect(new Set(answers)).toEqual(new Set(["served"]));
    expect(await inSocket("kv/full-9")).toContain('"path":"kv/full-9"');
    expect(inFile()).not.toContain('"path":"kv/full-9"');

    rmSync(ballast);
    expect(await probe("room-again")).toBe("served");
    expect(inFile()).toContain('"path":"kv/room-again"');
  });
});

it("answers nothing that no device has a record of, and serves again when one of them works", async () => {
  renameSync(log, `${log}.2`);
  mkdirSync(log);
  process.kill(server.pid, "SIGHUP");
  await untilHangupIsTaken();
  await collector.stop();
  // The server learns that a connection is gone by writing to it, once.
  const answers = [await probe("one"), await probe("two"), await probe("three")];
  expect(answers.at(-1)).toMatch(/^500: /);
  expect(answers.join()).not.toContain("canary");
  rmdirSync(log);
  process.kill(server.pid, "SIGHUP");
  await untilHangupIsTaken();
  expect(await probe("works-again")).toBe("served");
  expect(inFile()).toContain('"path":"kv/works-again"');
});

/** The server reopens its files some time after the signal; it says nothing of it. */
const untilHangupIsTaken = () => wait(1_000);

function smallDisk(): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), "nhi-disk-"));
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=256k", "none", folder], { stdio: "ignore" });
    return folder;
  } catch {
    rmdirSync(folder);
    return undefined;
  }
}
