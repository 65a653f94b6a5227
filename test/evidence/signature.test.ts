import { createHash, generateKeyPairSync, verify, type KeyObject } from "node:crypto";
import { copyFileSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { nhi } from "../cli/run";
import { exported, key as staticKey, newFolder } from "../cli/state";

jest.setTimeout(60_000);
const { folder, write } = newFolder();
afterAll(() => rmSync(folder, { recursive: true }));

function keys(name: string, made: { publicKey: KeyObject; privateKey: KeyObject }) {
  return {
    private: write(`${name}.pem`, made.privateKey.export({ type: "pkcs8", format: "pem" }) as string),
    public: write(`${name}.pub`, made.publicKey.export({ type: "spki", format: "pem" }) as string),
  };
}
const ed25519 = keys("ed25519", generateKeyPairSync("ed25519"));
const p256 = keys("p256", generateKeyPairSync("ec", { namedCurve: "P-256" }));
const rsa = keys("rsa", generateKeyPairSync("rsa", { modulusLength: 2048 }));

const state = write("prod.json", exported("prod", [staticKey]));
const audited = async (name: string, ...more: string[]) => {
  const file = join(folder, name);
  return { file, ran: await nhi(["audit", "--state", state, "--evidence", file, ...more]) };
};
const verified = (file: string, key: string) => nhi(["verify", file, "--public-key", key]);

describe.each([
  { name: "Ed25519", pair: ed25519, other: p256.public, digest: null },
  { name: "ECDSA P-256", pair: p256, other: ed25519.public, digest: "sha256" },
])("$name", ({ name, pair, other, digest }) => {
  let file: string;
  beforeAll(async () => {
    const made = await audited(`${name}.ndjson`, "--sign", pair.private);
    file = made.file;
  });
  /** The file and its signature, to be broken. */
  const copy = (to: string) => {
    const path = join(folder, `${name}-${to}.ndjson`);
    copyFileSync(file, path);
    copyFileSync(`${file}.sig`, `${path}.sig`);
    return path;
  };

  it("signs, and verifies", async () => {
    const { code, out } = await verified(file, pair.public);
    expect(code).toBe(0);
    expect(out).toMatch(/ excepted\. Hash [0-9a-f]{64}, signed with this key\n$/);
  });

  it("is a DSSE envelope of an in-toto statement that anybody can verify", () => {
    const { payloadType, payload, signatures } = JSON.parse(readFileSync(`${file}.sig`, "utf8")) as {
      payloadType: string;
      payload: string;
      signatures: { sig: string; keyid: string }[];
    };
    const body = Buffer.from(payload, "base64");
    const pae = Buffer.from(`DSSEv1 28 application/vnd.in-toto+json ${body.length} ${body.toString()}`);
    const sig = Buffer.from(signatures[0]?.sig ?? "", "base64");
    expect(payloadType).toBe("application/vnd.in-toto+json");
    expect(verify(digest, pae, readFileSync(pair.public, "utf8"), sig)).toBe(true);
    expect(JSON.parse(body.toString())).toMatchObject({
      _type: "https://in-toto.io/Statement/v1",
      subject: [
        {
          name: `${name}.ndjson`,
          digest: { sha256: createHash("sha256").update(readFileSync(file)).digest("hex") },
        },
      ],
      predicateType: "urn:pulumi-nhi:evidence:v1",
      predicate: { complete: true },
    });
  });

  it("finds a changed byte", async () => {
    const path = copy("changed");
    writeFileSync(path, readFileSync(path, "utf8").replace("no-static-keys", "no-static-kexs"));
    expect(await verified(path, pair.public)).toEqual({
      code: 1,
      out: `${path}: line 2 is not what was written: its hash is another one.\n`,
      err: "",
    });
  });

  it("finds another key", async () => {
    expect(await verified(file, other)).toEqual({
      code: 1,
      out: `${file}: its signature was not made with this key, or was changed.\n`,
      err: "",
    });
  });

  it("finds the signature of another file", async () => {
    const { file: second } = await audited(`${name}-second.ndjson`);
    copyFileSync(`${file}.sig`, `${second}.sig`);
    const hash = /"hash":"([0-9a-f]{64})"\}\n$/.exec(readFileSync(file, "utf8"))?.[1];
    expect(await verified(second, pair.public)).toEqual({
      code: 1,
      out: `${second}: its signature is that of another file, with the last hash ${hash}.\n`,
      err: "",
    });
  });

  it("finds a signature that was cut, as a file and in itself", async () => {
    const path = copy("cut");
    const whole = readFileSync(`${path}.sig`, "utf8");
    writeFileSync(`${path}.sig`, whole.slice(0, -20));
    expect((await verified(path, pair.public)).out).toBe(
      `${path}: its signature is no whole DSSE envelope: it was cut, or is something else.\n`,
    );
    writeFileSync(`${path}.sig`, whole.replace(/"sig":"(.{40})[^"]+"/, '"sig":"$1"'));
    expect((await verified(path, pair.public)).out).toBe(
      `${path}: its signature was not made with this key, or was changed.\n`,
    );
  });

  it("finds a payload that was changed", async () => {
    const path = copy("payload");
    const envelope = JSON.parse(readFileSync(`${path}.sig`, "utf8")) as { payload: string };
    const payload = Buffer.from(envelope.payload, "base64")
      .toString()
      .replace('"complete":true', '"complete":null');
    writeFileSync(
      `${path}.sig`,
      JSON.stringify({ ...envelope, payload: Buffer.from(payload).toString("base64") }),
    );
    expect((await verified(path, pair.public)).out).toBe(
      `${path}: its signature was not made with this key, or was changed.\n`,
    );
  });
});

it("signs what was written before, once, and only what is whole", async () => {
  const { file } = await audited("later.ndjson");
  expect(await verified(file, ed25519.public)).toEqual({
    code: 3,
    out: "",
    err: `${file}.sig can't be read: ENOENT.\n`,
  });
  expect(await nhi(["sign", file, "--key", ed25519.private])).toEqual({ code: 0, out: "", err: "" });
  expect((await verified(file, ed25519.public)).code).toBe(0);
  expect(await nhi(["sign", file, "--key", p256.private])).toEqual({
    code: 3,
    out: "",
    err: `${file}.sig is there already, and a signature is not written over: remove it to sign again.\n`,
  });
  const cut = write("cut.ndjson", readFileSync(file, "utf8").slice(0, -10));
  expect((await nhi(["sign", cut, "--key", ed25519.private])).err).toMatch(
    /cut\.ndjson: line \d+ ends in the middle: the file was cut, or its writer was stopped\.\n$/,
  );
});

it("takes no other key, tells it before a run begins, and never shows it", async () => {
  const { ran, file } = await audited("rsa.ndjson", "--sign", rsa.private);
  expect(ran).toEqual({
    code: 3,
    out: "",
    err: `${rsa.private} must hold an unencrypted private key of Ed25519 or ECDSA P-256 in PEM.\n`,
  });
  expect((await nhi(["verify", file])).err).toBe(`${file} can't be read: ENOENT.\n`);
  expect((await verified(file, ed25519.private)).err).toBe(
    `${ed25519.private} must hold a public key of Ed25519 or ECDSA P-256 in PEM.\n`,
  );
  expect((await nhi(["audit", "--state", state, "--sign", ed25519.private])).err).toBe(
    "--sign goes with --evidence.\n",
  );
});
