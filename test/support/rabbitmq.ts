import { spawn, type ChildProcess } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { findDebianProgram, type FoundProgram } from "../../tools/debian";
import { freePorts } from "../../tools/free-ports";
import { screenProgress } from "../../tools/progress";

/** A RabbitMQ server on loopback, installed or from Debian's packages, with its management plugin. */
export interface RabbitMq {
  /** Where programs sign in (AMQP). */
  port: number;
  managementUrl: string;
  username: string;
  password: string;
  /** Its log from the start. */
  log(): string;
  stop(): Promise<void>;
}

const username = "vault";
const password = "of this test run";
const startTimeoutMs = 60_000;

export async function startRabbitMq(): Promise<RabbitMq> {
  const found = await findDebianProgram(
    { program: "rabbitmq-server", folder: "usr/sbin", package: "rabbitmq-server" },
    screenProgress(),
  );
  const folder = mkdtempSync(join(tmpdir(), "nhi-rabbitmq-"));
  const [port = 0, management = 0, nodes = 0, names = 0] = await freePorts(4);
  const erlang = erlangIn(found, folder);
  const env = {
    ...found.env,
    ...settings(folder, nodes, names),
    PATH: `${erlang.folder}:${process.env.PATH ?? ""}`,
  };
  writeFileSync(
    join(folder, "rabbitmq.conf"),
    [
      `listeners.tcp.1 = 127.0.0.1:${port}`,
      "management.tcp.ip = 127.0.0.1",
      `management.tcp.port = ${management}`,
      `default_user = ${username}`,
      `default_pass = ${password}`,
      "log.console = true",
      "log.file = false",
    ].join("\n"),
  );
  writeFileSync(join(folder, "plugins"), "[rabbitmq_management].");

  // The broker would start this by itself, as a daemon that nobody ends.
  const epmd = spawn(erlang.epmd, ["-address", "127.0.0.1", "-port", String(names)], {
    env,
    stdio: "ignore",
  });
  const broker = spawn(serverScript(found), { env, stdio: ["ignore", "pipe", "pipe"], detached: true });
  let log = "";
  for (const stream of [broker.stdout, broker.stderr])
    stream.on("data", (text: Buffer) => (log += text.toString()));
  const stop = async () => {
    await end(broker);
    epmd.kill();
    rmSync(folder, { recursive: true, force: true });
  };
  if (!(await answers(broker, () => log))) {
    await stop();
    throw new Error(`RabbitMQ did not start: ${log.trim().split("\n").at(-1) ?? "it said nothing"}`);
  }
  const managementUrl = `http://127.0.0.1:${management}`;
  return { port, managementUrl, username, password, log: () => log, stop };
}

const settings = (folder: string, nodes: number, names: number) => {
  for (const name of ["data", "log", "home"]) mkdirSync(join(folder, name));
  return {
    HOME: join(folder, "home"),
    RABBITMQ_MNESIA_BASE: join(folder, "data"),
    RABBITMQ_LOG_BASE: join(folder, "log"),
    RABBITMQ_CONFIG_FILE: join(folder, "rabbitmq.conf"),
    RABBITMQ_ENABLED_PLUGINS_FILE: join(folder, "plugins"),
    RABBITMQ_CONF_ENV_FILE: "/dev/null",
    RABBITMQ_PID_FILE: join(folder, "pid"),
    RABBITMQ_NODENAME: "test@localhost",
    RABBITMQ_DIST_PORT: String(nodes),
    ERL_EPMD_PORT: String(names),
    ERL_EPMD_ADDRESS: "127.0.0.1",
  };
};

/** Debian's `erl` looks for its files below `/usr`, wherever it is: this one looks where they are. */
function erlangIn({ root }: FoundProgram, folder: string): { folder: string; epmd: string } {
  const at = join(root, "usr/lib/erlang");
  const version = readdirSync(at).find((name) => name.startsWith("erts-")) ?? "";
  const bin = join(at, version, "bin");
  mkdirSync(join(folder, "bin"));
  const erl = join(folder, "bin", "erl");
  writeFileSync(
    erl,
    `#!/bin/sh\nexport ROOTDIR=${at} BINDIR=${bin} EMU=beam PROGNAME=erl\nexec ${bin}/erlexec "$@"\n`,
  );
  chmodSync(erl, 0o755);
  return { folder: join(folder, "bin"), epmd: join(bin, "epmd") };
}

/** The one in `usr/sbin` changes to the user `rabbitmq`, whom only an installation makes. */
function serverScript({ root }: FoundProgram): string {
  const at = join(root, "usr/lib/rabbitmq/lib");
  return join(at, readdirSync(at)[0] ?? "", "sbin/rabbitmq-server");
}

async function answers(broker: ChildProcess, log: () => string): Promise<boolean> {
  const until = Date.now() + startTimeoutMs;
  while (Date.now() < until && broker.exitCode === null) {
    if (log().includes("Server startup complete")) return true;
    await wait(100);
  }
  return false;
}

async function end(broker: ChildProcess): Promise<void> {
  if (broker.exitCode !== null || broker.pid === undefined) return;
  const ended = new Promise((resolve) => broker.once("exit", resolve));
  // What it has is of no use after, and its own way to end takes programs of an installed Erlang.
  process.kill(-broker.pid, "SIGKILL");
  await ended;
}

/** One connection of a program, as far as a test needs AMQP 0-9-1. */
export class Amqp {
  private pending = Buffer.alloc(0);
  private readonly methods: [number, Buffer][] = [];
  private isClosed = false;

  private constructor(private readonly socket: Socket) {
    socket.on("data", (bytes: Buffer) => {
      this.take(bytes);
    });
    socket.on("error", () => undefined);
    socket.on("close", () => {
      this.isClosed = true;
    });
  }

  /** Signs in and opens a channel. `in`, or why the broker doesn't let it. */
  static async signIn(
    port: number,
    { user, password, vhost }: { user: string; password: string; vhost: string },
  ): Promise<{ amqp: Amqp; says: string }> {
    const amqp = new Amqp(connect(port, "127.0.0.1"));
    amqp.socket.write(Buffer.from("AMQP\0\0\x09\x01", "binary"));
    await amqp.next();
    // StartOk with PLAIN, then TuneOk, Open and Channel.Open.
    const plain = `\0${user}\0${password}`;
    amqp.send(0, 10, 11, [
      table({ authentication_failure_close: true }),
      short("PLAIN"),
      long(plain),
      short("en_US"),
    ]);
    const tuned = await amqp.next();
    if (tuned.says !== "10.30") return { amqp, says: tuned.says };
    amqp.send(0, 10, 31, [Buffer.from([7, 255, 0, 2, 0, 0, 0, 0])]);
    amqp.send(0, 10, 40, [short(vhost), short(""), Buffer.from([0])]);
    const opened = await amqp.next();
    if (opened.says !== "10.41") return { amqp, says: opened.says };
    amqp.send(1, 20, 10, [short("")]);
    await amqp.next();
    return { amqp, says: "in" };
  }

  /** Makes a queue. `done`, or why not. */
  declare(queue: string): Promise<string> {
    this.send(1, 50, 10, [Buffer.from([0, 0]), short(queue), Buffer.from([0]), table({})]);
    return this.done("50.11");
  }

  /** Takes a message from a queue, if there is one. */
  get(queue: string): Promise<string> {
    this.send(1, 60, 70, [Buffer.from([0, 0]), short(queue), Buffer.from([1])]);
    return this.done("60.72");
  }

  private async done(expected: string): Promise<string> {
    const { says } = await this.next();
    return says === expected ? "done" : says;
  }

  /** What the broker says without being asked. */
  async told(): Promise<string> {
    return (await this.next()).says;
  }

  close(): void {
    this.socket.destroy();
  }

  /** The number of the next method, or the words with which the broker closes channel or connection. */
  private async next(): Promise<{ says: string }> {
    for (let tries = 0; tries < 200; tries++) {
      const [method, body] = this.methods.shift() ?? [];
      if (method !== undefined && body !== undefined) {
        const name = `${method >> 16}.${method & 0xffff}`;
        if (name !== "10.50" && name !== "20.40") return { says: name };
        return { says: body.subarray(3, 3 + (body[2] ?? 0)).toString() };
      }
      if (this.isClosed) return { says: "closed" };
      await wait(25);
    }
    throw new Error("the broker did not answer");
  }

  private take(bytes: Buffer): void {
    this.pending = Buffer.concat([this.pending, bytes]);
    while (this.pending.length >= 7) {
      const size = this.pending.readUInt32BE(3);
      if (this.pending.length < size + 8) return;
      const [kind, payload] = [this.pending[0], this.pending.subarray(7, 7 + size)];
      if (kind === 1) this.methods.push([payload.readUInt32BE(0), payload.subarray(4)]);
      this.pending = this.pending.subarray(size + 8);
    }
  }

  private send(channel: number, kind: number, method: number, parts: Buffer[]): void {
    const payload = Buffer.concat([number16(kind), number16(method), ...parts]);
    const head = Buffer.concat([Buffer.from([1]), number16(channel), number32(payload.length)]);
    this.socket.write(Buffer.concat([head, payload, Buffer.from([0xce])]));
  }
}

const number16 = (value: number) => Buffer.from([value >> 8, value & 255]);
function number32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
const short = (text: string) => Buffer.concat([Buffer.from([Buffer.byteLength(text)]), Buffer.from(text)]);
const long = (text: string) => Buffer.concat([number32(Buffer.byteLength(text)), Buffer.from(text)]);

/** What a client can do: with `authentication_failure_close` the broker says why it closes. */
function table(capabilities: Record<string, boolean>): Buffer {
  const fields = (values: Record<string, boolean>) =>
    Buffer.concat(
      Object.entries(values).map(([name, value]) =>
        Buffer.concat([short(name), Buffer.from("t"), Buffer.from([value ? 1 : 0])]),
      ),
    );
  const inner = fields(capabilities);
  const outer = Buffer.concat([short("capabilities"), Buffer.from("F"), number32(inner.length), inner]);
  return inner.length === 0 ? number32(0) : Buffer.concat([number32(outer.length), outer]);
}
