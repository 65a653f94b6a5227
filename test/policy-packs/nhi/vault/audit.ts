import { vaultAuditLogs } from "../../../../policy-packs/nhi/vault/audit-log";
import { type Props, unknownText } from "../../../support/analyze";
import type { RuleCases } from "../../../support/rule-tester";

const device = "vault:index/audit:Audit";
const header = "vault:index/auditRequestHeader:AuditRequestHeader";
const jwt = "vault:jwt/authBackend:AuthBackend";
const mount = "vault:index/mount:Mount";

/** Types whose mount is tuned by properties of its own, and those that have them in `tune`. */
const mounts = Object.keys(vaultAuditLogs).filter((type) => /mount|backend/i.test(type));
const isAuth = (type: string) => /authBackend/i.test(type);

const file = (options: Props) => ({ type: "file", options: { file_path: "/vault/audit.log", ...options } });
const asItIs = "names a key that holds secrets, which every device then writes as they are";
const raw = "options.log_raw is true, which writes tokens and secrets into the log as they are";

/** Vault's audit devices, for `audit-log-is-complete`. */
export const vaultAuditCases: Required<RuleCases> = {
  allows: [
    { name: "a device with Vault's defaults", type: device, props: file({}) },
    {
      name: "a device that says them",
      type: device,
      props: file({ log_raw: "false", hmac_accessor: "true", mode: "0600", prefix: "vault: " }),
    },
    { name: "a device that leaves the file's mode", type: device, props: file({ mode: "0000" }) },
    {
      name: "a device that takes what others leave out",
      type: device,
      props: file({ fallback: "true", elide_list_responses: "true" }),
    },
    {
      name: "a device that writes to its output",
      type: device,
      props: { type: "file", options: { file_path: "stdout" } },
    },
    { name: "a header as a hash", type: header, props: { name: "Authorization", hmac: true } },
    { name: "a header that is no secret", type: header, props: { name: "X-Request-Id", hmac: false } },
    {
      name: "keys that are no secret",
      type: mount,
      props: { auditNonHmacRequestKeys: ["common_name"], auditNonHmacResponseKeys: ["error", "token_type"] },
    },
    { name: "a mount that names none", type: jwt, props: { tune: { maxLeaseTtl: "1h" } } },
  ],
  blocks: [
    ...["true", "1", "T", "TRUE"].map((log_raw) => ({
      name: `a device that writes secrets: ${log_raw}`,
      type: device,
      props: file({ log_raw }),
      says: [raw],
    })),
    {
      name: "a device that writes secrets, with a path that is not known yet",
      type: device,
      props: { type: "socket", options: { address: unknownText, log_raw: "true" } },
      says: [raw],
    },
    {
      name: "a device that writes accessors and keeps nothing",
      type: device,
      props: file({ hmac_accessor: "F", file_path: "Discard" }),
      says: [
        "options.hmac_accessor is false, which writes accessors into the log, and with one a token can be revoked or looked up",
        "options.file_path names a place that keeps nothing",
      ],
    },
    {
      name: "a log that can be run",
      type: device,
      props: file({ mode: "0755", prefix: "#!/bin/sh\n" }),
      says: [
        "options.mode makes a program of the log: with prefix and the folder for plugins, whoever has it runs code on the server (CVE-2025-6000)",
        "options.prefix makes a script of the log, which whoever reaches the folder for plugins has the server run (CVE-2025-6000)",
      ],
    },
    {
      name: "a log that every user of the server reads",
      type: device,
      props: file({ mode: "644" }),
      says: ["options.mode lets every user of the server at the log"],
      level: "advisory",
    },
    {
      name: "a socket that may lose entries",
      type: device,
      props: { type: "socket", options: { address: "127.0.0.1:9090", socket_type: "udp" } },
      says: ["options.socket_type loses what is not delivered, and nobody notices"],
      level: "advisory",
    },
    {
      name: "a device of one cluster that leaves out a part",
      type: device,
      props: { ...file({ filter: "mount_type == kv", exclude: "[]" }), local: true },
      says: [
        "options.filter leaves out a part of what is done, which is lost where no other device has it",
        "options.exclude leaves out a part of what is done, which is lost where no other device has it",
        "local is true, so that the other clusters of a replication don't have the device",
      ],
      level: "advisory",
    },
    {
      name: "a header with which clients sign in, as it is",
      type: header,
      props: { name: "X-Vault-Token" },
      says: ["hmac is not true, which writes what clients sign in with into the log as it is"],
    },
    ...mounts.map((type) => {
      const keys = { auditNonHmacResponseKeys: ["error", "Client_Token"] };
      return {
        name: `keys that hold secrets, ${type}`,
        type,
        props: isAuth(type) ? { tune: keys } : keys,
        says: [`${isAuth(type) ? "tune." : ""}auditNonHmacResponseKeys ${asItIs}`],
      };
    }),
    ...["data", "secret_id", "plaintext", "jwt", "dbPassword"].map((key) => ({
      name: `${key} in plain text, behind one that is not known yet`,
      type: mount,
      props: { auditNonHmacRequestKeys: [unknownText, key] },
      says: [`auditNonHmacRequestKeys ${asItIs}`],
    })),
  ],
  undecided: [
    {
      name: "options that are not known yet",
      type: device,
      props: { type: "file", options: unknownText },
      says: ["options is not known yet"],
    },
    {
      name: "an option that is not known yet",
      type: device,
      props: file({ log_raw: unknownText, mode: unknownText }),
      says: ["options.log_raw is not known yet", "options.mode is not known yet"],
    },
    {
      name: "a header's hash that is not known yet",
      type: header,
      props: { name: "cookie", hmac: unknownText },
      says: ["hmac is not known yet, and has to be true"],
    },
    {
      name: "a key that is not known yet",
      type: mount,
      props: { auditNonHmacRequestKeys: ["error", unknownText] },
      says: ["auditNonHmacRequestKeys is not known yet in all its parts"],
    },
    {
      name: "a mount's limits that are not known yet",
      type: jwt,
      props: { tune: unknownText },
      says: ["tune is not known yet"],
    },
  ],
};
