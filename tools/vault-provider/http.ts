import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import type { PlainValues } from "./values";

/** Vault ends a request after 90 s by default: its own words come before ours. */
const defaultTimeoutMs = 100_000;

/** The server and how it is reached. Address and token are asked for at the first call, not before: a preview needs neither. */
export interface Connection {
  address?: string;
  token?: string;
  namespace?: string;
  tls: { ca?: string; verify: boolean; serverName?: string };
}

/** A call that failed: what was asked, what came, what to do. Never the token or the body. */
export class CallFailed extends Error {
  constructor(
    message: string,
    readonly status: number,
  ) {
    super(message);
  }
}

export interface Answer {
  data: PlainValues | null;
}

interface Reply {
  status: number;
  type: string;
  text: string;
}

type Method = "GET" | "POST" | "DELETE";

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
    const { address, token, namespace } = this.connection;
    if (!address)
      throw new CallFailed(
        "no server address is known where this provider was started. Set VAULT_ADDR there, or vault:address in the stack's configuration.",
        0,
      );
    if (!token)
      throw new CallFailed(
        "no token is known where this provider was started. Set VAULT_TOKEN there, or vault:token as a secret in the stack's configuration.",
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
    const inNamespace = [namespace, this.options.namespace].filter(Boolean).join("/");
    const headers = {
      "x-vault-token": token,
      "x-vault-request": "true",
      ...(inNamespace && { "x-vault-namespace": inNamespace }),
    };

    const asked = `${method} ${path}`;
    const where = `the server at ${url.origin}`;
    const timeoutMs = this.options.timeoutMs ?? defaultTimeoutMs;
    const reply = await send(method, url, headers, body, this.connection.tls, timeoutMs).catch(
      (error: unknown) => {
        throw new CallFailed(unreachable(asked, where, method, error as NodeJS.ErrnoException, timeoutMs), 0);
      },
    );
    if (absent.includes(reply.status)) return undefined;
    if (reply.status >= 200 && reply.status < 300) return parsed(reply, asked, where);
    throw new CallFailed(refused(asked, where, method, path, reply), reply.status);
  }
}

function send(
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

function unreachable(
  asked: string,
  where: string,
  method: Method,
  error: NodeJS.ErrnoException,
  timeoutMs: number,
): string {
  if (error.name === "AbortError" || error.name === "TimeoutError")
    return (
      `${where} did not answer ${asked} within ${timeoutMs / 1000} s.` +
      (method === "GET" ? " Try again." : " It may have been done all the same: refresh, then try again.")
    );
  // Several addresses of one name give an error with no message of its own.
  const what = error.message || error.code || "no connection";
  return `${where} can't be reached for ${asked} (${oneLine(what)}). Start it, or correct the address.`;
}

function refused(asked: string, where: string, method: Method, path: string, reply: Reply): string {
  const words = serversWords(reply);
  if (reply.status === 503 && /sealed/i.test(words))
    return `${where} is sealed, so it refused ${asked}. Unseal it and run this again.`;
  return `${where} refused ${asked} (${reply.status}: ${words}). ${advice(method, path, reply.status, words)}`;
}

function advice(method: Method, path: string, status: number, words: string): string {
  const capability = { GET: "read", POST: "create and update", DELETE: "delete" }[method];
  if (status === 403)
    return `The token must be valid, and its policies must allow ${capability} (and sudo where Vault asks for it) on "${path}".`;
  if (status === 404) return "Nothing is mounted there: make the mount first, and depend on it.";
  if (status >= 300 && status < 400) return "Give the address that it redirects to.";
  if (words.includes("already in use")) return "Import what is there, or give another path.";
  if (status >= 500) return "The server's log has more.";
  return "Correct what it names.";
}

function serversWords(reply: Reply): string {
  try {
    const { errors = [] } = JSON.parse(reply.text) as { errors?: string[] };
    return oneLine(errors.join("; ")) || "without a word";
  } catch {
    // Not Vault's own words, and who knows what is in them.
    return `with ${reply.type}`;
  }
}

/** Vault writes lists of errors over many lines. */
function oneLine(text: string): string {
  return text
    .replaceAll(/\d+ errors? occurred:/g, " ")
    .replaceAll(/\s*\n[\s*]*/g, "; ")
    .replaceAll(/\s+/g, " ")
    .replaceAll(/(?:^[\s;]+|[\s;.]+$)/g, "")
    .replaceAll(/(?:\s*;)+\s*/g, "; ")
    .replaceAll(/: ; /g, ": ");
}
