import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import { CallFailed, isFromVault, refused, unreachable, type Method, type Reply } from "./call-failed";
import { trimSlashes } from "./property";
import type { PlainValues } from "./values";

/** Vault ends a request after 90 s by default: its own words come before ours. */
const defaultTimeoutMs = 100_000;

/** The server and how it is reached. Address and token are asked for at the first call, not before: a preview needs neither. */
export interface Connection {
  address?: string;
  token?: string;
  /** Instead of a token: the login that gets one, at the first call. */
  login?: Login;
  namespace?: string;
  tls: { ca?: string; verify: boolean; serverName?: string };
}

/** A login with a token of the job's own issuer. */
export interface Login {
  mount: string;
  role: string;
  jwt: string;
}

interface Answer {
  data?: PlainValues | null;
  auth?: { client_token: string } | null;
}

/** One login for all calls over a connection. */
const logins = new WeakMap<Connection, Promise<string>>();

/** Vault's HTTP API with one token, in one namespace. */
export class Vault {
  constructor(
    private readonly connection: Connection,
    private readonly options: { namespace?: string; timeoutMs?: number } = {},
  ) {}

  /** What is at the path, or nothing when there is nothing. */
  async read(path: string): Promise<PlainValues | undefined> {
    const answer = await this.call("GET", path, undefined, [404]);
    return answer && (answer.data ?? {});
  }

  /** What the server answers to a write: for most paths nothing. */
  async write(path: string, body: PlainValues): Promise<PlainValues | undefined> {
    return (await this.call("POST", path, body))?.data ?? undefined;
  }

  /** Ends well when there is nothing to delete. */
  async delete(path: string): Promise<void> {
    await this.call("DELETE", path, undefined, [404]);
  }

  private async call(
    method: Method,
    path: string,
    body?: PlainValues,
    absent: number[] = [],
  ): Promise<Answer | undefined> {
    const token = this.connection.login ? await this.signIn(this.connection.login) : this.connection.token;
    if (!token)
      throw new CallFailed(
        "no token is known where this provider was started. Set VAULT_TOKEN there, or vault:token as a secret in the stack's configuration.",
        0,
      );
    return this.send(method, path, token, body, absent);
  }

  private signIn({ mount, role, jwt }: Login): Promise<string> {
    let login = logins.get(this.connection);
    if (!login) {
      // In the provider's own namespace, whatever the resource's is.
      const provider = new Vault(this.connection);
      login = provider.send("POST", `auth/${mount}/login`, undefined, { role, jwt }, []).then((answer) => {
        if (answer?.auth) return answer.auth.client_token;
        throw new CallFailed(`the login as ${role} gave no token. Correct authLoginJwt.`, 0);
      });
      logins.set(this.connection, login);
      // A login that failed is tried again at the next call.
      login.catch(() => logins.delete(this.connection));
    }
    return login;
  }

  private async send(
    method: Method,
    path: string,
    token: string | undefined,
    body: PlainValues | undefined,
    absent: number[],
  ): Promise<Answer | undefined> {
    const { address, namespace } = this.connection;
    if (!address)
      throw new CallFailed(
        "no server address is known where this provider was started. Set VAULT_ADDR there, or vault:address in the stack's configuration.",
        0,
      );
    const url = URL.canParse(address) ? new URL(address) : undefined;
    if (!url || !/^https?:$/.test(url.protocol))
      throw new CallFailed(
        "the server address must be a URL as https://vault.example.com:8200. Correct VAULT_ADDR or vault:address.",
        0,
      );
    url.pathname = [url.pathname.replace(/\/+$/, ""), "v1", ...path.split("/").map(encodeURIComponent)].join(
      "/",
    );
    const inNamespace = [namespace, this.options.namespace].map(trimSlashes).filter(Boolean).join("/");
    const headers = {
      ...(token !== undefined && { "x-vault-token": token }),
      "x-vault-request": "true",
      ...(inNamespace && { "x-vault-namespace": inNamespace }),
    };

    const asked = `${method} ${path}`;
    const where = `the server at ${url.origin}`;
    const timeoutMs = this.options.timeoutMs ?? defaultTimeoutMs;
    const reply = await exchange(method, url, headers, body, this.connection.tls, timeoutMs).catch(
      (error: unknown) => {
        throw new CallFailed(unreachable(asked, where, method, error as NodeJS.ErrnoException, timeoutMs), 0);
      },
    );
    if (absent.includes(reply.status) && isFromVault(reply)) return undefined;
    if (reply.status >= 200 && reply.status < 300) return parsed(reply, asked, where);
    throw new CallFailed(refused(asked, where, method, path, reply), reply.status);
  }
}

function exchange(
  method: Method,
  url: URL,
  headers: Record<string, string>,
  body: PlainValues | undefined,
  tls: Connection["tls"],
  timeoutMs: number,
): Promise<Reply> {
  // Not `fetch`: it can't be given a certificate authority, and it would carry the token along to where a reply redirects it.
  const request = url.protocol === "https:" ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const call = request(
      url,
      {
        method,
        headers: { ...headers, ...(body && { "content-type": "application/json" }) },
        agent: false,
        signal: AbortSignal.timeout(timeoutMs),
        ...(url.protocol === "https:" && {
          rejectUnauthorized: tls.verify,
          ...(tls.ca !== undefined && { ca: tls.ca }),
          ...(tls.serverName !== undefined && { servername: tls.serverName }),
        }),
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("error", reject);
        response.on("end", () =>
          resolve({
            status: response.statusCode ?? 0,
            type: response.headers["content-type"] ?? "no content type",
            text: Buffer.concat(chunks).toString("utf8"),
          }),
        );
      },
    );
    call.on("error", reject);
    call.end(body && JSON.stringify(body));
  });
}

function parsed(reply: Reply, asked: string, where: string): Answer | undefined {
  if (reply.text === "") return undefined;
  try {
    return JSON.parse(reply.text) as Answer;
  } catch {
    throw new CallFailed(
      `${where} answered ${asked} with ${reply.type}, not with JSON. The address must be a Vault or OpenBao server's.`,
      reply.status,
    );
  }
}
