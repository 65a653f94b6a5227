import { firstProblem, secondsProblem, shown, type Problem } from "../refusal";
import { isLoopback } from "./databases/server";

/** How Vault signs in to a cloud without a key: the cloud trusts Vault as an issuer of tokens. Vault Enterprise only. */
export interface EngineFederation {
  /** The audience of Vault's token, as the cloud's trust names it. */
  audience: string;
  /** Whom Vault becomes there: the ARN of a role, the email of a service account, the id of an application. */
  identity: string;
  /** How long Vault's token lives, in seconds. Default: 300. At most 3600. */
  tokenTtlSeconds?: number | undefined;
}

const defaultTokenTtl = 300;
const longestTokenTtl = 3600;

/** The arguments that all engines of clouds share; `identity` has another name in each. */
export const federationOf = (federation: EngineFederation | undefined, identity = "roleArn") =>
  federation === undefined
    ? {}
    : {
        identityTokenAudience: federation.audience,
        identityTokenTtl: federation.tokenTtlSeconds ?? defaultTokenTtl,
        [identity]: federation.identity,
      };

export function federationProblem(
  federation: EngineFederation | undefined,
  identityProblem: (identity: string) => Problem,
): Problem {
  if (federation === undefined) return undefined;
  const { audience, identity, tokenTtlSeconds = defaultTokenTtl } = federation;
  if (!/^\S+$/.test(audience))
    return `federation.audience must be one audience without spaces, got ${shown(audience)}.`;
  return (
    identityProblem(identity) ??
    secondsProblem(
      "federation.tokenTtlSeconds",
      tokenTtlSeconds,
      60,
      longestTokenTtl,
      "Vault signs a new one for each request.",
    )
  );
}

/** An address that credentials cross the network to. */
export function endpointProblem(argument: string, url: string | undefined): Problem {
  return firstProblem(url === undefined ? [] : [url], (given) => {
    const [, scheme, host = ""] = /^(https?):\/\/([a-z0-9.-]+)(?::\d{1,5})?\/?$/i.exec(given) ?? [];
    if (scheme === undefined)
      return `${argument} must be https:// and a host, with a port and nothing else, got ${shown(given)}.`;
    return scheme === "https" || isLoopback(host)
      ? undefined
      : `${argument} must be https:// for ${shown(host)}. Without TLS credentials cross the network in the clear.`;
  });
}
