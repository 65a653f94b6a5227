import { randomBytes } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, generateKeyPair } from "jose";
import Provider, { type Adapter, type ClientMetadata, type Configuration } from "oidc-provider";

/**
 * The claims of a GitHub Actions job that say who it is
 * (docs.github.com/actions/reference/security/oidc).
 */
export interface GithubJob {
  repository: string;
  repository_id: string;
  repository_owner_id: string;
  environment: string;
}

export interface GithubIssuer {
  /** What Vault finds the signing keys through. */
  url: string;
  /** A token for this job, as the runner gives it to the job that asks. */
  token(job: string, audience: string): Promise<string>;
  stop(): Promise<void>;
}

/** GitHub's tokens live five minutes. */
const tokenSeconds = 300;

/**
 * An OIDC issuer on loopback that gives GitHub-shaped tokens. As with GitHub, a job can't choose its claims: it signs
 * in with a secret of its own run, and the issuer knows which job that is.
 */
export async function startGithubIssuer(jobs: Record<string, GithubJob>): Promise<GithubIssuer> {
  const runSecrets = new Map(Object.keys(jobs).map((job) => [job, randomBytes(24).toString("base64url")]));
  const { privateKey } = await generateKeyPair("RS256", { extractable: true });
  const configuration: Configuration = {
    clients: [...runSecrets].map(([job, secret]): ClientMetadata => ({
      client_id: job,
      client_secret: secret,
      grant_types: ["client_credentials"],
      redirect_uris: [],
      response_types: [],
    })),
    jwks: { keys: [{ ...(await exportJWK(privateKey)), alg: "RS256", use: "sig", kid: "1" }] },
    ttl: { ClientCredentials: tokenSeconds },
    adapter: nothingKept,
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: (_context, audience) => ({
          scope: "",
          audience,
          accessTokenFormat: "jwt",
          accessTokenTTL: tokenSeconds,
          jwt: { sign: { alg: "RS256" } },
        }),
      },
    },
    formats: {
      customizers: {
        jwt(_context, token, parts) {
          const job = jobs[token.clientId ?? ""];
          if (job)
            Object.assign(parts.payload, job, {
              sub: `repo:${job.repository}:environment:${job.environment}`,
            });
        },
      },
    },
  };

  // The issuer's name has its port in it, so the port is taken first.
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const answer = new Provider(url, configuration).callback();
  server.on("request", (request, response) => void answer(request, response));

  return {
    url,
    async token(job, audience) {
      const secret = runSecrets.get(job);
      if (!secret) throw new Error(`the issuer knows no job "${job}"`);
      const response = await fetch(`${url}/token`, {
        method: "POST",
        headers: { authorization: `Basic ${Buffer.from(`${job}:${secret}`).toString("base64")}` },
        body: new URLSearchParams({ grant_type: "client_credentials", resource: audience }),
      });
      const body = (await response.json()) as { access_token?: string; error_description?: string };
      if (!body.access_token)
        throw new Error(`the issuer gave no token: ${body.error_description ?? response.statusText}`);
      return body.access_token;
    },
    stop: () => close(server),
  };
}

/** Tokens are signed and the jobs are configuration: there is nothing to store. */
function nothingKept(): Adapter {
  const nothing = () => Promise.resolve(undefined);
  return {
    upsert: nothing,
    find: nothing,
    findByUserCode: nothing,
    findByUid: nothing,
    consume: nothing,
    destroy: nothing,
    revokeByGrantId: nothing,
  };
}

function close(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
