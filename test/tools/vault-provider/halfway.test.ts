import { refusal, secret } from "./client";
import { connectionUrl, issuerKey, types } from "./samples";
import { clientWith, onVault } from "./vault";

const on = onVault();

describe("what fails halfway", () => {
  const backend = {
    path: "half",
    type: "jwt",
    local: false,
    namespaceInState: true,
    oidcDiscoveryUrl: "http://127.0.0.1:1",
  };

  it("and can't be taken back is kept in the state, as far as it came", async () => {
    const client = await clientWith(on, "maker", {
      "sys/auth/half": ["create", "update", "sudo"],
      "auth/half/config": ["create", "update"],
    });
    const { message, partial } = await refusal(client.create(types.authBackend, backend));
    expect(message).toBe(
      `vault.jwt.AuthBackend "it": the server at ${on.server.address} refused POST auth/half/config (400: error checking oidc discovery URL). Correct what it names.`,
    );
    expect(partial).toEqual({
      id: "half",
      outputs: { path: "half", type: "jwt", local: false },
      reasons: [message],
    });

    // The engine comes back with an update, and that is enough.
    const all = await on.provider.connect();
    const news = {
      path: "half",
      type: "jwt",
      local: false,
      namespaceInState: true,
      jwtValidationPubkeys: [issuerKey],
    };
    const mended = await all.update(types.authBackend, "half", partial?.outputs ?? {}, news);
    expect(mended).toMatchObject({ jwtValidationPubkeys: [issuerKey.trim()] });
    await all.delete(types.authBackend, "half", mended);
  });

  it("after a mount was moved, the state has where it is now", async () => {
    const all = await on.provider.connect();
    const { id, outputs } = await all.create(types.mount, { path: "from", type: "kv" });
    const client = await clientWith(on, "mover", {
      "sys/remount": ["update", "sudo"],
      "sys/remount/status/*": ["read"],
    });
    const news = { path: "to", type: "kv", description: "moved" };
    const { message, partial } = await refusal(client.update(types.mount, id, outputs, news));
    expect(message).toContain("refused POST sys/mounts/to/tune (403: permission denied)");
    expect(partial).toEqual({ id: "from", outputs: { ...outputs, path: "to" }, reasons: [message] });

    const mended = await all.update(types.mount, id, partial?.outputs ?? {}, news);
    expect(mended).toMatchObject({ path: "to", description: "moved" });
    await all.delete(types.mount, id, mended);
  });

  it("after it was written, the state has what was written", async () => {
    await on.operator.put("sys/mounts/db", { type: "database" });
    const client = await clientWith(on, "writer", { "db/config/c": ["create", "update"] });
    const inputs = {
      backend: "db",
      name: "c",
      verifyConnection: false,
      postgresql: { connectionUrl, username: "v", passwordWo: secret("canary"), passwordWoVersion: 1 },
    };
    const { message, partial } = await refusal(client.create(types.connection, inputs));
    expect(message).toBe(
      `vault.database.SecretBackendConnection "it": it was written, but reading it back failed: the server at ${on.server.address} refused GET db/config/c (403: permission denied). The token must be valid, and its policies must allow read (and sudo where Vault asks for it) on "db/config/c".`,
    );
    expect(partial).toEqual({
      id: "db/config/c",
      outputs: { ...inputs, postgresql: { connectionUrl, username: "v", passwordWoVersion: 1 } },
      reasons: [message],
    });
  });
});
