import * as pulumi from "@pulumi/pulumi";
import * as vault from "@pulumi/vault";
import { metadataProblem, type NhiMetadata } from "../identity";
import { refuse, shown, type Problem } from "../refusal";

/** How Vault reaches the collector. Not UDP: what it loses, nobody notices. */
export const AuditSocketType = {
  Tcp: "tcp",
  Unix: "unix",
} as const;
export type AuditSocketType = (typeof AuditSocketType)[keyof typeof AuditSocketType];

/** A file on Vault's machine. */
export interface AuditFile {
  /** An absolute path, or `stdout` where the server's output is collected. */
  path: string;
  /** The file's permissions. Default: `0600`. `0640` lets a collector's group read it. */
  mode?: string | undefined;
}

/** A collector that listens. It must listen when the component is made: Vault tries it out. */
export interface AuditSocket {
  /** `host:port`, or an absolute path with `socketType` `unix`. */
  address: string;
  /** How Vault reaches it. Default: `tcp`. */
  socketType?: AuditSocketType;
}

/** The syslog of Vault's machine. */
export interface AuditSyslog {
  /** The facility that the lines are of. Default: `AUTH`. */
  facility?: string | undefined;
  /** What the lines are marked with. Default: `vault`. */
  tag?: string | undefined;
}

export interface VaultAuditArgs {
  /** Who answers for the trail and why it exists. Stands on each device. */
  metadata: NhiMetadata;
  /** Write to a file. At least two of `file`, `socket` and `syslog` are required. */
  file?: AuditFile | undefined;
  /** Send to a collector. */
  socket?: AuditSocket | undefined;
  /** Write to the syslog. */
  syslog?: AuditSyslog | undefined;
}

interface Device {
  kind: "file" | "socket" | "syslog";
  options: Record<string, string>;
}

/**
 * The audit trail of a Vault server, on at least two devices of different kinds. Vault answers a request only when at
 * least one device has its record, so one full disk or one silent collector costs neither the trail nor the service.
 *
 * Secrets in it are hashed, always. Pass `{ protect: true }` and no deployment can take the devices away.
 *
 * OpenBao from 2.3.2 on takes devices from its configuration file only, unless that file says
 * `unsafe_allow_api_audit_creation`.
 *
 * @example
 * ```typescript
 * new VaultAudit(
 *   "audit",
 *   { metadata, file: { path: "/var/log/vault/audit.log" }, socket: { address: "collector.internal:9090" } },
 *   { protect: true },
 * );
 * ```
 */
export class VaultAudit extends pulumi.ComponentResource {
  constructor(name: string, args: VaultAuditArgs, opts?: pulumi.ComponentResourceOptions) {
    refuse("VaultAudit", name, vaultAuditProblem(name, args));
    super("nhi:index:VaultAudit", name, { ...args }, opts);

    let earlier: vault.Audit[] = [];
    for (const { kind, options } of devicesOf(args)) {
      const device = new vault.Audit(
        `${name}-${kind}`,
        {
          type: kind,
          path: `${name}-${kind}`,
          // What seldom changes: a device can't be changed, only replaced, and what it hashes looks different after.
          description: `${args.metadata.purpose} (owner ${args.metadata.owner})`,
          // On every node of a cluster and on its replicas: a local device is on one only.
          local: false,
          options: { ...options, hmac_accessor: "true", log_raw: "false" },
        },
        // Vault refuses a second device on the same file, so the old one goes first. One device after the other: while
        // one is replaced, the others keep the trail.
        { parent: this, deleteBeforeReplace: true, dependsOn: earlier },
      );
      earlier = [...earlier, device];
    }
    this.registerOutputs({});
  }
}

function devicesOf({ file, socket, syslog }: VaultAuditArgs): Device[] {
  const devices: Device[] = [];
  if (file) devices.push({ kind: "file", options: { file_path: file.path, mode: file.mode ?? "0600" } });
  if (socket)
    devices.push({
      kind: "socket",
      options: { address: socket.address, socket_type: socket.socketType ?? AuditSocketType.Tcp },
    });
  if (syslog)
    devices.push({
      kind: "syslog",
      options: { facility: syslog.facility ?? "AUTH", tag: syslog.tag ?? "vault" },
    });
  return devices;
}

function vaultAuditProblem(name: string, args: VaultAuditArgs): Problem {
  const devices = devicesOf(args);
  if (!/^[A-Za-z0-9_-]+$/.test(name))
    return `the name must be letters, digits, _ or -: it becomes part of the devices' paths.`;
  return (
    metadataProblem(args.metadata) ??
    (devices.length < 2
      ? `at least two of file, socket and syslog must be given, got ${devices[0]?.kind ?? "none"}. ` +
        "With one device, Vault stops answering when that one fails."
      : undefined) ??
    fileProblem(args.file) ??
    socketProblem(args.socket) ??
    syslogProblem(args.syslog)
  );
}

function fileProblem(file: AuditFile | undefined): Problem {
  if (!file) return undefined;
  const { path, mode = "0600" } = file;
  if (path !== "stdout" && !/^\/(?!dev\/)[^\p{C}]*[^/\s\p{C}]$/u.test(path))
    return `file.path must be an absolute path of a file or "stdout", got ${shown(path)}. Vault throws away what goes to "discard".`;
  return ["0600", "0640"].includes(mode)
    ? undefined
    : `file.mode must be "0600" or "0640", got ${shown(mode)}. The trail is not for everybody on the machine.`;
}

function socketProblem(socket: AuditSocket | undefined): Problem {
  if (!socket) return undefined;
  const { address, socketType = AuditSocketType.Tcp } = socket;
  const types: string[] = Object.values(AuditSocketType);
  if (!types.includes(socketType))
    return `socket.socketType must be tcp or unix, got ${shown(socketType)}. UDP loses records unnoticed.`;
  if (socketType === AuditSocketType.Unix)
    return /^\/[^\p{C}]*[^/\s\p{C}]$/u.test(address)
      ? undefined
      : `socket.address must be an absolute path for a unix socket, got ${shown(address)}.`;
  const port = Number(/^(?:[A-Za-z0-9.-]+|\[[0-9a-fA-F:.]+\]):(\d{1,5})$/.exec(address)?.[1] ?? "0");
  return port >= 1 && port <= 65535 ? undefined : `socket.address must be host:port, got ${shown(address)}.`;
}

const facilities =
  "KERN USER MAIL DAEMON AUTH SYSLOG LPR NEWS UUCP CRON AUTHPRIV FTP LOCAL0 LOCAL1 LOCAL2 LOCAL3 LOCAL4 LOCAL5 LOCAL6 LOCAL7";

function syslogProblem(syslog: AuditSyslog | undefined): Problem {
  if (!syslog) return undefined;
  const { facility = "AUTH", tag = "vault" } = syslog;
  if (!facilities.split(" ").includes(facility))
    return `syslog.facility must be one of ${facilities}, got ${shown(facility)}.`;
  return /^[\w./-]{1,32}$/.test(tag)
    ? undefined
    : `syslog.tag must be 1 to 32 letters, digits or _ . / -, got ${shown(tag)}.`;
}
