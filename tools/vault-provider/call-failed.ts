/** A call that failed: what was asked, what came, what to do. Never the token or the body. */
export class CallFailed extends Error {
  constructor(
    message: string,
    readonly status: number,
  ) {
    super(message);
  }
}

export type Method = "GET" | "POST" | "DELETE";

export interface Reply {
  status: number;
  type: string;
  text: string;
}

/** What is said of a server that does not answer. */
export function unreachable(
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
  if (/CERT|UNABLE_TO_/.test(error.code ?? ""))
    return `${where} has a certificate that is not trusted (${oneLine(error.message)}). Give its authority in caCertFile or VAULT_CACERT.`;
  // Several addresses of one name give an error with no message of its own.
  const what = error.message || error.code || "no connection";
  return `${where} can't be reached for ${asked} (${oneLine(what)}). Start it, or correct the address.`;
}

/** What is said of a server that says no, with its own words. */
export function refused(asked: string, where: string, method: Method, path: string, reply: Reply): string {
  const words = serversWords(reply);
  if (reply.status === 503 && /sealed/i.test(words))
    return `${where} is sealed, so it refused ${asked}. Unseal it and run this again.`;
  return `${where} refused ${asked} (${reply.status}: ${words}). ${advice(method, path, reply.status, words)}`;
}

/** A "not found" of some other server says nothing about what is in Vault. */
export function isFromVault(reply: Reply): boolean {
  return serversErrors(reply) !== undefined;
}

function advice(method: Method, path: string, status: number, words: string): string {
  const capability = { GET: "read", POST: "create and update", DELETE: "delete" }[method];
  if (status === 403)
    return `The token must be valid, and its policies must allow ${capability} (and sudo where Vault asks for it) on "${path}".`;
  if (status === 404 && words.includes("no handler for route"))
    return "Nothing is mounted there: make the mount first, and depend on it.";
  if (status === 404) return "The address must be a Vault or OpenBao server's.";
  if (status >= 300 && status < 400) return "Give the address that it redirects to.";
  if (words.includes("already in use")) return "Import what is there, or give another path.";
  if (status >= 500) return "The server's log has more.";
  return "Correct what it names.";
}

function serversWords(reply: Reply): string {
  const errors = serversErrors(reply);
  // What is not in Vault's form is not shown: who knows what is in it.
  return errors ? oneLine(errors.join("; ")) || "without a word" : reply.type;
}

function serversErrors(reply: Reply): string[] | undefined {
  try {
    const { errors } = JSON.parse(reply.text) as { errors?: unknown };
    return Array.isArray(errors) ? errors.map(String) : undefined;
  } catch {
    return undefined;
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
