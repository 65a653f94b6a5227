import { NhiKind, SshCertificateAuthority } from "pulumi-nhi";

const metadata = {
  owner: "team-ops",
  purpose: "deployments to the hosts",
  environment: "production",
  kind: NhiKind.Pipeline,
  reviewBy: "2027-06-30",
};

// In place of a key in authorized_keys: five minutes, one user, one command.
const users = new SshCertificateAuthority("ssh-users", {
  metadata,
  users: [{ name: "deploy", principals: ["deploy"], forcedCommand: "/usr/local/bin/deploy" }],
});

// In place of "are you sure you want to continue connecting?"
const hosts = new SshCertificateAuthority("ssh-hosts", {
  metadata,
  hosts: [{ name: "web", hosts: ["web.example.com"] }],
});

/** A file on every host, named by TrustedUserCAKeys in sshd_config. */
export const trustedUserCaKey = users.publicKey;
/** Behind "@cert-authority *.example.com" in the known_hosts of those who sign in. */
export const hostKey = hosts.publicKey;
