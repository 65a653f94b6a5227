import { AuditSocketType, NhiKind, VaultAudit, type VaultAuditArgs } from "pulumi-nhi";
import { refusalOf, registeredBy } from "../../support/mocks";

const metadata = {
  owner: "team-platform",
  purpose: "keep the trail of Vault",
  environment: "production",
  kind: NhiKind.Service,
  reviewBy: "2027-06-30",
};
const args: VaultAuditArgs = {
  metadata,
  file: { path: "/var/log/vault/audit.log" },
  socket: { address: "127.0.0.1:9090" },
};
const device = (kind: string, options: Record<string, string>, after: string[]) => ({
  type: "vault:index/audit:Audit",
  name: `audit-${kind}`,
  parent: "VaultAudit audit",
  inputs: {
    type: kind,
    path: `audit-${kind}`,
    description: "keep the trail of Vault (owner team-platform)",
    local: false,
    options: { ...options, hmac_accessor: "true", log_raw: "false" },
  },
  ...(after.length > 0 && { after }),
  deleteBeforeReplace: true,
});

describe("what is registered", () => {
  it("is two devices, the second after the first", async () => {
    expect(await registeredBy(() => new VaultAudit("audit", args))).toEqual([
      { type: "nhi:index:VaultAudit", name: "audit", inputs: args, outputs: {} },
      device("file", { file_path: "/var/log/vault/audit.log", mode: "0600" }, []),
      device("socket", { address: "127.0.0.1:9090", socket_type: "tcp" }, ["Audit audit-file"]),
    ]);
  });

  it("is all three, each after those before it, as they were asked for", async () => {
    const registered = await registeredBy(
      () =>
        new VaultAudit("audit", {
          metadata,
          file: { path: "stdout", mode: "0640" },
          socket: { address: "/run/collector.sock", socketType: AuditSocketType.Unix },
          syslog: { facility: "LOCAL3", tag: "vault-eu" },
        }),
    );
    expect(registered.slice(1)).toEqual([
      device("file", { file_path: "stdout", mode: "0640" }, []),
      device("socket", { address: "/run/collector.sock", socket_type: "unix" }, ["Audit audit-file"]),
      device("syslog", { facility: "LOCAL3", tag: "vault-eu" }, ["Audit audit-file", "Audit audit-socket"]),
    ]);
  });

  it("has the server's defaults spelled out", async () => {
    const registered = await registeredBy(
      () => new VaultAudit("audit", { metadata, socket: { address: "[::1]:9090" }, syslog: {} }),
    );
    expect(registered.slice(1)).toEqual([
      device("socket", { address: "[::1]:9090", socket_type: "tcp" }, []),
      device("syslog", { facility: "AUTH", tag: "vault" }, ["Audit audit-socket"]),
    ]);
  });
});

describe("what is refused", () => {
  const two = (got: string) =>
    `at least two of file, socket and syslog must be given, got ${got}. ` +
    "With one device, Vault stops answering when that one fails.";
  const path = (got: string) =>
    `file.path must be an absolute path of a file or "stdout", got "${got}". ` +
    'Vault throws away what goes to "discard".';
  const mode = (got: string) =>
    `file.mode must be "0600" or "0640", got "${got}". The trail is not for everybody on the machine.`;
  const address = (got: string) => `socket.address must be host:port, got "${got}".`;

  it.each<[string, VaultAuditArgs, string]>([
    [
      "no owner",
      { ...args, metadata: { ...metadata, owner: "" } },
      'metadata.owner must say something, got "".',
    ],
    ["no device", { metadata }, two("none")],
    ["one file", { metadata, file: { path: "/var/log/audit.log" } }, two("file")],
    ["one socket", { metadata, socket: { address: "127.0.0.1:9090" } }, two("socket")],
    ["one syslog", { metadata, syslog: {} }, two("syslog")],
    ["a file that keeps nothing", { ...args, file: { path: "discard" } }, path("discard")],
    ["a file that keeps nothing, by Unix", { ...args, file: { path: "/dev/null" } }, path("/dev/null")],
    ["a relative path", { ...args, file: { path: "audit.log" } }, path("audit.log")],
    ["a folder", { ...args, file: { path: "/var/log/" } }, path("/var/log/")],
    ["no path", { ...args, file: { path: "" } }, path("")],
    ["a file for all", { ...args, file: { path: "/a", mode: "0644" } }, mode("0644")],
    ["a file that the group writes", { ...args, file: { path: "/a", mode: "0660" } }, mode("0660")],
    ["a file that runs", { ...args, file: { path: "/a", mode: "0700" } }, mode("0700")],
    ["no mode", { ...args, file: { path: "/a", mode: "" } }, mode("")],
    ["an address without port", { ...args, socket: { address: "127.0.0.1" } }, address("127.0.0.1")],
    ["a port that is none", { ...args, socket: { address: "127.0.0.1:0" } }, address("127.0.0.1:0")],
    ["a port too high", { ...args, socket: { address: "a:65536" } }, address("a:65536")],
    ["a URL", { ...args, socket: { address: "tcp://a:1" } }, address("tcp://a:1")],
    [
      "a relative path of a socket",
      { ...args, socket: { address: "a.sock", socketType: AuditSocketType.Unix } },
      'socket.address must be an absolute path for a unix socket, got "a.sock".',
    ],
    [
      "UDP",
      { ...args, socket: { address: "127.0.0.1:9090", socketType: "udp" as AuditSocketType } },
      'socket.socketType must be tcp or unix, got "udp". UDP loses records unnoticed.',
    ],
    [
      "a facility that does not exist",
      { ...args, syslog: { facility: "auth" } },
      "syslog.facility must be one of KERN USER MAIL DAEMON AUTH SYSLOG LPR NEWS UUCP CRON AUTHPRIV FTP LOCAL0 LOCAL1 " +
        'LOCAL2 LOCAL3 LOCAL4 LOCAL5 LOCAL6 LOCAL7, got "auth".',
    ],
    [
      "a tag of two words",
      { ...args, syslog: { tag: "a b" } },
      'syslog.tag must be 1 to 32 letters, digits or _ . / -, got "a b".',
    ],
  ])("%s", async (_, given, says) => {
    expect(await refusalOf(() => new VaultAudit("audit", given))).toBe(`VaultAudit "audit": ${says}`);
  });

  it("a component's name that can't be a path", async () => {
    expect(await refusalOf(() => new VaultAudit("audit/eu", args))).toBe(
      'VaultAudit "audit/eu": the name must be letters, digits, _ or -: it becomes part of the devices\' paths.',
    );
  });
});
