import { BrokerClient, BrokerSaidNo, NoBroker } from "../../broker/client";
import { CouldNotRun } from "../exit-code";
import { tokenSource, type TokenOptions } from "./token";

export interface BrokerOptions extends TokenOptions {
  broker?: string;
}

const variable = "NHI_BROKER";

/** The broker that `--broker` or `NHI_BROKER` names. */
export function brokerAt(options: BrokerOptions, env: NodeJS.ProcessEnv): BrokerClient {
  const given = options.broker ?? env[variable];
  if (given === undefined || given === "")
    throw new CouldNotRun(`Say where the broker is: --broker URL, or ${variable}.`);
  const url = URL.canParse(given) ? new URL(given) : undefined;
  const isLoopback = url !== undefined && ["127.0.0.1", "[::1]", "localhost"].includes(url.hostname);
  // A token is sent with each call, and a credential comes back.
  if (url?.protocol !== "https:" && !(url?.protocol === "http:" && isLoopback))
    throw new CouldNotRun(`--broker must be an https URL, or http on this machine itself, got ${given}.`);
  return new BrokerClient(url.href, tokenSource(options, env));
}

/** The broker's own line in place of an error's. */
export async function said<T>(call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof BrokerSaidNo || error instanceof NoBroker) throw new CouldNotRun(error.message);
    throw error;
  }
}
