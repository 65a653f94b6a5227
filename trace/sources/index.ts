import type { LogRecord, Said, SourceName } from "../event";
import { fromBroker, isBroker } from "./broker-events";
import { fromCloudTrail, isCloudTrail } from "./cloudtrail";
import { fromGcp, isGcp } from "./gcp";
import { fromPostgresJson, fromPostgresLine, isPostgresJson } from "./postgresql";
import { fromVault, isVault, type VaultSettings } from "./vault";

export interface SourceSettings extends VaultSettings {
  /** The lines of PostgreSQL's log, as its prefix begins them. */
  postgresPattern: RegExp;
}

interface Source {
  name: SourceName;
  is: (record: LogRecord) => boolean;
  /** What the record says, or nothing where it has no time that can be read. */
  says: (record: LogRecord, settings: SourceSettings) => Said | undefined;
}

/** CloudTrail comes last but one: Vault and Google have no record with an event's source and name. */
const sources: readonly Source[] = [
  { name: "broker", is: isBroker, says: fromBroker },
  { name: "vault", is: isVault, says: fromVault },
  { name: "gcp", is: isGcp, says: fromGcp },
  { name: "cloudtrail", is: isCloudTrail, says: fromCloudTrail },
  { name: "postgresql", is: isPostgresJson, says: fromPostgresJson },
];

/** What a record or an entry of text says, by the log that it is of. Nothing where it is of no log that is known. */
export function told(
  record: LogRecord | string,
  settings: SourceSettings,
): (Said & { source: SourceName }) | undefined {
  if (typeof record === "string") {
    const said = fromPostgresLine(record, settings.postgresPattern);
    return said && { source: "postgresql", ...said };
  }
  const source = sources.find((one) => one.is(record));
  const said = source?.says(record, settings);
  return source && said && { source: source.name, ...said };
}
