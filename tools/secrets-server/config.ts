import { join } from "node:path";

export interface ServerSettings {
  kind: "openbao" | "vault";
  /** Where the data is kept. */
  dir: string;
  port: number;
  /** For the storage's own traffic. Loopback too, and used by OpenBao only. */
  clusterPort: number;
}

/** The server's configuration: a real one, on disk, with what a server for one run on one machine does not need left out. */
export function serverConfig({ kind, dir, port, clusterPort }: ServerSettings): Record<string, unknown> {
  const address = `http://127.0.0.1:${port}`;
  const path = join(dir, "data");
  const shared = {
    listener: { tcp: { address: `127.0.0.1:${port}`, tls_disable: true } },
    api_addr: address,
    // Locking memory takes a privilege that neither a container nor a CI job has. The data ends with the run.
    disable_mlock: true,
    ui: false,
    log_level: "warn",
  };
  if (kind === "vault") return { ...shared, storage: { file: { path } } };
  return {
    ...shared,
    cluster_addr: `http://127.0.0.1:${clusterPort}`,
    // OpenBao deprecates file storage. One node elects itself at once with the lowest multiplier.
    storage: { raft: { path, node_id: "one", performance_multiplier: "1" } },
    // OpenBao takes audit devices from this file only, because one made over the API can write any file that the server
    // can. Pulumi makes them over the API, and here the caller owns the server.
    unsafe_allow_api_audit_creation: true,
  };
}
