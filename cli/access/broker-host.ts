import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { IAMClient } from "@aws-sdk/client-iam";
import { STSClient } from "@aws-sdk/client-sts";
import { Broker } from "../../broker/broker";
import { CedarDecider, PolicyProblem, type PolicyFiles } from "../../broker/decide/cedar";
import { NdjsonEvents } from "../../broker/events/ndjson";
import { OidcCallers } from "../../broker/http/oidc";
import { host } from "../../broker/http/server";
import { awsMinter } from "../../broker/minters/aws";
import { vaultMinter } from "../../broker/minters/vault";
import type { Ports, Store, TargetKind } from "../../broker/ports";
import { kindOf, readSettings, SettingsProblem, type Settings } from "../../broker/settings";
import { dynamoStore } from "../../broker/stores/dynamodb";
import { MemoryStore } from "../../broker/stores/memory";
import { CouldNotRun, ExitCode } from "../exit-code";
import type { Screen } from "../screen";

export interface BrokerHostOptions {
  settings: string;
  policies: string;
  events?: string;
  host: string;
  port: string;
  table?: string;
  check?: boolean;
}

/** Runs a broker until it is told to stop. */
export async function hostBroker(options: BrokerHostOptions, screen: Screen): Promise<number> {
  const settings = await settingsIn(options.settings);
  const decider = await deciderIn(options.policies);
  const port = Number(options.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new CouldNotRun(`--port must be a whole number from 0 to 65535, got ${options.port}.`);
  if (options.check === true) {
    const roles = Object.keys(settings.roles).length;
    screen.out(`${roles} roles, policies ${decider.policyHash}: they can be used.\n`);
    return ExitCode.Clean;
  }
  if (settings.issuers.length === 0)
    throw new CouldNotRun(
      `${options.settings}: issuers must name at least one: nobody could call the broker.`,
    );
  if (options.events === undefined)
    throw new CouldNotRun("--events must be a file: access that nobody can look up is not given.");

  const events = await NdjsonEvents.open(options.events).catch((error: unknown) => {
    throw unreadable("--events", options.events ?? "", error);
  });
  const clock = () => new Date();
  const onProblem = (line: string) => screen.err(`nhi: ${line}\n`);
  const store = storeOf(options.table);
  const minters = mintersFor(settings, store, onProblem);
  const hosted = await host({
    broker: new Broker(settings, { store, minters, decider, events, clock }),
    callers: new OidcCallers(settings.issuers),
    host: options.host,
    port,
    onProblem,
  }).catch((error: unknown) => {
    throw new CouldNotRun(
      `The broker can't listen on ${options.host}:${options.port}: ${(error as NodeJS.ErrnoException).code ?? "unknown"}.`,
    );
  });
  screen.err(`nhi: the broker listens at ${hosted.url}\n`);
  await new Promise<void>((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve());
  });
  await hosted.stop();
  await events.close();
  return ExitCode.Clean;
}

/** In memory, grants are gone with the process: what was minted then ends by itself and not before. */
function storeOf(table: string | undefined): Store {
  return table === undefined ? new MemoryStore() : dynamoStore(new DynamoDBClient({}), table);
}

/** What the settings name, and nothing else: where the way to a target is missing, the broker does not begin. */
function mintersFor(settings: Settings, store: Store, onProblem: (line: string) => void): Ports["minters"] {
  const kinds = new Set<TargetKind>(Object.values(settings.roles).map(kindOf));
  const minters: Ports["minters"] = {};
  if (kinds.has("aws")) {
    minters.aws = awsMinter({
      sts: new STSClient({}),
      iam: new IAMClient({}),
      onModified: (roleArn) =>
        onProblem(`Somebody else changed nhi-revoked-grants of ${roleArn}: what they put there stays.`),
      endOf: async (id) => {
        const end = (await store.get(id))?.expiresAt;
        return end === undefined ? undefined : new Date(end);
      },
    });
  }
  if (kinds.has("vault")) minters.vault = vaultMinter(vaultHere(process.env));
  if (kinds.has("gcp"))
    throw new CouldNotRun(
      "A role with a GCP target needs a broker that runs at Google Cloud; `nhi broker` has no way to it.",
    );
  return minters;
}

/** The broker's own way to Vault. A file is read anew each time: Vault Agent renews the token in it. */
function vaultHere({ VAULT_ADDR: address, VAULT_TOKEN: token, VAULT_TOKEN_FILE: file }: NodeJS.ProcessEnv) {
  if (address === undefined || (token === undefined && file === undefined))
    throw new CouldNotRun(
      "A role with a Vault target needs VAULT_ADDR, and the broker's own token in VAULT_TOKEN_FILE (as Vault Agent keeps it) or VAULT_TOKEN.",
    );
  return {
    address: address.replace(/\/$/, ""),
    token: async () => (file === undefined ? (token ?? "") : (await readFile(file, "utf8")).trim()),
  };
}

async function settingsIn(file: string): Promise<Settings> {
  try {
    return readSettings(await readFile(file, "utf8"));
  } catch (error) {
    if (error instanceof SettingsProblem) throw new CouldNotRun(`${file}: ${error.message}`);
    throw unreadable("--settings", file, error);
  }
}

async function deciderIn(folder: string): Promise<CedarDecider> {
  const files: PolicyFiles = {};
  try {
    for (const name of (await readdir(folder)).sort())
      if (name.endsWith(".cedar")) files[name] = await readFile(join(folder, name), "utf8");
    return new CedarDecider(files);
  } catch (error) {
    if (error instanceof PolicyProblem) throw new CouldNotRun(`${folder}: ${error.message}`);
    throw unreadable("--policies", folder, error);
  }
}

const unreadable = (option: string, path: string, error: unknown) =>
  new CouldNotRun(
    `${option} must be there and readable, got ${path}: ${(error as NodeJS.ErrnoException).code ?? "unknown"}.`,
  );
