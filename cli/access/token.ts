import { readFile } from "node:fs/promises";
import { CouldNotRun } from "../exit-code";

/** The variable that a token is taken from, and that the command which is run does not get. */
export const tokenVariable = "NHI_TOKEN";

export interface TokenOptions {
  tokenFile?: string;
  githubAudience?: string;
}

/**
 * How `nhi` proves who runs it: a file (read anew each time: Kubernetes and SPIFFE renew it in place), the token that
 * GitHub gives a job, or `NHI_TOKEN`.
 */
export function tokenSource(options: TokenOptions, env: NodeJS.ProcessEnv): () => Promise<string> {
  const { tokenFile, githubAudience } = options;
  if (tokenFile !== undefined && githubAudience !== undefined)
    throw new CouldNotRun("--token-file and --github-audience are two ways to prove who you are: give one.");
  if (tokenFile !== undefined)
    return async () => {
      const text = await readFile(tokenFile, "utf8").catch((error: unknown) => {
        throw new CouldNotRun(
          `--token-file must be a file that can be read, got ${tokenFile}: ${(error as NodeJS.ErrnoException).code ?? "unknown"}.`,
        );
      });
      return text.trim();
    };
  if (githubAudience !== undefined) return () => githubToken(githubAudience, env);
  const token = env[tokenVariable]?.trim();
  if (token === undefined || token === "")
    throw new CouldNotRun(
      `Say who you are: a token in ${tokenVariable}, --token-file FILE, or --github-audience in a GitHub job.`,
    );
  return () => Promise.resolve(token);
}

/** A job's token (docs.github.com/actions/reference/security/oidc). The job needs `permissions: id-token: write`. */
async function githubToken(audience: string, env: NodeJS.ProcessEnv): Promise<string> {
  const { ACTIONS_ID_TOKEN_REQUEST_URL: url, ACTIONS_ID_TOKEN_REQUEST_TOKEN: secret } = env;
  if (url === undefined || secret === undefined)
    throw new CouldNotRun(
      "--github-audience works in a GitHub job with `permissions: id-token: write`, and this is none.",
    );
  const asked = new URL(url);
  asked.searchParams.set("audience", audience);
  const value = await fetch(asked, {
    headers: { authorization: `Bearer ${secret}` },
    signal: AbortSignal.timeout(10_000),
  }).then(
    async (response) => (response.ok ? ((await response.json()) as { value?: string }).value : undefined),
    () => undefined,
  );
  if (value === undefined) throw new CouldNotRun("GitHub gave this job no token. Run the job again.");
  return value;
}
