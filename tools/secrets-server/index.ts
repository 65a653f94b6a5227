import { setTimeout as wait } from "node:timers/promises";
import { call, health } from "./api";
import { startProcess, type ServerOptions } from "./server-process";

const unsealTimeoutMs = 30_000;
/** Long enough for one `pulumi up`. */
const operatorTtlSeconds = 15 * 60;

/** A Vault or OpenBao server of one run: its own folder, a loopback port, one unseal key, both only known here. */
export interface SecretsServer {
  kind: "openbao" | "vault";
  version: string;
  /** `http://127.0.0.1:<port>` */
  address: string;
  /** The server's folder, readable by its owner only. Gone after `stop`. Audit files can be written here. */
  dir: string;
  pid: number;
  /** In memory only. Give programs an `operatorToken` instead. */
  rootToken: string;
  /**
   * A token that may do everything and ends by itself. Can't be renewed, and outlives the root token.
   * @param ttlSeconds Default: 900.
   */
  operatorToken(ttlSeconds?: number): Promise<string>;
  /** After this no further operator token can be made; those that were made go on until they end. */
  revokeRootToken(): Promise<void>;
  seal(): Promise<void>;
  unseal(): Promise<void>;
  /** Ends the server and removes its folder. Safe to call twice. */
  stop(): Promise<void>;
}

/**
 * Starts a secrets server as it runs in production, not in development mode: configured, with storage on disk,
 * initialised and unsealed. It ends with `stop`, with this process, or with a signal that ends this process.
 */
export async function startSecretsServer(options: ServerOptions): Promise<SecretsServer> {
  const { address, dir, pid, stop } = await startProcess(options);
  try {
    const { keys_base64: keys, root_token: rootToken } = await call<{
      keys_base64: [string];
      root_token: string;
    }>(address, "POST", "sys/init", { body: { secret_shares: 1, secret_threshold: 1 } });
    const unseal = async () => {
      await call(address, "POST", "sys/unseal", { body: { key: keys[0] } });
      await active(address);
    };
    await unseal();

    let isRevoked = false;
    return {
      kind: options.kind,
      version: (await health(address)).version,
      address,
      dir,
      pid,
      rootToken,
      async operatorToken(ttlSeconds = operatorTtlSeconds) {
        if (isRevoked)
          throw new Error("The root token is revoked, so it makes no operator token. Ask for one before.");
        const { auth } = await call<{ auth: { client_token: string } }>(
          address,
          "POST",
          // An orphan: revoking the root token would take its children along.
          "auth/token/create-orphan",
          {
            token: rootToken,
            body: {
              policies: ["root"],
              display_name: "operator",
              ttl: `${ttlSeconds}s`,
              explicit_max_ttl: `${ttlSeconds}s`,
              renewable: false,
            },
          },
        );
        return auth.client_token;
      },
      async revokeRootToken() {
        await call(address, "POST", "auth/token/revoke-self", { token: rootToken });
        isRevoked = true;
      },
      async seal() {
        await call(address, "POST", "sys/seal", { token: rootToken });
      },
      unseal,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** A server with raft storage is a standby for a moment before it elects itself. */
async function active(address: string): Promise<void> {
  for (const until = Date.now() + unsealTimeoutMs; Date.now() < until;) {
    if ((await health(address)).status === 200) return;
    await wait(50);
  }
  throw new Error(
    `The secrets server at ${address} was unsealed but not active within ${unsealTimeoutMs / 1000} s.`,
  );
}
