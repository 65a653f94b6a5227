export interface BrokerHostOptions {
  settings: string;
  policies: string;
  events: string;
  host: string;
  port: string;
  check?: boolean;
}
import type { Screen } from "../screen";
export function hostBroker(_options: BrokerHostOptions, _screen: Screen): Promise<number> {
  throw new Error("not yet");
}
