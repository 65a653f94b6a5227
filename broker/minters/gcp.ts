import { createHash } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import type { Grant } from "../grant";
import { MintRefused, type Minter } from "../ports";
import type { GcpTarget, Role } from "../settings";
import { nothingMinted } from "./nothing-minted";

export interface GcpHost {
  /**
   * An access token of the broker's own. It may impersonate the service accounts of the roles
   * (`iam.serviceAccounts.getAccessToken`), and see and revoke grants (`privilegedaccessmanager.grants.get`, `.list`, `.revoke`).
   */
  token: () => Promise<string>;
  clock?: () => Date;
  /** Default: `https://privilegedaccessmanager.googleapis.com` */
  pam?: string;
  /** Default: `https://iamcredentials.googleapis.com` */
  iamCredentials?: string;
  /** Milliseconds until a grant's state is looked at again. Default: 2000. */
  pollMs?: number;
}

interface PamGrant {
  name: string;
  state: string;
  justification?: { unstructuredJustification?: string };
}

const timeoutMs = 10_000;
/** How often PAM's grant is looked at: within the two minutes that the broker gives minting, and within a call that revokes. */
const polls = { minting: 25, revoking: 10 };
/** Seconds. PAM's console offers no shorter grant. The broker ends a shorter one itself, and its token ends by itself. */
const shortestRequest = 1800;
/** Seconds of the token that PAM is asked with. */
const askingSeconds = 300;
const cloud = "https://www.googleapis.com/auth/cloud-platform";

/** The binding is gone, or never was. Not so where it was modified from outside: then nobody knows. */
const closed = new Set(["REVOKED", "ENDED", "EXPIRED", "DENIED", "WITHDRAWN", "ACTIVATION_FAILED"]);
const closing = new Set(["REVOKING", "WITHDRAWING"]);
/** Some answers still have the older word. */
const active = new Set(["ACTIVE", "ACTIVATED"]);

/**
 * A grant of Privileged Access Manager for the role's service account, and an access token of that account. The account has
 * no rights but what PAM binds to it, so a token that is out is worth nothing once the binding is gone (Google says a few
 * minutes). The token itself can't be revoked and ends with the grant at the latest. Whoever has it can ask PAM again as
 * that account until then, unless the entitlement demands an approval. PAM has one open grant for each account and
 * entitlement.
 */
export function gcpMinter(host: GcpHost): Minter {
  const {
    clock = () => new Date(),
    pam = "https://privilegedaccessmanager.googleapis.com",
    iamCredentials = "https://iamcredentials.googleapis.com",
    pollMs = 2000,
  } = host;

  async function call<Answer>(token: string, method: string, url: string, body?: object): Promise<Answer> {
    const response = await fetch(url, {
      method,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      redirect: "error",
      signal: AbortSignal.timeout(timeoutMs),
      ...(body && { body: JSON.stringify(body) }),
    });
    // The words of a refusal are not read: they may quote what was sent.
    if (!response.ok) throw new GoogleFailed(new URL(url).pathname, response.status);
    return (await response.json()) as Answer;
  }

  const tokenOf = (own: string, account: string, seconds: number) =>
    call<{ accessToken: string }>(
      own,
      "POST",
      `${iamCredentials}/v1/projects/-/serviceAccounts/${account}:generateAccessToken`,
      { scope: [cloud], lifetime: `${seconds}s` },
    );

  const look = (token: string, name: string) => call<PamGrant>(token, "GET", `${pam}/v1/${name}`);

  /** The grant in the first state that is one of these. */
  async function reached(
    token: string,
    first: PamGrant,
    states: ReadonlySet<string>,
    polls: number,
  ): Promise<PamGrant> {
    let grant = first;
    for (let poll = 0; poll < polls && !states.has(grant.state); poll += 1) {
      await wait(pollMs);
      grant = await look(token, grant.name);
    }
    return grant;
  }

  async function mint(grant: Grant, target: GcpTarget, remember: (handle: Handle) => Promise<void>) {
    const { entitlement, serviceAccount } = target;
    const end = new Date(grant.expiresAt ?? 0);
    const secondsLeft = () => Math.floor((+end - +clock()) / 1000) - 1;
    if (secondsLeft() < 1) throw new MintRefused("The grant's time is over. Ask anew.");
    const own = await host.token();
    const { accessToken: asking } = await tokenOf(own, serviceAccount, askingSeconds);

    // PAM makes up the name, so what a crash leaves behind is found again by the grant's id.
    await remember({ entitlement });
    const made = await call<PamGrant>(
      asking,
      "POST",
      `${pam}/v1/${entitlement}/grants?requestId=${requestId(grant.id)}`,
      {
        requestedDuration: `${Math.max(shortestRequest, secondsLeft())}s`,
        justification: { unstructuredJustification: justification(grant) },
      },
    );
    const handle: Handle = { entitlement, grant: made.name };
    await remember(handle);
    const { state } = await reached(asking, made, new Set([...active, ...closed]), polls.minting);
    if (!active.has(state))
      throw new MintRefused(
        `The grant of ${entitlement} is ${state} and not active. Look at the entitlement.`,
      );

    const seconds = secondsLeft();
    if (seconds < 1) throw new MintRefused("The grant's time is over. Ask anew.");
    const { accessToken } = await tokenOf(own, serviceAccount, seconds);
    return {
      credential: {
        // Of gcloud, and of the providers for Terraform and Pulumi.
        values: { CLOUDSDK_AUTH_ACCESS_TOKEN: accessToken, GOOGLE_OAUTH_ACCESS_TOKEN: accessToken },
        expiresAt: end.toISOString(),
      },
      handle,
    };
  }

  /** The grants at PAM that a broker's grant made. There is one, or none where the broker ended before it asked. */
  async function found(token: string, { id, handle }: Grant): Promise<PamGrant[]> {
    if (handle?.grant !== undefined) return [await look(token, handle.grant)];
    const all: PamGrant[] = [];
    let pageToken = "";
    do {
      const page = await call<{ grants?: PamGrant[]; nextPageToken?: string }>(
        token,
        "GET",
        `${pam}/v1/${handle?.entitlement}/grants?pageToken=${encodeURIComponent(pageToken)}`,
      );
      all.push(...(page.grants ?? []));
      pageToken = page.nextPageToken ?? "";
    } while (pageToken !== "");
    return all.filter((one) => one.justification?.unstructuredJustification?.startsWith(`${id}: `));
  }

  return {
    async mint(grant, role, remember) {
      try {
        return await mint(grant, targetOf(role), remember);
      } catch (error) {
        if (error instanceof GoogleFailed && error.isRefusal) throw new MintRefused(error.advice);
        throw error;
      }
    },

    async revoke(grant) {
      if (grant.handle?.entitlement === undefined) return nothingMinted;
      const token = await host.token();
      const grants = await found(token, grant);
      const states: string[] = [];
      for (const one of grants) {
        if (!closed.has(one.state) && !closing.has(one.state))
          await call(token, "POST", `${pam}/v1/${one.name}:revoke`, { reason: `nhi ${grant.id} has ended` });
        const { state } = await reached(token, one, closed, polls.revoking);
        if (!closed.has(state)) throw new GrantGoesOn(state);
        states.push(state);
      }
      if (states.length === 0) return nothingMinted;
      return { how: states.includes("ENDED") ? "expired" : "revoked", mechanism: "gcp-pam" };
    },
  };
}

type Handle = Record<string, string>;

/** Begins with the grant's id, by which it is found again and joined with Google's audit log. */
const justification = ({ id, request }: Grant) => `${id}: ${request.purpose}`.slice(0, 1000);

/** The same for the same grant: a request that is sent twice is one. A UUID of version 8 (RFC 9562 section 5.8). */
function requestId(id: string): string {
  const hex = createHash("sha256").update(id).digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

function targetOf({ name, gcp }: Role): GcpTarget {
  if (!gcp) throw new MintRefused(`The role ${name} has no target at GCP.`);
  return gcp;
}

/** Google said no, or did not work. */
export class GoogleFailed extends Error {
  override readonly name = "GoogleFailed";

  constructor(
    private readonly path: string,
    private readonly status: number,
  ) {
    super(`Google answered ${path} with ${status}.`);
  }

  get isRefusal(): boolean {
    return this.status < 500 && this.status !== 429;
  }

  get advice(): string {
    return this.path.endsWith("/grants") && [400, 409].includes(this.status)
      ? `${this.message} An entitlement has one open grant for each account: wait until the other one has ended.`
      : `${this.message} Look at the entitlement, and at what the broker may do.`;
  }
}

/** PAM does not say that the binding is gone: it takes longer, or somebody else changed it. */
export class GrantGoesOn extends Error {
  override readonly name = "GrantGoesOn";

  constructor(state: string) {
    super(`The grant at PAM is ${state}.`);
  }
}
