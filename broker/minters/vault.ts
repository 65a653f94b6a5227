import type { Grant } from "../grant";
import { MintRefused, type Minter } from "../ports";
import type { Role, VaultTarget } from "../settings";
import { nothingMinted } from "./nothing-minted";

export interface VaultHost {
  /** `https://vault.example.com:8200` */
  address: string;
  /**
   * The broker's own token. It needs `update` on `auth/token/create/<token role>`, `auth/token/revoke-accessor`,
   * `auth/token/lookup-accessor`, `sys/leases/revoke` and `sys/leases/lookup`.
   */
  token: () => Promise<string>;
  clock?: () => Date;
}

interface Answer {
  lease_id?: string;
  lease_duration?: number;
  data?: Record<string, unknown> | null;
  auth?: { client_token: string; accessor: string; lease_duration: number } | null;
  errors?: string[];
}

const timeoutMs = 10_000;
const marginSeconds = 2;
/** Seconds that the broker's clock and the server's may differ. */
const clockSkew = 60;
/** Characters of a value of a token's metadata. */
const metadataLimit = 512;

/**
 * A token of its own for each grant, with the grant's end as its explicit maximum. Secrets are read with that token, so
 * that their leases end with it, at the latest by themselves. A job that gets secrets does not get the token: only a role
 * without secrets gives `VAULT_TOKEN`. The server's token role should make orphans, or grants end with the broker's token.
 */
export function vaultMinter(host: VaultHost): Minter {
  const { address, clock = () => new Date() } = host;

  async function call(token: string, method: string, path: string, body?: object) {
    const response = await fetch(`${address}/v1/${path}`, {
      method,
      headers: { "x-vault-token": token, "x-vault-request": "true" },
      redirect: "error",
      signal: AbortSignal.timeout(timeoutMs),
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, answer: (text === "" ? {} : JSON.parse(text)) as Answer };
  }

  /** What minting asks for. A refusal is the target's no; anything else is a server that does not work now. */
  async function ask(token: string, method: string, path: string, body?: object): Promise<Answer> {
    const { status, answer } = await call(token, method, path, body);
    if (status < 300) return answer;
    if (status >= 500 || status === 429) throw new VaultFailed(path, status);
    throw new MintRefused(
      `Vault answered ${method} ${path} with ${status}. Look at the token role and the policies.`,
    );
  }

  return {
    async mint(grant, role, remember) {
      const target = targetOf(role);
      const end = new Date(grant.expiresAt ?? 0);
      const secondsLeft = () => Math.floor((+end - +clock()) / 1000);
      // A token's time begins when the server has made it, which is a little later than now.
      const ttl = secondsLeft() - marginSeconds;
      if (ttl < 1) throw new MintRefused("The grant's time is over. Ask anew.");
      const { auth } = await ask(
        await host.token(),
        "POST",
        `auth/token/create/${target.tokenRole}`,
        tokenOf(grant, role.name, target, ttl),
      );
      if (!auth?.accessor)
        throw new MintRefused(
          `The token role ${target.tokenRole} must make service tokens: others can't be revoked.`,
        );
      let handle: Record<string, string> = { accessor: auth.accessor };
      await remember(handle);
      if (auth.lease_duration > secondsLeft())
        throw new MintRefused("Vault's token would last longer than the grant. Ask anew.");

      const values: Record<string, string> = {};
      const leases: string[] = [];
      for (const { path, env } of target.secrets) {
        const secret = await ask(auth.client_token, "GET", path);
        if (secret.lease_id) {
          leases.push(secret.lease_id);
          handle = { ...handle, leases: leases.join("\n") };
        } else {
          const lasts = secret.lease_duration ?? 0;
          if (lasts < 1 || lasts > secondsLeft())
            throw new MintRefused(
              `The secret at ${path} has no lease and does not end within the grant. Read one that ends with its lease.`,
            );
          handle = { ...handle, expiryOnly: "true" };
        }
        await remember(handle);
        for (const [name, field] of Object.entries(env)) values[name] = fieldOf(secret, path, field);
      }
      if (target.secrets.length === 0) {
        values.VAULT_ADDR = address;
        values.VAULT_TOKEN = auth.client_token;
      }
      return { credential: { values, expiresAt: end.toISOString() }, handle };
    },

    /**
     * Leases first, each at once: with their token they would end in Vault's own time. Then the token. Nothing is taken
     * as ended that the server does not say is gone.
     */
    async revoke(grant, _role, now) {
      const { accessor, leases: joined = "", expiryOnly } = grant.handle ?? {};
      if (accessor === undefined) return nothingMinted;
      const token = await host.token();
      const leases = joined.split("\n").filter(Boolean);
      for (const lease_id of leases) await call(token, "POST", "sys/leases/revoke", { lease_id, sync: true });
      await call(token, "POST", "auth/token/revoke-accessor", { accessor });

      await isGone(token, "auth/token/lookup-accessor", { accessor }, "invalid accessor");
      for (const lease_id of leases) await isGone(token, "sys/leases/lookup", { lease_id }, "invalid lease");
      if (expiryOnly === undefined)
        return { how: "revoked", mechanism: leases.length > 0 ? "vault-lease" : "vault-token" };
      if (+now <= Date.parse(grant.expiresAt ?? "") + 1000 * clockSkew) throw new ExpiryOnly();
      return { how: "expired", mechanism: "expiry" };
    },
  };

  /** The status alone does not tell what is gone from what the broker may not see. */
  async function isGone(token: string, path: string, body: object, words: string): Promise<void> {
    const { status, answer } = await call(token, "POST", path, body);
    const isUnknown = status >= 400 && status < 500 && answer.errors?.some((error) => error.includes(words));
    if (!isUnknown) throw new VaultFailed(path, status);
  }
}

const tokenOf = (grant: Grant, roleName: string, target: VaultTarget, ttl: number) => ({
  policies: target.policies,
  // Whoever needs the default policy names it in the role.
  no_default_policy: true,
  ttl: `${ttl}s`,
  explicit_max_ttl: `${ttl}s`,
  renewable: false,
  type: "service",
  display_name: `nhi-${grant.id}`,
  meta: {
    nhi_grant_id: grant.id,
    nhi_requester: metadata(grant.requester.id),
    nhi_purpose: metadata(grant.request.purpose),
    nhi_role: roleName,
  },
});

const metadata = (text: string) => text.replace(/\p{C}/gu, " ").slice(0, metadataLimit);

function fieldOf({ data }: Answer, path: string, field: string): string {
  const value = data && Object.hasOwn(data, field) ? data[field] : undefined;
  if (typeof value === "string") return value;
  if (typeof value === "number") return String(value);
  throw new MintRefused(`The secret at ${path} has no field ${field}.`);
}

function targetOf({ name, vault }: Role): VaultTarget {
  if (!vault) throw new MintRefused(`The role ${name} has no target at Vault.`);
  return vault;
}

/** The server is sealed, can't be reached, or says that something is still there. */
export class VaultFailed extends Error {
  override readonly name = "VaultFailed";

  constructor(path: string, status: number) {
    super(`Vault answered ${path} with ${status}.`);
  }
}

/** Part of what was given has no lease. It ends by itself, with the grant at the latest, and not before. */
export class ExpiryOnly extends Error {
  override readonly name = "ExpiryOnly";
  override readonly message = "Part of the credential has no lease, and ends by itself.";
}
