import { refusal, secret } from "./client";
import { onVault } from "./vault";

const on = onVault(async (operator) => {
  await operator.put("sys/mounts/pki", { type: "pki" });
});
const nothing = { id: "", inputs: {}, outputs: {} };

describe("an engine and its connection in one resource", () => {
  const ldap = "vault:ldap/secretBackend:SecretBackend";
  const rabbitMq = "vault:rabbitMq/secretBackend:SecretBackend";
  const connection = {
    path: "directory",
    binddn: "cn=vault,dc=example,dc=com",
    url: "ldaps://ldap.example.com",
    userdn: "ou=machines,dc=example,dc=com",
    bindpassWo: secret("canary"),
    bindpassWoVersion: 1,
  };

  it("is made, found, changed, mended, moved and removed", async () => {
    const { inputs } = await on.client.check(ldap, { ...connection, description: "of team-data" });
    const { id, outputs: made } = await on.client.create(ldap, inputs);
    expect(id).toBe("directory");
    expect(JSON.stringify(made)).not.toContain("canary");
    expect(await on.operator.get("directory/config")).toMatchObject({
      binddn: "cn=vault,dc=example,dc=com",
      url: "ldaps://ldap.example.com",
    });
    expect((await on.client.read(ldap, id, made, inputs)).inputs).toEqual(inputs);

    const next = { ...inputs, path: "people", userdn: "ou=other,dc=example,dc=com", maxLeaseTtlSeconds: 900 };
    const changed = await on.client.update(ldap, id, made, next);
    expect(await on.operator.get("people/config")).toMatchObject({ userdn: "ou=other,dc=example,dc=com" });
    expect(await on.operator.get("sys/mounts/people")).toMatchObject({ config: { max_lease_ttl: 900 } });

    await on.operator.put("people/config", { binddn: "cn=mallory", bindpass: "x", insecure_tls: true });
    const found = await on.client.read(ldap, "people", changed, next);
    expect(found.inputs).toMatchObject({ binddn: "cn=mallory", insecureTls: true });
    const mended = await on.client.update(ldap, "people", found.outputs, next);
    expect(await on.operator.get("people/config")).toMatchObject({
      binddn: "cn=vault,dc=example,dc=com",
      insecure_tls: false,
    });

    await on.client.delete(ldap, "people", mended);
    expect(await on.client.read(ldap, "people", mended, next)).toEqual(nothing);
  });

  it("leaves no mount behind when its connection fails", async () => {
    const { inputs } = await on.client.check(rabbitMq, {
      path: "queues",
      connectionUri: "http://127.0.0.1:9",
      username: "vault",
      passwordWo: secret("canary"),
      passwordWoVersion: 1,
    });
    const { message, partial } = await refusal(on.client.create(rabbitMq, inputs));
    expect(message).toBe(
      `vault.rabbitMq.SecretBackend "it": the server at ${on.server.address} refused POST queues/config/connection (500: failed to validate the connection: Get "http://127.0.0.1:9/api/users/": dial tcp 127.0.0.1:9: connect: connection refused). The server's log has more.`,
    );
    expect(message).not.toContain("canary");
    expect(partial).toBeUndefined();
    expect(await on.operator.get("sys/mounts/queues")).toBeUndefined();
  });

  it("says so when the path has another engine, and leaves that one alone", async () => {
    const { inputs } = await on.client.check(ldap, { ...connection, path: "pki" });
    const { message } = await refusal(on.client.create(ldap, inputs));
    expect(message).toBe(
      `vault.ldap.SecretBackend "it": the server at ${on.server.address} refused POST sys/mounts/pki (400: path is already in use at pki/). Import what is there, or give another path.`,
    );
    expect(await on.operator.get("sys/mounts/pki")).toMatchObject({ type: "pki" });
  });

  it("says so when the server has no such engine", async () => {
    const mount = "vault:index/mount:Mount";
    const { message } = await refusal(on.client.create(mount, { path: "x", type: "rabbitmq-enterprise" }));
    expect(message).toBe(
      `vault.Mount "it": the server at ${on.server.address} refused POST sys/mounts/x (400: plugin not found in the catalog: rabbitmq-enterprise). Correct what it names.`,
    );
  });
});

describe("a setting of a mount", () => {
  const crl = "vault:pkiSecret/secretBackendCrlConfig:SecretBackendCrlConfig";

  it("is written, found, mended, and stays with the mount when it is deleted", async () => {
    const { inputs } = await on.client.check(crl, {
      backend: "pki",
      autoRebuild: true,
      expiry: "1h",
      autoRebuildGracePeriod: "55m",
    });
    const { id, outputs } = await on.client.create(crl, inputs);
    expect(id).toBe("pki/config/crl");
    expect(await on.operator.get("pki/config/crl")).toMatchObject({ auto_rebuild: true, disable: false });
    expect((await on.client.read(crl, id, outputs, inputs)).inputs).toEqual(inputs);

    await on.operator.put("pki/config/crl", { disable: true, auto_rebuild: false });
    const found = await on.client.read(crl, id, outputs, inputs);
    expect(found.inputs).toEqual({ ...inputs, disable: true, autoRebuild: false });
    const mended = await on.client.update(crl, id, found.outputs, inputs);
    expect(await on.operator.get("pki/config/crl")).toMatchObject({ auto_rebuild: true, disable: false });

    await on.client.delete(crl, id, mended);
    expect(await on.operator.get("pki/config/crl")).toMatchObject({ auto_rebuild: true });
  });
});

describe("what the server does once", () => {
  const request = "vault:pkiSecret/secretBackendIntermediateCertRequest:SecretBackendIntermediateCertRequest";

  it("is kept as it was answered, and made anew when anything of it changes", async () => {
    const { inputs } = await on.client.check(request, {
      backend: "pki",
      type: "internal",
      commonName: "Workloads",
      keyType: "ec",
      keyBits: 256,
    });
    const { id, outputs } = await on.client.create(request, inputs);
    expect(outputs.csr).toMatch(/^-----BEGIN CERTIFICATE REQUEST-----/);
    expect(Object.keys(outputs)).not.toContain("privateKey");
    expect(await on.client.read(request, id, outputs, inputs)).toEqual({ id, inputs, outputs });
    const { replaces } = await on.client.diff(request, inputs, { ...inputs, commonName: "Others" });
    expect(replaces).toEqual(["commonName"]);
    await on.client.delete(request, id, outputs);
    expect(await on.operator.get(`pki/key/${String(outputs.keyId)}`)).toMatchObject({ key_type: "ec" });
  });

  it("keeps a key that it hands out secret", async () => {
    const { inputs } = await on.client.check(request, { backend: "pki", type: "exported", commonName: "A" });
    const { outputs } = await on.client.create(request, inputs);
    expect(outputs.privateKey).toEqual(secret(expect.stringContaining("PRIVATE KEY")));
  });
});
