import { createSign, generateKeyPairSync } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** Any issuer of tokens: where its keys are, in place of the issuer itself, and tokens that are signed with them. */
export interface Issuer {
  /** For the `jwksUrl` of a mount that trusts it. */
  jwksUrl: string;
  /** A token with these claims that lives five minutes from now. */
  token(claims: object): string;
  stop(): void;
}

export async function startIssuer(): Promise<Issuer> {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const jwks = { keys: [{ ...publicKey.export({ format: "jwk" }), alg: "RS256", use: "sig", kid: "1" }] };
  const server = createServer((_, response) => response.end(JSON.stringify(jwks)));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    jwksUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`,
    token(claims) {
      const now = Math.floor(Date.now() / 1000);
      const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
      const text = `${part({ alg: "RS256", typ: "JWT", kid: "1" })}.${part({ iat: now, exp: now + 300, ...claims })}`;
      return `${text}.${createSign("RSA-SHA256").update(text).sign(privateKey, "base64url")}`;
    },
    stop: () => server.close(),
  };
}
