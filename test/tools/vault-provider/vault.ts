import { findSecretsServer } from "../../../tools/find-secrets-server";
import { screenProgress } from "../../../tools/progress";
import { startSecretsServer, type SecretsServer } from "../../../tools/secrets-server";
import { secret, StartedProvider, type Client } from "./client";

/** The first test on a machine may have to get the server: see `tools/find-secrets-server`. */
export const untilFoundMs = 40 * 60_000;

export async function startVault(): Promise<SecretsServer> {
  return startSecretsServer(await findSecretsServer(screenProgress()));
}

/** Asks the server itself, past the provider. */
export class Operator {
  private constructor(
    private readonly address: string,
    readonly token: string,
  ) {}

  static async of(server: SecretsServer): Promise<Operator> {
    return new Operator(server.address, await server.operatorToken());
  }

  /** What is at the path; nothing for "not found" and "no such mount". */
  async get(path: string): Promise<Record<string, unknown> | undefined> {
    const response = await this.call("GET", path);
    if (response.status === 404 || response.status === 400) return undefined;
    if (!response.ok) throw new Error(`GET ${path}: ${response.status}`);
    return ((await response.json()) as { data: Record<string, unknown> }).data;
  }

  async put(path: string, body: object): Promise<Record<string, unknown>> {
    const response = await this.call("POST", path, body);
    const text = await response.text();
    if (!response.ok) throw new Error(`POST ${path}: ${response.status} ${text}`);
    return (text ? JSON.parse(text) : {}) as Record<string, unknown>;
  }

  async delete(path: string): Promise<void> {
    const response = await this.call("DELETE", path);
    if (!response.ok) throw new Error(`DELETE ${path}: ${response.status}`);
  }

  private call(method: string, path: string, body?: object): Promise<Response> {
    return fetch(`${this.address}/v1/${path}`, {
      method,
      headers: { "x-vault-token": this.token },
      ...(body && { body: JSON.stringify(body) }),
    });
  }
}

export interface OnVault {
  server: SecretsServer;
  operator: Operator;
  provider: StartedProvider;
  client: Client;
}

/** A server and a provider for a file's tests, there from its first test on. */
export function onVault(prepare?: (operator: Operator, server: SecretsServer) => Promise<unknown>): OnVault {
  const on = {} as OnVault;
  beforeAll(async () => {
    on.server = await startVault();
    on.operator = await Operator.of(on.server);
    await prepare?.(on.operator, on.server);
    const env = { VAULT_ADDR: on.server.address, VAULT_TOKEN: on.operator.token };
    on.provider = await StartedProvider.start(env);
    on.client = await on.provider.connect();
  }, untilFoundMs);
  afterAll(async () => {
    on.provider.stop();
    await on.server.stop();
  });
  return on;
}

/** A client whose token may do this and nothing else. */
export async function clientWith(
  on: OnVault,
  name: string,
  rules: Record<string, string[]>,
): Promise<Client> {
  const policy = Object.entries(rules)
    .map(([path, capabilities]) => `path "${path}" { capabilities = ${JSON.stringify(capabilities)} }`)
    .join("\n");
  await on.operator.put(`sys/policies/acl/${name}`, { policy });
  const { auth } = await on.operator.put("auth/token/create", { policies: [name], no_default_policy: true });
  return on.provider.connect({ token: secret((auth as { client_token: string }).client_token) });
}
