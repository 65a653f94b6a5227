import { createHash, createPrivateKey, createPublicKey, sign, verify, type KeyObject } from "node:crypto";
import type { Verified } from "./verify";

/** DSSE version 1 (github.com/secure-systems-lab/dsse) around a statement of in-toto version 1. */
const payloadType = "application/vnd.in-toto+json";
const statementType = "https://in-toto.io/Statement/v1";
const predicateType = "urn:pulumi-nhi:evidence:v1";

/** What is signed: the file by its SHA-256, and the chain's last hash, which `nhi verify` prints. */
interface Statement {
  _type: typeof statementType;
  subject: [{ name: string; digest: { sha256: string } }];
  predicateType: typeof predicateType;
  predicate: { run: string; lastHash: string; records: number; finishedAt: string; complete: boolean };
}

interface Envelope {
  payloadType: typeof payloadType;
  payload: string;
  signatures: { keyid: string; sig: string }[];
}

/** An unencrypted private key of Ed25519 or ECDSA P-256 in PEM; nothing where it is anything else. */
export const readPrivateKey = (pem: string): KeyObject | undefined => usable(() => createPrivateKey(pem));

/** The public key in PEM; nothing where it is none of Ed25519 or ECDSA P-256. */
export const readPublicKey = (pem: string): KeyObject | undefined =>
  // Node makes a public key of a private one, which has no place where evidence is verified.
  pem.includes("PRIVATE KEY") ? undefined : usable(() => createPublicKey(pem));

function usable(read: () => KeyObject): KeyObject | undefined {
  try {
    const key = read();
    const isP256 = key.asymmetricKeyDetails?.namedCurve === "prime256v1";
    return key.asymmetricKeyType === "ed25519" || isP256 ? key : undefined;
  } catch {
    return undefined;
  }
}

/** Signs a file that was verified. Gives the envelope for the file beside it. */
export function signed(name: string, sha256: string, found: Verified, key: KeyObject): string {
  const { header, trailer, records, hash } = found;
  const statement: Statement = {
    _type: statementType,
    subject: [{ name, digest: { sha256 } }],
    predicateType,
    predicate: {
      run: header.id,
      lastHash: hash,
      records,
      finishedAt: trailer.finishedAt,
      complete: trailer.complete,
    },
  };
  const payload = Buffer.from(JSON.stringify(statement));
  const envelope: Envelope = {
    payloadType,
    payload: payload.toString("base64"),
    signatures: [{ keyid: keyId(key), sig: sign(digestOf(key), encoded(payload), key).toString("base64") }],
  };
  return `${JSON.stringify(envelope)}\n`;
}

/** What is wrong with the signature of a file that is whole; nothing where the key signed this very file. */
export function signatureProblem(
  envelope: string,
  sha256: string,
  found: Verified,
  key: KeyObject,
): string | undefined {
  const read = readEnvelope(envelope);
  if (!read) return "its signature is no whole DSSE envelope: it was cut, or is something else.";
  const payload = Buffer.from(read.payload, "base64");
  const isOfKey = read.signatures.some(({ sig }) =>
    verify(digestOf(key), encoded(payload), key, Buffer.from(sig, "base64")),
  );
  if (!isOfKey) return "its signature was not made with this key, or was changed.";
  const statement = readStatement(payload);
  if (!statement) return "its signature signs something else than evidence.";
  const [{ digest }] = statement.subject;
  if (digest.sha256 !== sha256 || statement.predicate.lastHash !== found.hash)
    return `its signature is that of another file, with the last hash ${statement.predicate.lastHash}.`;
  return undefined;
}

/** Ed25519 hashes by itself; ECDSA P-256 goes with SHA-256. */
const digestOf = (key: KeyObject) => (key.asymmetricKeyType === "ed25519" ? null : "sha256");

const keyId = (key: KeyObject) =>
  createHash("sha256")
    .update(createPublicKey(key).export({ type: "spki", format: "der" }))
    .digest("hex");

/** What DSSE has signed: the type and the payload, each with its length before it. */
const encoded = (payload: Buffer) =>
  Buffer.concat([Buffer.from(`DSSEv1 ${payloadType.length} ${payloadType} ${payload.length} `), payload]);

function readEnvelope(text: string): Envelope | undefined {
  const envelope = parsed(text) as Partial<Envelope> | null | undefined;
  if (envelope?.payloadType !== payloadType || typeof envelope.payload !== "string") return undefined;
  const { signatures } = envelope;
  const areWhole =
    Array.isArray(signatures) &&
    signatures.length > 0 &&
    signatures.every((one) => typeof one.sig === "string");
  return areWhole ? (envelope as Envelope) : undefined;
}

function readStatement(payload: Buffer): Statement | undefined {
  const statement = parsed(payload.toString("utf8")) as Partial<Statement> | null | undefined;
  const isOurs = statement?._type === statementType && statement.predicateType === predicateType;
  return isOurs ? (statement as Statement) : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
