import type { SourceName } from "./event";
import { filesOf } from "./files";
import { join, type VaultHashes } from "./join";
import { prefixPattern, usualPrefix } from "./sources/postgresql";
import { timelineOf, type Timeline } from "./timeline";

export interface TraceOptions {
  /** A grant's id, a lease's, a source identity, a database's user or an access key's id. */
  id: string;
  /** Files and folders. What each one holds is found out by looking. */
  paths: readonly string[];
  /** The logs that the paths are said to be of. */
  given?: ReadonlySet<SourceName>;
  /** `log_line_prefix` of PostgreSQL's log. */
  postgresPrefix?: string;
  vaultHashes?: VaultHashes;
}

/** Reads the logs and puts together what they say about one access. */
export async function trace(options: TraceOptions): Promise<Timeline> {
  const { id, paths, given = new Set<SourceName>(), postgresPrefix = usualPrefix, vaultHashes } = options;
  const joined = await join({
    id,
    files: [...new Set(filesOf(paths))],
    ...(vaultHashes && { vaultHashes }),
    settings: {
      knowsLeaseHash: (vaultHashes?.lease ?? []).length > 0,
      postgresPattern: prefixPattern(postgresPrefix),
    },
  });
  return timelineOf(id, joined, given);
}
