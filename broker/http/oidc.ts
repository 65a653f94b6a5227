import { createRemoteJWKSet, decodeJwt, jwtVerify, type JWTVerifyGetKey } from "jose";
import type { Caller } from "../grant";
import { Refused } from "../refused";
import type { Issuer } from "../settings";

/** Signatures that the holder of a public key can't make. `none` and secrets that are shared are not among them. */
const algorithms = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"];
/** Seconds that two machines' clocks may differ. */
const skewSeconds = 30;
/** Milliseconds until an issuer that does not answer is given up. */
const patienceMs = 5_000;

const unproven = new Refused(
  "forbidden",
  "The caller is not proven: the token must be valid, of an issuer that the broker's settings name, and for its audience.",
);

/** Proves callers by the tokens of issuers that the settings name. */
export class OidcCallers {
  private readonly keys = new Map<string, JWTVerifyGetKey>();

  constructor(private readonly issuers: readonly Issuer[]) {}

  /** Throws `Refused`, in the same words whatever is wrong: who guesses learns nothing. */
  async prove(authorization: string | undefined): Promise<Caller> {
    const token = /^Bearer ([\w-]+\.[\w-]+\.[\w-]+)$/.exec(authorization ?? "")?.[1];
    if (token === undefined) throw unproven;
    try {
      const { iss } = decodeJwt(token);
      // Several audiences of one issuer are several callers' ways in, each with a tenant of its own.
      for (const issuer of this.issuers.filter((one) => one.issuer === iss)) {
        const caller = await this.proven(token, issuer);
        if (caller) return caller;
      }
    } catch {
      throw unproven;
    }
    throw unproven;
  }

  private async proven(token: string, issuer: Issuer): Promise<Caller | undefined> {
    const { payload } = await jwtVerify(token, await this.keysOf(issuer), {
      issuer: issuer.issuer,
      audience: issuer.audience,
      algorithms,
      clockTolerance: skewSeconds,
      requiredClaims: ["sub", "exp", "iat"],
    }).catch(() => ({ payload: undefined }));
    if (typeof payload?.sub !== "string" || payload.sub === "") return undefined;
    return {
      id: `${issuer.issuer}#${payload.sub}`,
      tenant: issuer.tenant,
      kind: issuer.kind,
      claims: Object.fromEntries(
        Object.entries(payload).flatMap(([name, value]) =>
          ["string", "number", "boolean"].includes(typeof value) ? [[name, String(value)]] : [],
        ),
      ),
    };
  }

  private async keysOf({ issuer, jwksUri }: Issuer): Promise<JWTVerifyGetKey> {
    const known = this.keys.get(issuer);
    if (known) return known;
    const url = jwksUri ?? (await discovered(issuer));
    const keys = createRemoteJWKSet(new URL(url), { timeoutDuration: patienceMs });
    this.keys.set(issuer, keys);
    return keys;
  }
}

/** Where an issuer says that its keys are (OpenID Connect Discovery 1.0 §4). */
async function discovered(issuer: string): Promise<string> {
  const answer = await fetch(`${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`, {
    signal: AbortSignal.timeout(patienceMs),
    redirect: "error",
  });
  const { issuer: named, jwks_uri: uri } = (await answer.json()) as { issuer?: unknown; jwks_uri?: unknown };
  if (named !== issuer || typeof uri !== "string")
    throw new Error("the issuer's document is not of this issuer");
  return uri;
}
