import { execFile } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { findSecretsServer } from "../../../tools/find-secrets-server";
import { screenProgress } from "../../../tools/progress";
import { startSecretsServer, type SecretsServer } from "../../../tools/secrets-server";
import { createStack } from "../../../tools/stack";
import { openTestEngine, type TestEngine } from "../../support/engine";

/** An issuer from its first `up` to its end, on the real engine and secrets server; `openssl` reads what it signs. */
interface Answer {
  status: number;
  errors?: string[];
  warnings?: string[];
  data: Record<string, string> & { keys?: string[]; revocation_time?: number };
  lease_id?: string;
}

let vault: SecretsServer;
let engine: TestEngine;
let stack: string[];
let operator: string;
/** A token of the consumer, and one of nobody that the issuer knows. */
let cart: string;
let stranger: string;
let given: Record<string, string>;

beforeAll(async () => {
  vault = await startSecretsServer(await findSecretsServer(screenProgress()));
  operator = await vault.operatorToken();
  engine = await openTestEngine({
    offline: false,
    env: { VAULT_ADDR: vault.address, VAULT_TOKEN: operator },
  });
  stack = await createStack(engine.engine, join(__dirname, "pki-program"), engine.folder);

  await done("POST", "sys/mounts/pki-root", { type: "pki", config: { max_lease_ttl: "87600h" } });
  const root = await done("POST", "pki-root/root/generate/internal", {
    common_name: "Root",
    key_type: "ec",
    ttl: "87600h",
  });
  keep("root.pem", root.data.certificate ?? "");
  await done("POST", "sys/auth/userpass", { type: "userpass" });
  cart = await signIn("cart");
  stranger = await signIn("stranger");
  given = { ROOT: "pki-root", SERVER: vault.address, ENTITY: entities.cart ?? "" };
}, 30 * 60_000);
afterAll(async () => {
  await engine.close();
  await vault.stop();
});

const entities: Record<string, string> = {};
async function signIn(name: string): Promise<string> {
  await done("POST", `auth/userpass/users/${name}`, { password: "of this test run", token_ttl: "10m" });
  const { auth } = (await done("POST", `auth/userpass/login/${name}`, {
    password: "of this test run",
  })) as unknown as { auth: { client_token: string; entity_id: string } };
  entities[name] = auth.entity_id;
  return auth.client_token;
}

async function call(method: string, path: string, body?: object, token = operator): Promise<Answer> {
  const response = await fetch(`${vault.address}/v1/${path}`, {
    method,
    headers: { "x-vault-token": token },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { ...((text === "" ? {} : JSON.parse(text)) as Answer), status: response.status };
}
async function done(method: string, path: string, body?: object, token?: string): Promise<Answer> {
  const answer = await call(method, path, body, token);
  if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.errors?.join() ?? answer.status}`);
  return answer;
}

const pulumi = async (command: string[], env: Record<string, string>) => {
  const { code, output } = await engine.pulumi([...command, ...stack], { env: { ...given, ...env } });
  return code === 0 ? "done" : output;
};
const up = (env: Record<string, string> = {}) => pulumi(["up", "--yes", "--skip-preview"], env);

const file = (name: string) => join(engine.folder, name);
function keep(name: string, content: string | Buffer): string {
  writeFileSync(file(name), content);
  return file(name);
}
const run = promisify(execFile);
/** What `openssl` says, or the last line of why it doesn't. */
async function openssl(...args: string[]): Promise<string> {
  try {
    const { stdout, stderr } = await run("openssl", args, { cwd: engine.folder });
    return stdout + stderr;
  } catch (error) {
    return (error as { stderr: string }).stderr.trim();
  }
}

/** A request for a certificate, as a workload makes it: its key stays in the file. */
async function request(commonName: string, ...names: string[]): Promise<string> {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  keep("key.pem", privateKey.export({ type: "pkcs8", format: "pem" }).toString());
  const subject = commonName === "" ? "/" : `/CN=${commonName}`;
  const alternative = names.length > 0 ? ["-addext", `subjectAltName=${names.join(",")}`] : [];
  return openssl("req", "-new", "-key", "key.pem", "-subj", subject, ...alternative);
}
const sign = async (role: string, csr: string, more: object = {}, token = cart) =>
  call("POST", `shop-pki/sign/${role}`, { csr, ...more }, token);

const lifetimeOf = async (certificate: string) => {
  const [from, to] = (await openssl("x509", "-in", certificate, "-noout", "-dates"))
    .trim()
    .split("\n")
    .map((line) => Date.parse(line.slice(line.indexOf("=") + 1)));
  return ((to ?? 0) - (from ?? 0)) / 1000;
};
/** Vault dates a certificate back by half a minute, for clocks that are late. */
const backdated = 30;

async function fetched(path: string): Promise<Buffer> {
  return Buffer.from(await (await fetch(`${vault.address}/v1/${path}`)).arrayBuffer());
}
/** How Vault says what its own code did not expect. */
const oneError = (text: string) => `1 error occurred:\n\t* ${text}\n\n`;
const issuerId = async () => (await done("GET", "shop-pki/config/issuers")).data.default ?? "";

it("signs for the exact names, for an hour, and says where its revocation stands", async () => {
  expect(await up()).toBe("done");
  expect(await pulumi(["preview", "--expect-no-changes"], {})).toBe("done");

  const signed = await sign(
    "cart",
    await request("cart.shop.example.com", "URI:spiffe://shop.example.com/cart"),
  );
  const { certificate = "", issuing_ca: issuer = "" } = signed.data;
  const leaf = keep("leaf.pem", certificate);
  keep("issuer.pem", issuer);
  expect(await openssl("verify", "-CAfile", "root.pem", "-untrusted", "issuer.pem", leaf)).toBe(
    `${leaf}: OK\n`,
  );
  expect(await lifetimeOf(leaf)).toBe(3600 + backdated);
  const at = `${vault.address}/v1/shop-pki`;
  const id = await issuerId();
  const extensions =
    "subjectAltName,keyUsage,extendedKeyUsage,basicConstraints,authorityInfoAccess,crlDistributionPoints";
  expect(
    (await openssl("x509", "-in", leaf, "-noout", "-subject", "-ext", extensions))
      .split("\n")
      .map((text) => text.trim())
      .filter((text) => text !== ""),
  ).toEqual([
    "subject=CN = cart.shop.example.com",
    "X509v3 Key Usage: critical",
    "Digital Signature",
    "X509v3 Extended Key Usage:",
    "TLS Web Server Authentication, TLS Web Client Authentication",
    "Authority Information Access:",
    `OCSP - URI:${at}/ocsp`,
    `CA Issuers - URI:${at}/issuer/${id}/der`,
    "X509v3 Subject Alternative Name:",
    "DNS:cart.shop.example.com, URI:spiffe://shop.example.com/cart",
    "X509v3 CRL Distribution Points:",
    "Full Name:",
    `URI:${at}/issuer/${id}/crl/der`,
  ]);
}, 120_000);

it("is held to its domains by its own certificate, and can sign no further issuer", async () => {
  const text = await openssl(
    "x509",
    "-in",
    "issuer.pem",
    "-noout",
    "-ext",
    "basicConstraints,nameConstraints",
  );
  expect(text.split("\n").map((part) => part.trim())).toEqual([
    "X509v3 Basic Constraints: critical",
    "CA:TRUE, pathlen:0",
    "X509v3 Name Constraints: critical",
    "Permitted:",
    "DNS:shop.example.com",
    "URI:shop.example.com",
    "Excluded:",
    "IP:0.0.0.0/0.0.0.0",
    "IP:0:0:0:0:0:0:0:0/0:0:0:0:0:0:0:0",
    "email:shop.example.com",
    "email:.shop.example.com",
    "",
  ]);
  // A role that somebody adds by hand gets no further.
  await done("POST", "shop-pki/roles/by-hand", {
    key_type: "any",
    allow_any_name: true,
    enforce_hostnames: false,
  });
  const { errors } = await sign("by-hand", await request("bank.example.com"), {}, operator);
  expect(errors).toEqual([
    oneError(
      'x509: a root or intermediate certificate is not authorized to sign for this name: DNS name "bank.example.com" is not permitted by any constraint',
    ),
  ]);
  await done("DELETE", "shop-pki/roles/by-hand");
});

it.each<{ what: string; role: string; names: [string, ...string[]]; says: string }>([
  {
    what: "a name below an exact one",
    role: "cart",
    names: ["a.cart.shop.example.com"],
    says: "common name a.cart.shop.example.com not allowed by this role",
  },
  {
    what: "a wildcard",
    role: "cart",
    names: ["*.cart.shop.example.com"],
    says: "common name *.cart.shop.example.com not allowed by this role",
  },
  {
    what: "another name beside its own",
    role: "cart",
    names: ["cart.shop.example.com", "DNS:pay.shop.example.com"],
    says: "subject alternate name pay.shop.example.com not allowed by this role",
  },
  {
    what: "another workload's URI",
    role: "cart",
    names: ["cart.shop.example.com", "URI:spiffe://shop.example.com/pay"],
    says: "URI Subject Alternative Names were provided via CSR which are not valid for this role",
  },
  {
    what: "an address",
    role: "cart",
    names: ["cart.shop.example.com", "IP:10.0.0.1"],
    says: "IP Subject Alternative Names are not allowed in this role, but was provided some via CSR",
  },
  {
    what: "localhost",
    role: "cart",
    names: ["localhost"],
    says: "common name localhost not allowed by this role",
  },
  {
    what: "the domain of a role for names below it",
    role: "edge",
    names: ["edge.shop.example.com"],
    says: "common name edge.shop.example.com not allowed by this role",
  },
])("refuses $what", async ({ role, names, says }) => {
  const { status, errors } = await sign(role, await request(...names));
  expect({ status, errors }).toEqual({ status: 400, errors: [says] });
});

it("refuses an e-mail address, which Vault's role for a host name would take", async () => {
  const csr = await request("cart.shop.example.com", "email:root@cart.shop.example.com");
  expect((await sign("cart", csr)).errors).toEqual([
    oneError(
      'x509: a root or intermediate certificate is not authorized to sign for this name: email address "root@cart.shop.example.com" is excluded by constraint "shop.example.com"',
    ),
  ]);
});

it("cuts a longer time to the role's, and lets nobody name an end of its own", async () => {
  const csr = await request("cart.shop.example.com");
  const long = await sign("cart", csr, { ttl: "720h" });
  expect(await lifetimeOf(keep("long.pem", long.data.certificate ?? ""))).toBe(3600 + backdated);
  // Vault would give this one for twelve days, whatever role and mount say.
  const not_after = new Date(Date.now() + 12 * 86_400_000).toISOString();
  expect((await sign("cart", csr, { not_after }, operator)).status).toBe(200);
  expect((await sign("cart", csr, { not_after })).status).toBe(403);
});

it("lets in its consumers only, and them to their roles only", async () => {
  const csr = await request("cart.shop.example.com");
  expect((await sign("cart", csr, {}, stranger)).status).toBe(403);
  const legacy = { common_name: "old.shop.example.com" };
  expect((await call("POST", "shop-pki/issue/legacy", legacy, cart)).status).toBe(403);
  expect(
    (await call("POST", "shop-pki/issue/cart", { common_name: "cart.shop.example.com" }, cart)).status,
  ).toBe(403);
  const issued = await call("POST", "shop-pki/issue/legacy", legacy);
  expect(issued.data.private_key).toContain("PRIVATE KEY");
});

describe("a revocation", () => {
  it("by who holds the key stands in the CRL, and the OCSP answer says so at once", async () => {
    const signed = await sign("cart", await request("cart.shop.example.com"));
    const { certificate = "", serial_number: serial = "" } = signed.data;
    const leaf = keep("revoked.pem", certificate);
    const ask = () =>
      openssl(
        "ocsp",
        "-issuer",
        "issuer.pem",
        "-cert",
        leaf,
        "-CAfile",
        "root.pem",
        "-verify_other",
        "issuer.pem",
        "-url",
        `${vault.address}/v1/shop-pki/ocsp`,
      );
    expect(await ask()).toContain(`${leaf}: good`);

    const key = readFileSync(file("key.pem"), "utf8");
    await done("POST", "shop-pki/revoke-with-key", { certificate, private_key: key }, cart);
    expect(await ask()).toContain(`${leaf}: revoked`);

    // What the server does by itself within five minutes.
    await done("GET", "shop-pki/crl/rotate");
    keep("crl.der", await fetched(`shop-pki/issuer/${await issuerId()}/crl/der`));
    const crl = await openssl("crl", "-inform", "DER", "-in", "crl.der", "-noout", "-text");
    expect(crl).toContain(`Serial Number: ${serial.replaceAll(":", "").toUpperCase()}`);
    await openssl("crl", "-inform", "DER", "-in", "crl.der", "-out", "crl.pem");
    const checked = await openssl(
      "verify",
      "-crl_check",
      "-CRLfile",
      "crl.pem",
      "-CAfile",
      "root.pem",
      "-untrusted",
      "issuer.pem",
      leaf,
    );
    expect(checked).toContain("certificate revoked");
  });

  it("needs the key", async () => {
    const signed = await sign("cart", await request("cart.shop.example.com"));
    await request("cart.shop.example.com");
    const body = {
      certificate: signed.data.certificate,
      private_key: readFileSync(file("key.pem"), "utf8"),
    };
    expect((await call("POST", "shop-pki/revoke-with-key", body, cart)).errors).toEqual([
      oneError("provided private key does not match certificate's public key"),
    ]);
    const serial = { serial_number: signed.data.serial_number };
    expect((await call("POST", "shop-pki/revoke", serial, cart)).status).toBe(403);
    expect((await call("POST", "shop-pki/revoke", serial)).status).toBe(200);
  });

  it("comes with the end of the token where the role says so", async () => {
    const token = await signIn("cart");
    const signed = await sign("edge", await request("*.edge.shop.example.com"), {}, token);
    const serial = signed.data.serial_number ?? "";
    const revoked = async () => (await done("GET", `shop-pki/cert/${serial}`)).data.revocation_time;
    expect(await revoked()).toBe(0);
    await done("POST", "auth/token/revoke", { token });
    for (let tries = 0; tries < 100 && (await revoked()) === 0; tries++)
      await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await revoked()).toBeGreaterThan(0);
  });
});

it("takes a shorter time at the next up, and a new key that leaves the old certificates good", async () => {
  const before = await issuerId();
  expect(await up({ MAX_TTL: "600", ISSUER_VERSION: "2" })).toBe("done");
  expect(await issuerId()).not.toBe(before);
  const signed = await sign("cart", await request("cart.shop.example.com"));
  const leaf = keep("next.pem", signed.data.certificate ?? "");
  expect(await lifetimeOf(leaf)).toBe(600 + backdated);
  keep("next-issuer.pem", signed.data.issuing_ca ?? "");
  expect(await openssl("verify", "-CAfile", "root.pem", "-untrusted", "next-issuer.pem", leaf)).toBe(
    `${leaf}: OK\n`,
  );
  expect(await openssl("verify", "-CAfile", "root.pem", "-untrusted", "issuer.pem", file("leaf.pem"))).toBe(
    `${file("leaf.pem")}: OK\n`,
  );
  expect(
    await openssl(
      "crl",
      "-inform",
      "DER",
      "-in",
      keep("old.der", await fetched(`shop-pki/issuer/${before}/crl/der`)),
      "-noout",
      "-issuer",
    ),
  ).toBe("issuer=CN = Shop workloads\n");
}, 120_000);

it("keeps its private key to itself", async () => {
  const { output } = await engine.pulumi(["stack", "export", "--show-secrets", ...stack.slice(0, 4)], {
    env: given,
  });
  expect(output).toContain("BEGIN CERTIFICATE");
  expect(output).not.toContain("PRIVATE KEY");
  const keys = await done("GET", "shop-pki/keys?list=true");
  expect(keys.data.keys).toHaveLength(2);
});

it("is gone after its end", async () => {
  expect(await pulumi(["destroy", "--yes", "--skip-preview"], { MAX_TTL: "600", ISSUER_VERSION: "2" })).toBe(
    "done",
  );
  expect((await sign("cart", "", {}, operator)).status).toBe(404);
}, 60_000);

it("is signed elsewhere: its request comes out, and the certificate goes back in", async () => {
  const outside = { ROOT: "", ENTITY: "" };
  const { code, output } = await engine.pulumi(["up", "--yes", "--skip-preview", ...stack], {
    env: { ...given, ...outside },
  });
  expect({ code, output }).toMatchObject({ code: 0 });
  const csr = async () => (await engine.pulumi(["stack", "output", "csr", ...stack.slice(0, 4)])).output;
  keep("outside.csr", await csr());
  await openssl(
    "req",
    "-x509",
    "-newkey",
    "ec",
    "-pkeyopt",
    "ec_paramgen_curve:P-256",
    "-nodes",
    "-keyout",
    "outside-key.pem",
    "-out",
    "outside-root.pem",
    "-subj",
    "/CN=Outside",
    "-days",
    "2",
  );
  keep(
    "ca.cnf",
    "basicConstraints=critical,CA:TRUE,pathlen:0\nkeyUsage=critical,keyCertSign,cRLSign\nsubjectKeyIdentifier=hash\n",
  );
  const signed = await openssl(
    "x509",
    "-req",
    "-in",
    "outside.csr",
    "-CA",
    "outside-root.pem",
    "-CAkey",
    "outside-key.pem",
    "-CAcreateserial",
    "-days",
    "2",
    "-extfile",
    "ca.cnf",
    "-out",
    "outside-issuer.pem",
  );
  expect(signed).toContain("Certificate request self-signature ok");

  const SIGNED = readFileSync(file("outside-issuer.pem"), "utf8");
  expect(await up({ ...outside, SIGNED })).toBe("done");
  const { data } = await sign("cart", await request("cart.shop.example.com"), {}, operator);
  const leaf = keep("outside-leaf.pem", data.certificate ?? "");
  expect(
    await openssl("verify", "-CAfile", "outside-root.pem", "-untrusted", "outside-issuer.pem", leaf),
  ).toBe(`${leaf}: OK\n`);
  expect(await pulumi(["destroy", "--yes", "--skip-preview"], { ...outside, SIGNED })).toBe("done");
}, 120_000);
