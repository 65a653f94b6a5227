const timeoutMs = 10_000;

/** A call that the server refused: its status and its own words. Never with the token. */
export class Refused extends Error {
  constructor(
    call: string,
    readonly status: number,
    readonly words: string,
  ) {
    super(`${call} (${status}): ${words}`);
  }
}

/** One call of the server's HTTP API. */
export async function call<Answer = unknown>(
  address: string,
  method: "GET" | "POST" | "DELETE",
  path: string,
  { token, body }: { token?: string; body?: object } = {},
): Promise<Answer> {
  const response = await fetch(`${address}/v1/${path}`, {
    method,
    headers: { ...(token !== undefined && { "x-vault-token": token }) },
    ...(body && { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(timeoutMs),
  });
  const text = await response.text();
  const answer = (text ? JSON.parse(text) : {}) as Answer & { errors?: string[] };
  if (!response.ok) {
    const words = (answer.errors ?? []).join("; ").replaceAll(/\s+/g, " ").trim();
    throw new Refused(`The secrets server at ${address} refused ${method} ${path}`, response.status, words);
  }
  return answer;
}

/** The status of `sys/health`: 200 active, 429 standby, 501 not initialised, 503 sealed; 0 when nobody answers. */
export async function health(address: string): Promise<{ status: number; version: string }> {
  try {
    const response = await fetch(`${address}/v1/sys/health`, { signal: AbortSignal.timeout(timeoutMs) });
    return { status: response.status, version: ((await response.json()) as { version: string }).version };
  } catch {
    return { status: 0, version: "" };
  }
}
