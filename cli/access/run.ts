import type { BrokerClient } from "../../broker/client";
import type { GrantView } from "../../broker/http/api";
import { CouldNotRun } from "../exit-code";
import { oneLine } from "./one-line";
import type { Screen } from "../screen";
import { brokerAt, said, type BrokerOptions } from "./broker-at";
import { runCommand } from "./command";
import { secondsOf } from "./seconds";
import { tokenVariable } from "./token";

export interface RunOptions extends BrokerOptions {
  role: string;
  purpose: string;
  ttl: string;
  environment: string;
  task?: string;
  resource?: string[];
  parent?: string;
  json?: boolean;
}

/** As `env` and `docker run` have it: the command was not reached. */
const noAccessCode = 125;
/** Milliseconds between two looks at a request that waits for approval. */
const lookEveryMs = 2_000;

/** Says what happens, on standard error: standard output is the command's. */
type Say = (event: string, grant: GrantView, words: string) => void;

/**
 * Asks for access, runs a command with the credential in its environment, and gives the access back however the command
 * ends. Resolves with the command's exit code.
 */
export async function run(
  command: readonly string[],
  options: RunOptions,
  screen: Screen,
  env: NodeJS.ProcessEnv = process.env,
): Promise<number> {
  const say: Say = (event, grant, words) => {
    screen.err(options.json === true ? `${JSON.stringify({ event, grant })}\n` : `nhi: ${oneLine(words)}\n`);
  };
  let client: BrokerClient;
  let held;
  try {
    client = brokerAt(options, env);
    held = await access(client, options, say);
  } catch (error) {
    if (!(error instanceof CouldNotRun)) throw error;
    screen.err(`nhi: ${oneLine(error.message)}\n`);
    return noAccessCode;
  }
  if (!held) return noAccessCode;

  const { grant, credential } = held;
  const until = new Date(credential.expiresAt);
  say("issued", grant, `${grant.role} until ${credential.expiresAt} (grant ${grant.id})`);
  const end = await runCommand(command, { ...env, [tokenVariable]: undefined, ...credential.values }, until);
  if (end.problem !== undefined) screen.err(`nhi: ${command[0] ?? ""} could not be run: ${end.problem}.\n`);
  if (end.isTimedOut) say("timed_out", grant, "the time is over: the command was ended");
  await giveBack(client, grant, end.code === 0 ? "completed" : "failed", say);
  return end.code;
}

/** The credential, or nothing where the broker or its approvers said no. */
async function access(client: BrokerClient, options: RunOptions, say: Say) {
  const { role, purpose, ttl, environment, task, resource, parent } = options;
  const ttlSeconds = secondsOf("--ttl", ttl);
  const asked = await said(
    client.request({
      role,
      purpose,
      ttlSeconds,
      environment,
      ...(task !== undefined && { task }),
      ...(resource && { resources: resource }),
      ...(parent !== undefined && { parent }),
    }),
  );
  const decided = await approved(client, asked, say);
  if (decided.state !== "approved") {
    say(
      "denied",
      decided,
      `denied: ${decided.reason ?? `the grant is ${decided.state}`} (grant ${decided.id})`,
    );
    return undefined;
  }
  return said(client.collect(decided.id));
}

/** Waits for the approvers. Who stops waiting takes the request back. */
async function approved(client: BrokerClient, asked: GrantView, say: Say): Promise<GrantView> {
  if (asked.state !== "pending_approval") return asked;
  const { needed = 1, approvers = [], expiresAt = "" } = asked.approval ?? {};
  say(
    "pending_approval",
    asked,
    `waits until ${expiresAt} for ${needed} of ${approvers.join(", ")} (nhi approve ${asked.id})`,
  );
  const stop = new AbortController();
  const onSignal = () => stop.abort();
  process.once("SIGINT", onSignal).once("SIGTERM", onSignal);
  try {
    let grant = asked;
    while (grant.state === "pending_approval") {
      await pause(lookEveryMs, stop.signal);
      if (stop.signal.aborted) return await said(client.revoke(asked.id));
      const given = grant.approval?.given.length ?? 0;
      grant = await said(client.get(asked.id));
      const now = grant.approval?.given ?? [];
      if (now.length > given)
        say("approved", grant, `${now.length} of ${needed} said yes: ${now.join(", ")}`);
    }
    return grant;
  } finally {
    process.off("SIGINT", onSignal).off("SIGTERM", onSignal);
  }
}

const pause = (ms: number, signal: AbortSignal) =>
  new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });

/** Says so where it did not work, and changes nothing of the command's end: the credential ends by itself. */
async function giveBack(
  client: BrokerClient,
  grant: GrantView,
  outcome: "completed" | "failed",
  say: Say,
): Promise<void> {
  try {
    const after = await said(client.complete(grant.id, outcome));
    const words: Partial<Record<GrantView["state"], string>> = {
      revoked: "given back and revoked",
      expired: "given back; the credential had ended by itself",
      revoke_failed: `NOT revoked yet: the broker tries again; it ends by itself at ${grant.expiresAt ?? "its end"}`,
    };
    say(after.state, after, words[after.state] ?? `the grant is ${after.state}`);
  } catch (error) {
    if (!(error instanceof CouldNotRun)) throw error;
    say(
      "not_given_back",
      grant,
      `NOT given back: ${error.message} It ends by itself at ${grant.expiresAt ?? "its end"}.`,
    );
  }
}
