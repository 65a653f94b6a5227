import { NhiKind, SshCertificateAuthority, SshExtension } from "../../../../components";

const { ENTITY = "", MAX_TTL = "300", COMMAND } = process.env;

const metadata = {
  owner: "team-ops",
  purpose: "deployments to the hosts",
  environment: "production",
  kind: NhiKind.Workload,
  reviewBy: "2027-06-30",
};

const users = new SshCertificateAuthority("ssh-users", {
  metadata,
  users: [
    { name: "deploy", principals: ["deploy", "logs"], maxTtlSeconds: Number(MAX_TTL) },
    {
      name: "backup",
      principals: ["backup"],
      forcedCommand: COMMAND,
      sourceAddresses: ["127.0.0.0/8"],
      extensions: [SshExtension.Pty],
    },
  ],
  consumers: [{ name: "deployment", roles: ["deploy", "backup"], entityIds: [ENTITY] }],
});

const hosts = new SshCertificateAuthority("ssh-hosts", {
  metadata,
  hosts: [{ name: "web", hosts: ["web.example.com"] }],
  consumers: [{ name: "web", roles: ["web"], entityIds: [ENTITY] }],
});

export const userKey = users.publicKey;
export const hostKey = hosts.publicKey;
