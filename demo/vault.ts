import { call } from "../tools/secrets-server/api";

export { Refused } from "../tools/secrets-server/api";

/** Answers of the secrets server that the story reads. */
export interface Answer {
  lease_id: string;
  lease_duration: number;
  data: Record<string, string>;
  hash: string;
  auth: { client_token: string; lease_duration: number };
}

/** One call of the secrets server's HTTP API. */
export const callVault = call<Answer>;

/** How the quickstart's file device writes a value: what an audit log holds is hashed with a key of the server's. */
export async function auditHash(address: string, token: string, input: string): Promise<string> {
  return (await callVault(address, "POST", "sys/audit-hash/audit-file", { token, body: { input } })).hash;
}
