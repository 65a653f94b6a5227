import { setTimeout as wait } from "node:timers/promises";
import { Client } from "pg";
import { callVault } from "./vault";

export interface Credentials {
  leaseId: string;
  leaseSeconds: number;
  username: string;
  password: string;
}

export interface Database {
  host: string;
  port: number;
  database: string;
}

/** What a CI job does: signs in with its own token, reads credentials, works, and gives them back. */
export class Job {
  private constructor(
    private readonly vault: string,
    private readonly token: string,
  ) {}

  static async signIn(vault: string, role: string, jwt: string): Promise<Job> {
    const { auth } = await callVault(vault, "POST", "auth/github/login", { body: { role, jwt } });
    return new Job(vault, auth.client_token);
  }

  async credentials(path: string): Promise<Credentials> {
    const answer = await callVault(this.vault, "GET", path, { token: this.token });
    const { username = "", password = "" } = answer.data;
    return { leaseId: answer.lease_id, leaseSeconds: answer.lease_duration, username, password };
  }

  /** Gives one credential back. */
  async revoke(leaseId: string): Promise<void> {
    await callVault(this.vault, "POST", "sys/leases/revoke", {
      token: this.token,
      body: { lease_id: leaseId, sync: true },
    });
  }

  async signOut(): Promise<void> {
    await callVault(this.vault, "POST", "auth/token/revoke-self", { token: this.token });
  }
}

export async function connect(
  database: Database,
  user: { username: string; password: string },
): Promise<Client> {
  const client = new Client({
    ...database,
    user: user.username,
    password: user.password,
    connectionTimeoutMillis: 5_000,
  });
  // A session that the server ends is an event of the story, not an error of this program.
  client.on("error", () => undefined);
  await client.connect();
  return client;
}

/** PostgreSQL's words when it refuses this user, or nothing when it lets it in. */
export async function refusal(
  database: Database,
  user: { username: string; password: string },
): Promise<string | undefined> {
  try {
    await (await connect(database, user)).end();
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/** Tries again until PostgreSQL refuses the user: its words, or nothing when it still lets it in after `withinMs`. */
export async function refusedWithin(
  database: Database,
  user: { username: string; password: string },
  withinMs: number,
): Promise<string | undefined> {
  const until = Date.now() + withinMs;
  while (Date.now() < until) {
    const words = await refusal(database, user);
    if (words !== undefined) return words;
    await wait(5);
  }
  return undefined;
}
