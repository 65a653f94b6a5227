/** A refusal by the secrets server: its status and its own words. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly words: string,
  ) {
    super(`the secrets server answered ${status}: ${words}`);
  }
}

/** Answers of the secrets server that the story reads. */
export interface Answer {
  lease_id: string;
  lease_duration: number;
  data: Record<string, string>;
  hash: string;
  auth: { client_token: string; lease_duration: number };
}

/** One call of the secrets server's HTTP API. */
export async function callVault(
  address: string,
  method: "GET" | "POST" | "DELETE",
  path: string,
  { token, body }: { token?: string; body?: object } = {},
): Promise<Answer> {
  const response = await fetch(`${address}/v1/${path}`, {
    method,
    headers: { ...(token && { "x-vault-token": token }) },
    ...(body && { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(10_000),
  });
  const text = await response.text();
  const json = (text ? JSON.parse(text) : {}) as Answer & { errors?: string[] };
  if (!response.ok) throw new Refused(response.status, (json.errors ?? []).join("; ").trim());
  return json;
}

/** How the quickstart's file device writes a value: what an audit log holds is hashed with a key of the server's. */
export async function auditHash(address: string, token: string, input: string): Promise<string> {
  return (await callVault(address, "POST", "sys/audit-hash/audit-file", { token, body: { input } })).hash;
}
