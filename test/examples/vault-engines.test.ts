import { execFileSync } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { join } from "node:path";
import { findSecretsServer } from "../../tools/find-secrets-server";
import { screenProgress } from "../../tools/progress";
import { startSecretsServer, type SecretsServer } from "../../tools/secrets-server";
import { createStack } from "../../tools/stack";
import { openTestEngine, type TestEngine } from "../support/engine";
import { startDirectory, type Directory } from "../support/ldap";
import { startRabbitMq, type RabbitMq } from "../support/rabbitmq";

/** The examples of secrets engines: made by the real engine on a real server, with the pack, unchanged after, taken away. */
const root = join(__dirname, "../..");
const pack = ["--policy-pack", join(root, "policy-packs", "nhi")];

let vault: SecretsServer;
let operator: string;
let engine: TestEngine;
let rabbitmq: RabbitMq | undefined;
let directory: Directory | undefined;

beforeAll(async () => {
  vault = await startSecretsServer(await findSecretsServer(screenProgress()));
  operator = await vault.operatorToken();
  engine = await openTestEngine({
    offline: false,
    env: { VAULT_ADDR: vault.address, VAULT_TOKEN: operator },
  });
}, 30 * 60_000);
afterAll(async () => {
  await engine.close();
  await vault.stop();
  await rabbitmq?.stop();
  await directory?.stop();
});

async function call(method: string, path: string, body?: object): Promise<number> {
  const response = await fetch(`${vault.address}/v1/${path}`, {
    method,
    headers: { "x-vault-token": operator },
    ...(body && { body: JSON.stringify(body) }),
  });
  return response.status;
}

const certificateRequest = (name: string) =>
  execFileSync("openssl", [
    ...["req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"],
    ...["-keyout", join(engine.folder, "key.pem"), "-subj", `/CN=${name}`],
  ]).toString();

/** A public key as `ssh-keygen` writes it (RFC 4253 6.6). */
const sshKey = () => {
  const { x = "" } = generateKeyPairSync("ed25519").publicKey.export({ format: "jwk" });
  const part = (bytes: Buffer) => Buffer.concat([Buffer.from([0, 0, 0, bytes.length]), bytes]);
  const key = Buffer.concat([part(Buffer.from("ssh-ed25519")), part(Buffer.from(x, "base64url"))]);
  return `ssh-ed25519 ${key.toString("base64")}`;
};

interface Example {
  name: string;
  /** What has to be there before. Gives the program's configuration. */
  prepare?: () => Promise<Record<string, string>>;
  /** What mints a credential: read, or called with a body. */
  path: string;
  body?: () => object;
}

const examples: Example[] = [
  {
    name: "vault-certificates",
    async prepare() {
      await call("POST", "sys/mounts/pki-root", { type: "pki", config: { max_lease_ttl: "87600h" } });
      await call("POST", "pki-root/root/generate/internal", { common_name: "Root", ttl: "87600h" });
      return {};
    },
    path: "shop-pki/sign/cart",
    body: () => ({ csr: certificateRequest("cart.shop.example.com") }),
  },
  {
    name: "vault-ldap",
    async prepare() {
      directory = await startDirectory();
      const { url, certificate, password } = directory;
      // With dashes in front, the certificate would be a flag of the command.
      return { url, tlsCa: `\n${certificate}`, "--secret ldapPassword": password };
    },
    path: "directory/creds/reports",
  },
  {
    name: "vault-rabbitmq",
    async prepare() {
      rabbitmq = await startRabbitMq();
      return { managementUrl: rabbitmq.managementUrl, "--secret rabbitMqPassword": rabbitmq.password };
    },
    path: "queues/creds/billing",
  },
  { name: "vault-ssh", path: "ssh-users/sign/deploy", body: () => ({ public_key: sshKey() }) },
];

it.each(examples)(
  "$name passes the pack, stays as it is, and is taken away whole",
  async (example) => {
    const config = (await example.prepare?.()) ?? {};
    const stack = await createStack(engine.engine, join(root, "examples", example.name), engine.folder);
    const pulumi = (...command: string[]) => engine.pulumi([...command, ...stack]);

    for (const [key, value] of Object.entries(config))
      expect(await pulumi("config", "set", ...key.split(" "), value)).toMatchObject({ code: 0 });
    const mint = () =>
      example.body ? call("POST", example.path, example.body()) : call("GET", example.path);

    const up = await pulumi("up", "--yes", "--skip-preview", ...pack);
    expect(up).toMatchObject({ code: 0 });
    expect(up.output).not.toContain("Policy Violations");
    expect(await mint()).toBe(200);

    expect((await pulumi("preview", "--expect-no-changes", ...pack)).code).toBe(0);
    expect((await pulumi("destroy", "--yes", "--skip-preview")).code).toBe(0);
    expect(await mint()).toBe(404);
  },
  120_000,
);
