import { join } from "node:path";
import { findSecretsServer } from "../../tools/find-secrets-server";
import { screenProgress } from "../../tools/progress";
import { startSecretsServer, type SecretsServer } from "../../tools/secrets-server";
import { createStack } from "../../tools/stack";
import { openTestEngine, type TestEngine } from "../support/engine";
import { startIssuer, type Issuer } from "../support/issuer";

/** The examples into Vault: made by the real engine on a real server, and tried with real tokens. */
const root = join(__dirname, "../..");
const pack = ["--policy-pack", join(root, "policy-packs", "nhi")];

let vault: SecretsServer;
let operator: string;
let engine: TestEngine;
let issuer: Issuer;

beforeAll(async () => {
  issuer = await startIssuer();
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
  issuer.stop();
});

interface Answer {
  status: number;
  token?: string | undefined;
}

async function call(method: string, path: string, token: string, body?: object): Promise<Answer> {
  const response = await fetch(`${vault.address}/v1/${path}`, {
    method,
    headers: { "x-vault-token": token },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const { auth } = (text === "" ? {} : JSON.parse(text)) as { auth?: { client_token: string } };
  return { status: response.status, token: auth?.client_token };
}

interface Example {
  name: string;
  login: string;
  role: string;
  /** A token of the workload. */
  own: Record<string, string>;
  /** What makes it a stranger's. */
  others: Record<string, string>[];
  /** What it may do then, and what not. */
  may: [string, string];
  mayNot: [string, string];
}

const examples: Example[] = [
  {
    name: "github-to-vault",
    login: "auth/github/login",
    role: "release",
    own: {
      iss: "https://token.actions.githubusercontent.com",
      sub: "repo:octo@123456/app@456789:environment:production",
      repository_id: "456789",
      repository_owner_id: "123456",
    },
    others: [
      { sub: "repo:octo/app:pull_request" },
      { repository_id: "1" },
      { iss: "https://gitlab.com" },
      { aud: "https://github.com/octo" },
    ],
    may: ["POST", "transit/sign/releases"],
    mayNot: ["GET", "transit/keys/releases"],
  },
  {
    name: "spiffe-to-vault",
    login: "auth/spire/login",
    role: "orders-api",
    own: { iss: "https://oidc.spire.example.org", sub: "spiffe://example.org/shop/orders" },
    others: [
      { sub: "spiffe://example.org/shop/orders2" },
      { sub: "spiffe://example.org/shop" },
      { aud: "other" },
    ],
    may: ["GET", "orders/creds/read"],
    mayNot: ["GET", "orders/creds/migrate"],
  },
];

describe.each(examples)("$name", ({ name, login, role, own, others, may, mayNot }) => {
  let stack: string[];
  const pulumi = (...args: string[]) => engine.pulumi([...args, ...stack]);
  const signIn = (claims: object) =>
    call("POST", login, "", {
      role,
      jwt: issuer.token({ aud: vault.address, ...own, ...claims }),
    });

  beforeAll(async () => {
    stack = await createStack(engine.engine, join(root, "examples", name), engine.folder);
    await pulumi("config", "set", "jwksUrl", issuer.jwksUrl);
    await pulumi("config", "set", "vaultAddress", vault.address);
    const up = await pulumi("up", "--yes", "--skip-preview", ...pack);
    if (up.code !== 0 || up.output.includes("Policy Violations")) throw new Error(up.output);
  }, 120_000);

  it("lets the workload in, and to what it is for", async () => {
    const { status, token = "" } = await signIn({});
    expect(status).toBe(200);
    // Past the policy there is no engine: the server finds nothing, which is not the same as forbidden.
    expect((await call(may[0], may[1], token, may[0] === "POST" ? {} : undefined)).status).toBe(404);
    expect((await call(mayNot[0], mayNot[1], token)).status).toBe(403);
  });

  it.each(others)("lets nobody in with %j", async (claims) => {
    expect((await signIn(claims)).status).toBe(400);
  });

  it("stays as it is, and is taken away whole", async () => {
    expect((await pulumi("preview", "--expect-no-changes", ...pack)).code).toBe(0);
    expect((await pulumi("destroy", "--yes", "--skip-preview")).code).toBe(0);
    expect((await call("GET", `${login.replace("/login", "/role/")}${role}`, operator)).status).toBe(404);
  }, 120_000);
});
