import { createHash, type KeyObject } from "node:crypto";
import { createReadStream, readFileSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import { readPrivateKey, readPublicKey, signatureProblem, signed } from "../evidence/signature";
import { verify, type Verification, type Verified } from "../evidence/verify";
import { CouldNotRun } from "./exit-code";

/** Reads the key that `--sign` or `--key` names, before anything that it is to sign is made. */
export const signingKey = (file: string): KeyObject =>
  keyIn(file, readPrivateKey, "an unencrypted private key");

export const verifyingKey = (file: string): KeyObject => keyIn(file, readPublicKey, "a public key");

function keyIn(file: string, read: (pem: string) => KeyObject | undefined, what: string): KeyObject {
  const key = read(textOf(file));
  if (!key) throw new CouldNotRun(`${file} must hold ${what} of Ed25519 or ECDSA P-256 in PEM.`);
  return key;
}

/** What signs the evidence of a run at its end. A key that can't sign is told before the run begins. */
export function signerOf({ evidence, sign }: { evidence?: string; sign?: string }) {
  if (sign === undefined) return undefined;
  if (evidence === undefined) throw new CouldNotRun("--sign goes with --evidence.");
  const key = signingKey(sign);
  return () => signEvidence(evidence, key);
}

/** Signs evidence that is as it was written. The signature is a file beside it, with `.sig` after its name. */
export async function signEvidence(file: string, key: KeyObject): Promise<void> {
  const { found, sha256 } = await readEvidence(file).catch((error: unknown) => {
    throw new CouldNotRun(`${file} can't be read: ${codeOf(error)}.`);
  });
  if ("problem" in found) throw new CouldNotRun(`${file}: ${found.problem}`);
  const signature = `${file}.sig`;
  try {
    writeFileSync(signature, signed(basename(file), sha256, found, key), { flag: "wx" });
  } catch (error) {
    throw new CouldNotRun(
      codeOf(error) === "EEXIST"
        ? `${signature} is there already, and a signature is not written over: remove it to sign again.`
        : `${signature} can't be written: ${codeOf(error)}.`,
    );
  }
}

/** Evidence, and the SHA-256 of the whole file, which is read once for both. */
export async function readEvidence(file: string): Promise<{ found: Verification; sha256: string }> {
  const sha256 = createHash("sha256");
  async function* chunks() {
    for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) {
      sha256.update(chunk);
      yield chunk;
    }
  }
  return { found: await verify(chunks()), sha256: sha256.digest("hex") };
}

/** What is wrong with the signature beside a file of evidence. */
export const problemOfSignature = (
  file: string,
  evidence: { found: Verified; sha256: string },
  key: KeyObject,
): string | undefined => signatureProblem(textOf(`${file}.sig`), evidence.sha256, evidence.found, key);

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new CouldNotRun(`${file} can't be read: ${codeOf(error)}.`);
  }
}

const codeOf = (error: unknown) => (error as NodeJS.ErrnoException).code ?? "unknown reason";
