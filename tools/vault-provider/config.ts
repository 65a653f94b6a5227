import { readFileSync } from "node:fs";
import type { Connection, Login } from "./http";
import { vaultPlugin } from "./plugin";
import { trimSlashes } from "./property";
import type { Failure } from "./resource-type";
import { opened, secret, unknown, type Value, type Values } from "./values";

/** What the provider's configuration may have, and why it may have what changes nothing here. */
const knownArguments = new Set([
  "address",
  "token",
  "authLoginJwt",
  "namespace",
  "skipTlsVerify",
  "caCertFile",
  "tlsServerName",
  // About the child token that the real plugin makes. Here the token is used as it is.
  "skipChildToken",
  "tokenName",
  "maxLeaseTtlSeconds",
  // About retries, of which there are none, and the server's version. The SDK always sends the first.
  "maxRetries",
  "maxRetriesCcc",
  "skipGetVaultVersion",
  "vaultVersionOverride",
  // The engine's own.
  "version",
  "pluginDownloadURL",
]);

const secrets = new Set(["token", "authLoginJwt"]);

export function checkConfig(given: Values): { inputs: Values; failures: Failure[] } {
  const failures = Object.keys(given)
    .filter((name) => !knownArguments.has(name))
    .map((name) => ({
      property: name,
      reason: `tools/vault-provider doesn't know it: it signs in with token or authLoginJwt. ${vaultPlugin.advice}`,
    }));
  const inputs: Values = Object.fromEntries(
    Object.entries(given).map(([name, value]) => [name, secrets.has(name) ? secret(opened(value)) : value]),
  );
  return { inputs, failures };
}

/** The configuration of the stack or of the provider resource first, then the variables that `vault` and `bao` read. */
export function connectionFrom(given: Values, env: NodeJS.ProcessEnv): Connection {
  const setting = (name: string, ...variables: string[]) =>
    text(given[name]) ?? variables.map((variable) => env[variable]).find((value) => value);
  const address = setting("address", "VAULT_ADDR", "BAO_ADDR");
  const token = setting("token", "VAULT_TOKEN", "BAO_TOKEN");
  const namespace = setting("namespace", "VAULT_NAMESPACE", "BAO_NAMESPACE");
  const caCertFile = setting("caCertFile", "VAULT_CACERT", "BAO_CACERT");
  const serverName = setting("tlsServerName", "VAULT_TLS_SERVER_NAME", "BAO_TLS_SERVER_NAME");
  const skipVerify = setting("skipTlsVerify", "VAULT_SKIP_VERIFY", "BAO_SKIP_VERIFY");
  const login = loginIn(text(given.authLoginJwt), env);
  return {
    ...(login && { login }),
    ...(address !== undefined && { address }),
    ...(token !== undefined && { token }),
    ...(namespace !== undefined && { namespace }),
    tls: {
      verify: !["true", "1", "t"].includes((skipVerify ?? "").toLowerCase()),
      ...(caCertFile !== undefined && { ca: certificateIn(caCertFile) }),
      ...(serverName !== undefined && { serverName }),
    },
  };
}

/** `authLoginJwt` comes as JSON, as the SDK sends every block of a provider. */
function loginIn(json: string | undefined, env: NodeJS.ProcessEnv): Login | undefined {
  if (json === undefined) return undefined;
  const { mount = "jwt", role, jwt = env.TERRAFORM_VAULT_AUTH_JWT, ...rest } = loginBlock(json);
  if (role && jwt && Object.keys(rest).length === 0) return { mount: trimSlashes(mount), role, jwt };
  throw new Error(
    "authLoginJwt must have role and jwt (or TERRAFORM_VAULT_AUTH_JWT be set) and may have mount, nothing else. Correct it.",
  );
}

function loginBlock(json: string): Partial<Login> {
  try {
    return (JSON.parse(json) ?? {}) as Partial<Login>;
  } catch {
    // The parser's own message shows a part of the text.
    return {};
  }
}

function certificateIn(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Error(
      `caCertFile (or VAULT_CACERT) must be a readable file, got ${file} (${code ?? "unreadable"}).`,
      { cause: error },
    );
  }
}

/** What is not known yet counts as not given: a preview needs no server. */
function text(value: Value | undefined): string | undefined {
  const open = opened(value ?? null);
  if (open === null || open === unknown || open === "" || typeof open === "object") return undefined;
  return String(open);
}

/**
 * The connection of each provider in the program. The engine attaches all of them to this one process, each over a
 * connection of its own, and says only there which is meant.
 */
export class Connections {
  private readonly byPeer = new Map<string, Connection>();

  set(peer: string, connection: Connection): void {
    this.byPeer.set(peer, connection);
  }

  of(peer: string): Connection {
    const own = this.byPeer.get(peer);
    if (own) return own;
    // The engine may have dialled anew after a long wait. That is no question while all are the same.
    const all = new Set([...this.byPeer.values()].map((connection) => JSON.stringify(connection)));
    const [only] = this.byPeer.values();
    if (only && all.size === 1) return only;
    throw new Error("the engine lost its connection to this provider. Run it again.");
  }
}
