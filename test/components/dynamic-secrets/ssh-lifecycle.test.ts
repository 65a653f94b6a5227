import { execFile, spawn, type ChildProcess } from "node:child_process";
import {
  chmodSync,
  chownSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { promisify } from "node:util";
import { findDebianProgram } from "../../../tools/debian";
import { findSecretsServer } from "../../../tools/find-secrets-server";
import { freePorts } from "../../../tools/free-ports";
import { screenProgress } from "../../../tools/progress";
import { startSecretsServer, type SecretsServer } from "../../../tools/secrets-server";
import { createStack } from "../../../tools/stack";
import { openTestEngine, type TestEngine } from "../../support/engine";

/** Two authorities on the real engine and secrets server, and a real OpenSSH server that trusts what they sign. */
interface Answer {
  status: number;
  errors?: string[];
  data?: { signed_key?: string; serial_number?: string };
}

/** Without root an OpenSSH server lets in only who runs it. With root, it is run as somebody else. */
const owner =
  userInfo().uid === 0
    ? { name: "nobody", uid: 65_534, gid: 65_534 }
    : { name: userInfo().username, uid: userInfo().uid, gid: userInfo().gid };

let vault: SecretsServer;
let engine: TestEngine;
let stack: string[];
let operator: string;
let deployment: string;
let entity: string;
let sshd: ChildProcess;
let port: number;
/** Keys and the server's files, which belong to who runs it. */
let home: string;

const file = (name: string) => join(home, name);
function keep(name: string, content: string): string {
  writeFileSync(file(name), content);
  chmodSync(file(name), 0o600);
  chownSync(file(name), owner.uid, owner.gid);
  return file(name);
}
const run = promisify(execFile);
const newKey = (name: string, ...options: string[]) =>
  run("ssh-keygen", [
    "-q",
    "-N",
    "",
    "-f",
    file(name),
    ...(options.length > 0 ? options : ["-t", "ed25519"]),
  ]);

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), "nhi-ssh-"));
  chownSync(home, owner.uid, owner.gid);
  vault = await startSecretsServer(await findSecretsServer(screenProgress()));
  operator = await vault.operatorToken();
  engine = await openTestEngine({
    offline: false,
    env: { VAULT_ADDR: vault.address, VAULT_TOKEN: operator },
  });
  stack = await createStack(engine.engine, join(__dirname, "ssh-program"), engine.folder);
  await call("POST", "sys/auth/userpass", { type: "userpass" });
  await call("POST", "auth/userpass/users/deployment", { password: "of this test run" });
  const { auth } = (await call("POST", "auth/userpass/login/deployment", {
    password: "of this test run",
  })) as unknown as { auth: { client_token: string; entity_id: string } };
  deployment = auth.client_token;
  entity = auth.entity_id;
}, 30 * 60_000);
afterAll(async () => {
  sshd.kill();
  await engine.close();
  await vault.stop();
  rmSync(home, { recursive: true, force: true });
});

async function call(method: string, path: string, body?: object, token = operator): Promise<Answer> {
  const response = await fetch(`${vault.address}/v1/${path}`, {
    method,
    headers: { "x-vault-token": token },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { ...((text === "" ? {} : JSON.parse(text)) as Answer), status: response.status };
}

const up = async (env: Record<string, string> = {}) => {
  const { code, output } = await engine.pulumi(["up", "--yes", "--skip-preview", ...stack], {
    env: { ENTITY: entity, ...env },
  });
  return code === 0 ? "done" : output;
};
const outputOf = async (name: string) =>
  (await engine.pulumi(["stack", "output", name, ...stack.slice(0, 4)])).output.trim();

const sign = (role: string, key: string, more: object = {}, token = deployment) =>
  call(
    "POST",
    `${role === "web" ? "ssh-hosts" : "ssh-users"}/sign/${role}`,
    { public_key: readFileSync(file(`${key}.pub`), "utf8"), ...more },
    token,
  );
/** Puts the certificate where `ssh` looks for it. */
async function certificate(role: string, key: string, more: object = {}): Promise<void> {
  const { data, errors } = await sign(role, key, more);
  if (data?.signed_key === undefined) throw new Error(errors?.join());
  writeFileSync(file(`${key}-cert.pub`), data.signed_key);
}

/** What `ssh-keygen -L` says, without what is new each time. */
async function shown(key: string): Promise<{ text: string[]; seconds: number }> {
  const { stdout } = await run("ssh-keygen", ["-L", "-f", file(`${key}-cert.pub`)]);
  const lines = stdout.split("\n").map((text) => text.trim());
  const [, from = "", to = ""] = /Valid: from (\S+) to (\S+)/.exec(stdout) ?? [];
  return {
    text: lines.filter((text) => /^(Type|Principals|Critical|Extensions|[a-z][^:]*$)/.test(text)),
    seconds: (Date.parse(to) - Date.parse(from)) / 1000,
  };
}
/** Vault dates a certificate back by half a minute, for clocks that are late. */
const backdated = 30;

async function startSshd(): Promise<void> {
  const found = await findDebianProgram(
    { program: "sshd", folder: "usr/sbin", package: "openssh-server" },
    screenProgress(),
  );
  // Who runs it may not read root's cache.
  cpSync(found.root === "/" ? found.binary : found.root, file("sshd"), {
    recursive: true,
    verbatimSymlinks: true,
  });
  const moved = (path = "") => path.replaceAll(found.root, file("sshd"));
  const [binary, env] =
    found.root === "/"
      ? [found.binary, found.env]
      : [moved(found.binary), { ...found.env, LD_LIBRARY_PATH: moved(found.env.LD_LIBRARY_PATH) }];
  [port = 0] = await freePorts(1);
  mkdirSync(file("principals"));
  keep(`principals/${owner.name}`, "deploy\n");
  chownSync(file("principals"), owner.uid, owner.gid);
  await newKey("host");
  await certificate("web", "host", { cert_type: "host", valid_principals: "web.example.com" });
  for (const name of ["host", "host.pub", "host-cert.pub"]) chownSync(file(name), owner.uid, owner.gid);
  const config = [
    `Port ${port}`,
    "ListenAddress 127.0.0.1",
    `HostKey ${file("host")}`,
    `HostCertificate ${file("host-cert.pub")}`,
    `TrustedUserCAKeys ${keep("users.pub", await outputOf("userKey"))}`,
    `AuthorizedPrincipalsFile ${file("principals")}/%u`,
    "AuthorizedKeysFile none",
    "AuthenticationMethods publickey",
    "StrictModes no",
    // OpenSSH itself takes nobody's account for locked.
    "UsePAM yes",
    "PidFile none",
    "Subsystem sftp internal-sftp",
  ];
  sshd = spawn(binary, ["-D", "-e", "-f", keep("sshd_config", config.join("\n"))], {
    env,
    uid: owner.uid,
    gid: owner.gid,
    stdio: ["ignore", "ignore", "pipe"],
  });
  sshd.stderr?.on("data", (text: Buffer) => (log += text.toString()));
  for (let tries = 0; tries < 100 && !log.includes("Server listening"); tries++) await wait(50);
}
/** What the server says of sign-ins. */
let log = "";

/** Signs in with the key and its certificate, to a host that has to show one of its own. Says where it is then, or why not. */
async function signIn(key: string, user = owner.name, host = "web.example.com"): Promise<string> {
  keep("known_hosts", `@cert-authority web.example.com ${await outputOf("hostKey")}\n`);
  keep("batch", "pwd\n");
  const options = {
    IdentityFile: file(key),
    CertificateFile: file(`${key}-cert.pub`),
    UserKnownHostsFile: file("known_hosts"),
    GlobalKnownHostsFile: "none",
    StrictHostKeyChecking: "yes",
    HostKeyAlias: host,
    HostKeyAlgorithms: "ssh-ed25519-cert-v01@openssh.com",
    IdentitiesOnly: "yes",
    BatchMode: "yes",
    LogLevel: "ERROR",
  };
  const given = Object.entries(options).flatMap(([name, value]) => ["-o", `${name}=${value}`]);
  try {
    const { stdout } = await run("sftp", [
      ...["-F", "none", "-b", file("batch"), "-P", String(port), ...given],
      `${user}@127.0.0.1`,
    ]);
    return stdout.includes("Remote working directory") ? "in" : stdout;
  } catch (error) {
    return (error as { stderr: string }).stderr.split(/\r?\n/)[0] ?? "";
  }
}
const denied = `${owner.name}@127.0.0.1: Permission denied (publickey).`;

it("signs for the first of the named users, for five minutes, and for nothing else", async () => {
  expect(await up()).toBe("done");
  await newKey("id");
  await certificate("deploy", "id");
  expect(await shown("id")).toEqual({
    text: [
      "Type: ssh-ed25519-cert-v01@openssh.com user certificate",
      "Principals:",
      "deploy",
      "Critical Options: (none)",
      "Extensions: (none)",
    ],
    seconds: 300 + backdated,
  });
}, 120_000);

it(
  "lets in through a real OpenSSH server, which shows a certificate of its own",
  async () => {
    await startSshd();
    expect(await shown("host")).toEqual({
      text: [
        "Type: ssh-ed25519-cert-v01@openssh.com host certificate",
        "Principals:",
        "web.example.com",
        "Critical Options: (none)",
        "Extensions: (none)",
      ],
      seconds: 86_400 + backdated,
    });
    expect(await signIn("id")).toBe("in");
    // The host's log has who it was: the token's name, the role and the key.
    expect(log).toMatch(
      /Accepted publickey for \S+ from 127\.0\.0\.1 .* ID userpass-deployment-deploy-[0-9a-f]{64} /,
    );
  },
  30 * 60_000,
);

it("lets nobody in to a host that has another name", async () => {
  expect(await signIn("id", owner.name, "db.example.com")).toBe(
    "No ED25519 host key is known for db.example.com and you have requested strict checking.",
  );
});

it("lets in no key without its certificate, none of another user, and none after its end", async () => {
  await newKey("other");
  await certificate("deploy", "other", { valid_principals: "logs" });
  expect(await signIn("other")).toBe(denied);

  await newKey("short");
  await certificate("deploy", "short", { ttl: "4s" });
  expect(await signIn("short")).toBe("in");
  await wait(5000);
  expect(await signIn("short")).toBe(denied);
  expect(log).toContain("Certificate invalid: expired");

  rmSync(file("short-cert.pub"));
  expect(await signIn("short")).toBe(denied);
}, 30_000);

it.each<{ what: string; role: string; more: object; says: string }>([
  {
    what: "another user",
    role: "deploy",
    more: { valid_principals: "root" },
    says: "root is not a valid value for valid_principals",
  },
  {
    what: "every user",
    role: "deploy",
    more: { valid_principals: "*" },
    says: "* is not a valid value for valid_principals",
  },
  {
    what: "another user beside its own",
    role: "deploy",
    more: { valid_principals: "deploy,root" },
    says: "root is not a valid value for valid_principals",
  },
  {
    what: "a host's certificate",
    role: "deploy",
    more: { cert_type: "host" },
    says: "cert_type 'host' is not allowed by role",
  },
  { what: "a day", role: "deploy", more: { ttl: "24h" }, says: "ttl is larger than maximum allowed 300" },
  {
    what: "another host",
    role: "web",
    more: { cert_type: "host", valid_principals: "db.example.com" },
    says: "db.example.com is not a valid value for valid_principals",
  },
  {
    what: "a host below its own",
    role: "web",
    more: { cert_type: "host", valid_principals: "a.web.example.com" },
    says: "a.web.example.com is not a valid value for valid_principals",
  },
  {
    what: "no host in particular",
    role: "web",
    more: { cert_type: "host" },
    says: "empty valid principals not allowed by role",
  },
])("refuses $what", async ({ role, more, says }) => {
  const { status, errors } = await sign(role, "id", more);
  expect({ status, errors }).toEqual({ status: 400, errors: [says] });
});

it("refuses a kind of key that the role does not name", async () => {
  await newKey("weak", "-t", "rsa", "-b", "2048");
  const { status, errors } = await sign("deploy", "weak");
  expect({ status, errors }).toEqual({
    status: 400,
    errors: ["public_key failed to meet the key requirements: key of type rsa is not allowed"],
  });
});

it("gives the forced command and the networks, and lets nobody put others in their place", async () => {
  expect(await up({ COMMAND: "/usr/local/bin/backup" })).toBe("done");
  await newKey("backup");
  await certificate("backup", "backup");
  expect((await shown("backup")).text).toEqual([
    "Type: ssh-ed25519-cert-v01@openssh.com user certificate",
    "Principals:",
    "backup",
    "Critical Options:",
    "force-command /usr/local/bin/backup",
    "source-address 127.0.0.0/8",
    "Extensions:",
    "permit-pty",
  ]);
  // Vault would take the caller's options in place of the role's.
  const critical_options = { "force-command": "/bin/sh" };
  expect((await sign("backup", "backup", { critical_options }, operator)).status).toBe(200);
  expect((await sign("backup", "backup", { critical_options })).status).toBe(403);
  expect((await sign("backup", "backup", { extensions: { "permit-port-forwarding": "" } })).status).toBe(403);
}, 60_000);

it("takes a shorter time at the next up, and keeps its key", async () => {
  const key = await outputOf("userKey");
  expect(await up({ MAX_TTL: "60", COMMAND: "/usr/local/bin/backup" })).toBe("done");
  expect(await outputOf("userKey")).toBe(key);
  await certificate("deploy", "id");
  expect((await shown("id")).seconds).toBe(60 + backdated);
  const { output } = await engine.pulumi(["stack", "export", "--show-secrets", ...stack.slice(0, 4)]);
  expect(output).toContain(key.trim());
  expect(output).not.toContain("PRIVATE KEY");
}, 60_000);

it("is gone after its end", async () => {
  const { code } = await engine.pulumi(["destroy", "--yes", "--skip-preview", ...stack], {
    env: { ENTITY: entity },
  });
  expect(code).toBe(0);
  expect((await sign("deploy", "id", {}, operator)).status).toBe(404);
}, 60_000);
