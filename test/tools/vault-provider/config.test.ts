import { writeFileSync } from "node:fs";
import { request } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { SignJWT } from "jose";
import type { SecretsServer } from "../../../tools/secrets-server";
import { refusal, secret, StartedProvider, unknown, type Properties } from "./client";
import { issuerKey, issuerKeys, types } from "./samples";
import { Operator, startVault, untilFoundMs } from "./vault";

let server: SecretsServer;
let operator: Operator;
beforeAll(async () => {
  server = await startVault();
  operator = await Operator.of(server);
}, untilFoundMs);
afterAll(() => server.stop());

const policy = (name: string) => ({ name, policy: "# none" });
const exists = async (name: string) => (await operator.get(`sys/policies/acl/${name}`)) !== undefined;

/** A provider that finds nothing in its environment: what it knows, its configuration says. */
let bare: StartedProvider;
beforeAll(async () => {
  bare = await StartedProvider.start();
});
afterAll(() => bare.stop());
const withBare = (test: (provider: StartedProvider) => Promise<void>) => test(bare);

/** A provider of its own for one test. */
async function withProvider(env: Record<string, string>, test: (started: StartedProvider) => Promise<void>) {
  const started = await StartedProvider.start(env);
  try {
    await test(started);
  } finally {
    started.stop();
  }
}

describe("the configuration", () => {
  it("may have what the SDK sends, and its token is secret", () =>
    withBare(async (provider) => {
      const client = await provider.connect();
      const given = {
        address: "http://127.0.0.1:8200",
        token: "canary",
        authLoginJwt: '{"role":"r","jwt":"canary"}',
        maxLeaseTtlSeconds: "1200",
        maxRetries: "2",
        skipTlsVerify: "false",
        version: "7.8.0",
      };
      expect(await client.checkConfig(given)).toEqual({
        inputs: { ...given, token: secret("canary"), authLoginJwt: secret(given.authLoginJwt) },
        failures: [],
      });
    }));

  it("is refused where it asks for what this provider can't do", () =>
    withBare(async (provider) => {
      const client = await provider.connect();
      const { failures } = await client.checkConfig({ authLoginAws: '{"role":"canary"}', headers: "[]" });
      const reason =
        "tools/vault-provider doesn't know it: it signs in with token or authLoginJwt. Install the plugin where it can be downloaded: pulumi plugin install resource vault 7.8.0.";
      expect(failures).toEqual([
        { property: "authLoginAws", reason },
        { property: "headers", reason },
      ]);
    }));

  it("that is not known yet stops no preview", () =>
    withBare(async (provider) => {
      const client = await provider.connect({ address: unknown, token: secret(unknown) });
      const { outputs } = await client.create(types.policy, policy("p"), { preview: true });
      expect(outputs).toEqual(policy("p"));
    }));

  it.each<[string, (own: { address: string; token: string }) => [Record<string, string>, Properties]]>([
    ["its own arguments", ({ address, token }) => [{}, { address, token: secret(token) }]],
    ["Vault's variables", ({ address, token }) => [{ VAULT_ADDR: address, VAULT_TOKEN: token }, {}]],
    ["OpenBao's variables", ({ address, token }) => [{ BAO_ADDR: address, BAO_TOKEN: token }, {}]],
    [
      "its own arguments before the variables",
      ({ address, token }) => [
        { VAULT_ADDR: "http://127.0.0.1:1", VAULT_TOKEN: "wrong" },
        { address, token: secret(token) },
      ],
    ],
    [
      "an address with a slash at the end",
      ({ address, token }) => [{ VAULT_ADDR: `${address}/`, VAULT_TOKEN: token }, {}],
    ],
  ])("comes from %s", (where, from) => {
    const [env, config] = from({ address: server.address, token: operator.token });
    const name = where.toLowerCase().replaceAll(/\W/g, "-");
    return withProvider(env, async (provider) => {
      const client = await provider.connect(config);
      await client.create(types.policy, policy(name));
      expect(await exists(name)).toBe(true);
    });
  });
});

it("two providers of one program keep to their own servers", () =>
  withProvider({ VAULT_ADDR: server.address }, async (provider) => {
    const [mine, other] = [
      await provider.connect({ token: secret(operator.token) }),
      await provider.connect({ address: "http://127.0.0.1:1", token: secret("of another server") }),
    ];
    await mine.create(types.policy, policy("mine"));
    expect(await exists("mine")).toBe(true);
    expect((await refusal(other.create(types.policy, policy("theirs")))).message).toContain(
      "the server at http://127.0.0.1:1 can't be reached",
    );
  }));

it("a connection that the engine dialled anew is the same provider's, while there is only one", () =>
  withProvider({}, async (provider) => {
    const config = { address: server.address, token: secret(operator.token) };
    await provider.connect(config);
    const anew = provider.dial();
    await anew.create(types.policy, policy("dialled-anew"));
    expect(await exists("dialled-anew")).toBe(true);

    await provider.connect({ ...config, namespace: "other" });
    expect(await refusal(provider.dial().create(types.policy, policy("whose")))).toEqual({
      message: 'vault.Policy "it": the engine lost its connection to this provider. Run it again.',
    });
  }));

describe("a login with a token of the job's issuer", () => {
  const jwt = (audience = "vault") =>
    new SignJWT({ sub: "job" })
      .setProtectedHeader({ alg: "ES256" })
      .setAudience(audience)
      .setIssuedAt()
      .setExpirationTime("1m")
      .sign(issuerKeys.privateKey);

  beforeAll(async () => {
    await operator.put("sys/auth/github", { type: "jwt" });
    await operator.put("auth/github/config", { jwt_validation_pubkeys: [issuerKey] });
    await operator.put("sys/policies/acl/deployer", {
      policy: 'path "sys/policies/acl/from-login*" { capabilities = ["create", "read", "update", "delete"] }',
    });
    await operator.put("auth/github/role/deployer", {
      role_type: "jwt",
      user_claim: "sub",
      bound_audiences: ["vault"],
      token_policies: ["deployer"],
    });
  });

  it("takes the place of a token", () =>
    withProvider({ VAULT_ADDR: server.address, VAULT_TOKEN: "wrong" }, async (provider) => {
      const login = JSON.stringify({ mount: "github", role: "deployer", jwt: await jwt() });
      const client = await provider.connect({ authLoginJwt: secret(login) });
      await client.create(types.policy, policy("from-login"));
      expect(await exists("from-login")).toBe(true);
      // It has the rights of its role, and no more.
      const { message } = await refusal(client.create(types.policy, policy("other")));
      expect(message).toContain("refused POST sys/policies/acl/other (403: permission denied)");
    }));

  it("takes its token from where the plugin takes it", async () =>
    withProvider({ VAULT_ADDR: server.address, TERRAFORM_VAULT_AUTH_JWT: await jwt() }, async (provider) => {
      const client = await provider.connect({ authLoginJwt: '{"mount":"github","role":"deployer"}' });
      await client.create(types.policy, policy("from-login-2"));
      expect(await exists("from-login-2")).toBe(true);
    }));

  it("that is refused says so without its token, and can be tried again", () =>
    withProvider({ VAULT_ADDR: server.address }, async (provider) => {
      const token = await jwt("elsewhere");
      const client = await provider.connect({
        authLoginJwt: secret(JSON.stringify({ mount: "github", role: "deployer", jwt: token })),
      });
      const { message } = await refusal(client.create(types.policy, policy("from-login-3")));
      expect(message).toBe(
        `vault.Policy "it": the server at ${server.address} refused POST auth/github/login (400: error validating token: invalid audience (aud) claim: audience claim does not match any expected audience). Correct what it names.`,
      );
      await operator.put("auth/github/role/deployer", {
        role_type: "jwt",
        user_claim: "sub",
        bound_audiences: ["vault", "elsewhere"],
        token_policies: ["deployer"],
      });
      await client.create(types.policy, policy("from-login-3"));
    }));

  it.each([
    ["no role", '{"jwt":"x"}'],
    ["no token", '{"role":"x"}'],
    ["something else", '{"role":"x","jwt":"x","namespace":"n"}'],
    ["no block", "canary"],
  ])("with %s is refused at once", (_, login) =>
    withBare(async (provider) => {
      expect(await refusal(provider.connect({ authLoginJwt: login }))).toEqual({
        message:
          "authLoginJwt must have role and jwt (or TERRAFORM_VAULT_AUTH_JWT be set) and may have mount, nothing else. Correct it.",
      });
    }),
  );
});

describe("over TLS", () => {
  let address: string;
  let caFile: string;
  let close: () => void;

  // The server's own PKI makes the certificate; in front of it stands what a load balancer would be.
  beforeAll(async () => {
    await operator.put("sys/mounts/pki", { type: "pki" });
    const { data: root } = await operator.put("pki/root/generate/internal", {
      common_name: "root",
      ttl: "24h",
    });
    await operator.put("pki/roles/server", { allow_any_name: true, allow_ip_sans: true, ttl: "1h" });
    const { data } = await operator.put("pki/issue/server", {
      common_name: "vault.internal",
      ip_sans: "127.0.0.1",
    });
    const { certificate, private_key: key } = data as { certificate: string; private_key: string };
    caFile = join(server.dir, "ca.pem");
    writeFileSync(caFile, (root as { certificate: string }).certificate);

    const front = createServer({ cert: certificate, key }, (incoming, outgoing) => {
      const { method, url, headers } = incoming;
      const passed = request(`${server.address}${url}`, { method, headers }, (reply) => {
        outgoing.writeHead(reply.statusCode ?? 500, reply.headers);
        reply.pipe(outgoing);
      });
      incoming.pipe(passed);
    });
    await new Promise<void>((resolve) => front.listen(0, "127.0.0.1", resolve));
    address = `https://127.0.0.1:${(front.address() as AddressInfo).port}`;
    close = () => front.close();
  });
  afterAll(() => close());

  it("a certificate of nobody's is refused, with what to do", () =>
    withProvider({ VAULT_ADDR: address, VAULT_TOKEN: operator.token }, async (provider) => {
      const client = await provider.connect();
      const { message } = await refusal(client.create(types.policy, policy("untrusted")));
      expect(message).toMatch(
        /^vault\.Policy "it": the server at https:\/\/127\.0\.0\.1:\d+ has a certificate that is not trusted \([^)]+\)\. Give its authority in caCertFile or VAULT_CACERT\.$/,
      );
      expect(await exists("untrusted")).toBe(false);
    }));

  it.each<[string, () => Record<string, string>, () => Properties]>([
    ["its authority stands in the configuration", () => ({}), () => ({ caCertFile: caFile })],
    ["its authority stands in the environment", () => ({ VAULT_CACERT: caFile }), () => ({})],
    [
      "it names the server, if not its address",
      () => ({ VAULT_CACERT: caFile, VAULT_TLS_SERVER_NAME: "vault.internal" }),
      () => ({}),
    ],
    ["the program says that it need not be", () => ({}), () => ({ skipTlsVerify: "true" })],
  ])("a certificate is trusted when %s", (why, env, config) =>
    withProvider({ VAULT_ADDR: address, VAULT_TOKEN: operator.token, ...env() }, async (provider) => {
      const name = why.toLowerCase().replaceAll(/\W/g, "-");
      const client = await provider.connect(config());
      await client.create(types.policy, policy(name));
      expect(await exists(name)).toBe(true);
    }),
  );

  it("a file that is not there is named", () =>
    withBare(async (provider) => {
      expect(await refusal(provider.connect({ caCertFile: "/nowhere/ca.pem" }))).toEqual({
        message: "caCertFile (or VAULT_CACERT) must be a readable file, got /nowhere/ca.pem (ENOENT).",
      });
    }));
});
