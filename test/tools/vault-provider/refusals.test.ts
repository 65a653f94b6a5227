import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { refusal, secret, StartedProvider, type Properties } from "./client";
import { connectionUrl, issuerKey, types } from "./samples";
import { clientWith, onVault } from "./vault";

const on = onVault(async (operator) => {
  await operator.put("sys/auth/trusting", { type: "jwt" });
  await operator.put("auth/trusting/config", { jwt_validation_pubkeys: [issuerKey] });
});

const mount = { path: "orders", type: "kv" };
const canary = "canary-e5c1";

/** A server that is none of Vault's. */
async function listening(listener: RequestListener): Promise<{ url: string; close: () => void }> {
  const other: Server = createServer(listener);
  await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
  const { port } = other.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, close: () => other.close() };
}

describe("without what it takes to reach a server", () => {
  it.each<[string, Record<string, string>, Properties, string]>([
    [
      "no address",
      { VAULT_TOKEN: canary },
      {},
      "no server address is known where this provider was started. Set VAULT_ADDR there, or vault:address in the stack's configuration.",
    ],
    [
      "no token",
      { VAULT_ADDR: "http://127.0.0.1:1" },
      {},
      "no token is known where this provider was started. Set VAULT_TOKEN there, or vault:token as a secret in the stack's configuration.",
    ],
    [
      "a token for an address",
      { VAULT_ADDR: canary, VAULT_TOKEN: canary },
      {},
      "the server address must be a URL as https://vault.example.com:8200. Correct VAULT_ADDR or vault:address.",
    ],
    [
      "an address of another kind",
      { VAULT_TOKEN: canary },
      { address: "ftp://127.0.0.1" },
      "the server address must be a URL as https://vault.example.com:8200. Correct VAULT_ADDR or vault:address.",
    ],
    [
      "nobody at the address",
      { VAULT_TOKEN: canary },
      { address: "http://user:pass@127.0.0.1:1" },
      "the server at http://127.0.0.1:1 can't be reached for POST sys/mounts/orders (connect ECONNREFUSED 127.0.0.1:1). Start it, or correct the address.",
    ],
  ])(
    "says so: %s",
    async (_, env, config, reason) => {
      const bare = await StartedProvider.start(env);
      try {
        const client = await bare.connect(config);
        expect(await refusal(client.create(types.mount, mount))).toEqual({
          message: `vault.Mount "it": ${reason}`,
        });
      } finally {
        bare.stop();
      }
    },
    30_000,
  );
});

it("a wrong token is refused, and not shown", async () => {
  const client = await on.provider.connect({ token: secret(`hvs.${canary}`) });
  expect(await refusal(client.create(types.mount, mount))).toEqual({
    message: `vault.Mount "it": the server at ${on.server.address} refused POST sys/mounts/orders (403: permission denied; invalid token). The token must be valid, and its policies must allow create and update (and sudo where Vault asks for it) on "sys/mounts/orders".`,
  });
});

it("a token with too few rights is refused for each call", async () => {
  const client = await clientWith(on, "nothing", { none: ["read"] });
  const refused = (asked: string, capability: string, path: string) => ({
    message: `vault.Policy "it": the server at ${on.server.address} refused ${asked} (403: permission denied). The token must be valid, and its policies must allow ${capability} (and sudo where Vault asks for it) on "${path}".`,
  });
  const path = "sys/policies/acl/p";
  const state = { name: "p", policy: "# none" };
  expect(await refusal(client.create(types.policy, state))).toEqual(
    refused(`POST ${path}`, "create and update", path),
  );
  expect(await refusal(client.read(types.policy, "p"))).toEqual(refused(`GET ${path}`, "read", path));
  expect(await refusal(client.delete(types.policy, "p", state))).toEqual(
    refused(`DELETE ${path}`, "delete", path),
  );
});

it.each<[string, string, Properties, string]>([
  [
    "a mount that is there already",
    types.authBackend,
    { path: "token", type: "jwt", jwtValidationPubkeys: [issuerKey] },
    "refused POST sys/auth/token (400: path is already in use at token/). Import what is there, or give another path.",
  ],
  [
    "a path where nothing is mounted",
    types.role,
    { backend: "nowhere", roleName: "r", userClaim: "sub" },
    'refused POST auth/nowhere/role/r (404: no handler for route "auth/nowhere/role/r". route entry not found). Nothing is mounted there: make the mount first, and depend on it.',
  ],
  [
    "a policy that is none",
    types.policy,
    { name: "p", policy: "path {" },
    "refused POST sys/policies/acl/p (400: failed to parse policy: At 1:8: object expected closing RBRACE got: EOF). Correct what it names.",
  ],
])("%s is refused in one line with the server's words", async (_, type, inputs, words) => {
  const { message, partial } = await refusal(on.client.create(type, inputs));
  expect(message).toMatch(/^vault\.[\w.]+ "it": /);
  expect(message.replace(/^vault\.[\w.]+ "it": /, "")).toBe(`the server at ${on.server.address} ${words}`);
  expect(partial).toBeUndefined();
});

it.each<[string, string, Properties, string]>([
  [
    "as it is",
    types.mount,
    { path: "x", type: secret(canary) },
    "(400: plugin not found in the catalog: [secret])",
  ],
  [
    "inside a longer word",
    types.mount,
    { path: "x", type: `kv-${canary}`, description: secret(canary) },
    "(400: plugin not found in the catalog: kv-[secret])",
  ],
  [
    "in a path",
    types.endpoint,
    { path: `nowhere/${canary}`, dataJson: secret(canary), disableRead: false },
    'refused POST nowhere/[secret] (404: no handler for route "nowhere/[secret]"',
  ],
  [
    "as a part of a document",
    types.endpoint,
    {
      path: "auth/trusting/role/r",
      dataJson: secret(JSON.stringify({ role_type: canary, user_claim: "sub" })),
    },
    "(400: invalid 'role_type': [secret])",
  ],
])("a secret that the server repeats is kept out of the message: %s", async (_, type, inputs, shown) => {
  const { message } = await refusal(on.client.create(type, inputs));
  expect(message).not.toContain(canary);
  expect(message).toContain(shown);
});

it("what stands elsewhere for everybody to see stays in the message", async () => {
  const given = { connectionUrl, username: "nowhere", passwordWoVersion: 1 };
  const inputs = { backend: "nowhere", name: "c", verifyConnection: false, postgresql: given };
  // As a state is when the program calls the whole block a secret output.
  const state = { ...inputs, postgresql: secret(given) };
  expect(
    (await refusal(on.client.update(types.connection, "nowhere/config/c", state, inputs))).message,
  ).toContain("refused POST nowhere/config/c (404");
});

it("a sealed server says so", async () => {
  await on.server.seal();
  try {
    expect(await refusal(on.client.create(types.mount, mount))).toEqual({
      message: `vault.Mount "it": the server at ${on.server.address} is sealed, so it refused POST sys/mounts/orders. Unseal it and run this again.`,
    });
  } finally {
    await on.server.unseal();
  }
});

it("a server that hangs is given up, in the time that the program gives it", async () => {
  process.kill(on.server.pid, "SIGSTOP");
  try {
    const created = on.client.create(types.mount, { path: "hung", type: "kv" }, { timeoutSeconds: 1 });
    expect(await refusal(created)).toEqual({
      message: `vault.Mount "it": the server at ${on.server.address} did not answer POST sys/mounts/hung within 1 s. It may have been done all the same: refresh, then try again.`,
    });
  } finally {
    process.kill(on.server.pid, "SIGCONT");
  }
});

describe("another server at the address", () => {
  it("that says 'not found' makes nothing gone", async () => {
    const other = await listening((_, response) =>
      response.writeHead(404, { "content-type": "text/html" }).end("<h1>Not here</h1>"),
    );
    try {
      const client = await on.provider.connect({ address: other.url });
      const message = (asked: string) => ({
        message: `vault.Mount "it": the server at ${other.url} refused ${asked} (404: text/html). The address must be a Vault or OpenBao server's.`,
      });
      expect(await refusal(client.read(types.mount, "orders", mount, mount))).toEqual(
        message("GET sys/mounts/orders"),
      );
      expect(await refusal(client.delete(types.mount, "orders", mount))).toEqual(
        message("DELETE sys/mounts/orders"),
      );
    } finally {
      other.close();
    }
  });

  it("that answers anything but JSON is named", async () => {
    const other = await listening((_, response) =>
      response.writeHead(200, { "content-type": "text/html" }).end("<h1>Hello</h1>"),
    );
    try {
      const client = await on.provider.connect({ address: other.url });
      expect(await refusal(client.create(types.mount, mount))).toEqual({
        message: `vault.Mount "it": the server at ${other.url} answered POST sys/mounts/orders with text/html, not with JSON. The address must be a Vault or OpenBao server's.`,
      });
    } finally {
      other.close();
    }
  });

  it("that it is redirected to does not get the token", async () => {
    let asked = 0;
    const elsewhere = await listening((_, response) => {
      asked += 1;
      response.end();
    });
    const other = await listening((_, response) =>
      response.writeHead(307, { location: elsewhere.url }).end(),
    );
    try {
      const client = await on.provider.connect({ address: other.url });
      expect(await refusal(client.create(types.mount, mount))).toEqual({
        message: `vault.Mount "it": the server at ${other.url} refused POST sys/mounts/orders (307: no content type). Give the address that it redirects to.`,
      });
      expect(asked).toBe(0);
    } finally {
      other.close();
      elsewhere.close();
    }
  });
});
