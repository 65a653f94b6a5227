import { randomUUID } from "node:crypto";
import type { GrantRequest } from "./grant";
import { brokerHeader, type GrantView } from "./http/api";
import type { Credential } from "./ports";

/** What the broker said no with: its own line. */
export class BrokerSaidNo extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/** The broker can't be reached, or answers as no broker does. */
export class NoBroker extends Error {}

/** Milliseconds until a call is given up. Minting may wait for a cloud. */
const patienceMs = 60_000;

/** Calls a broker over HTTP, as the holder of a token. */
export class BrokerClient {
  /** `token` is asked anew for each call: an approval may take longer than a token lives. */
  constructor(
    private readonly url: string,
    private readonly token: () => Promise<string>,
  ) {}

  request(request: Omit<GrantRequest, "requestToken">): Promise<GrantView> {
    // Made once for all tries of this request, so that a try whose answer is lost asks for nothing more.
    const body = { ...request, requestToken: randomUUID() };
    return this.again(() => this.call("POST", "/grants", body));
  }

  get(id: string): Promise<GrantView> {
    return this.again(() => this.call("GET", `/grants/${id}`));
  }

  list(filter: { role?: string; open?: boolean }): Promise<{ grants: GrantView[]; isCut: boolean }> {
    const query = new URLSearchParams({
      ...(filter.role !== undefined && { role: filter.role }),
      ...(filter.open === true && { open: "true" }),
    });
    return this.again(() => this.call("GET", `/grants?${query.toString()}`));
  }

  /** Once: a second try would be told that it was handed out. */
  collect(id: string): Promise<{ grant: GrantView; credential: Credential }> {
    return this.call("POST", `/grants/${id}/credential`);
  }

  approve(id: string): Promise<GrantView> {
    return this.again(() => this.call("POST", `/grants/${id}/approve`));
  }

  deny(id: string): Promise<GrantView> {
    return this.again(() => this.call("POST", `/grants/${id}/deny`));
  }

  complete(id: string, outcome: "completed" | "failed"): Promise<GrantView> {
    return this.again(() => this.call("POST", `/grants/${id}/complete`, { outcome }));
  }

  revoke(id: string): Promise<GrantView> {
    return this.again(() => this.call("POST", `/grants/${id}/revoke`));
  }

  close(
    scope: { role?: string; requester?: string },
    reason: string,
  ): Promise<{ ended: number; failed: number }> {
    return this.again(() => this.call("POST", "/closures", { ...scope, reason }));
  }

  open(scope: { role?: string; requester?: string }): Promise<object> {
    return this.again(() => this.call("DELETE", "/closures", scope));
  }

  /** For what is as good twice as once. */
  private async again<T>(call: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1)
      try {
        return await call();
      } catch (error) {
        if (!(error instanceof NoBroker) || attempt === 4) throw error;
        await new Promise((resolve) => setTimeout(resolve, 200 * 2 ** attempt));
      }
  }

  private async call<T>(method: string, path: string, body?: object): Promise<T> {
    const token = await this.token();
    let response: Response;
    let text: string;
    try {
      response = await fetch(new URL(path, this.url), {
        method,
        headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
        ...(body && { body: JSON.stringify(body) }),
        redirect: "error",
        signal: AbortSignal.timeout(patienceMs),
      });
      text = await response.text();
    } catch {
      throw new NoBroker(`The broker at ${new URL(this.url).host} can't be reached.`);
    }
    if (response.headers.get(brokerHeader.name) !== brokerHeader.value)
      throw new NoBroker(`What answers at ${new URL(this.url).host} is no broker.`);
    const answer = JSON.parse(text) as T & { message: string };
    if (response.ok) return answer;
    throw new BrokerSaidNo(response.status, answer.message);
  }
}
