import {
  NhiKind,
  SshCertificateAuthority,
  SshExtension,
  SshKeyType,
  type SshCertificateAuthorityArgs,
  type SshHostRole,
  type SshUserRole,
} from "pulumi-nhi";
import { refusalOf, registeredBy, type Registered } from "../../support/mocks";

const line =
  "deployments to the hosts (owner team-ops, environment production, kind pipeline, review by 2027-06-30)";
const metadata = {
  owner: "team-ops",
  purpose: "deployments to the hosts",
  environment: "production",
  kind: NhiKind.Pipeline,
  reviewBy: "2027-06-30",
};
const user: SshUserRole = { name: "deploy", principals: ["deploy"] };
const host: SshHostRole = { name: "web", hosts: ["web.example.com"] };
const args: SshCertificateAuthorityArgs = { metadata, users: [user] };
const policy = (path: string) => `# ${line}
path "${path}" {
  capabilities = ["update"]
  allowed_parameters = {
    "public_key" = []
    "valid_principals" = []
    "cert_type" = []
    "ttl" = []
  }
}
`;
const roleInputs = {
  backend: "ssh",
  name: "deploy",
  keyType: "ca",
  allowedUserKeyConfigs: [{ type: "ed25519", lengths: [0] }],
  allowEmptyPrincipals: false,
  allowUserKeyIds: false,
  keyIdFormat: "{{token_display_name}}-{{role_name}}-{{public_key_hash}}",
  ttl: "300",
  maxTtl: "300",
  allowUserCertificates: true,
  allowHostCertificates: false,
  allowedUsers: "deploy",
  defaultUser: "deploy",
  defaultExtensions: {},
};
const mountInputs = {
  path: "ssh",
  type: "ssh",
  description: line,
  defaultLeaseTtlSeconds: 300,
  maxLeaseTtlSeconds: 1800,
  auditNonHmacRequestKeys: ["public_key", "valid_principals"],
  auditNonHmacResponseKeys: ["serial_number", "signed_key"],
};
const typed = (registered: Registered[], kind: string) =>
  registered.filter(({ type }) => type.endsWith(`:${kind}`)).map(({ inputs }) => inputs);

describe("what is registered", () => {
  it("is the mount, its key, and for each role a role and a policy", async () => {
    const parent = "SshCertificateAuthority ssh";
    const registered = await registeredBy(() => new SshCertificateAuthority("ssh", args), { preview: true });
    expect(registered).toEqual([
      {
        type: "nhi:index:SshCertificateAuthority",
        name: "ssh",
        inputs: args,
        outputs: {
          mountPath: "ssh",
          publicKey: "<unknown>",
          credentialPaths: { deploy: "ssh/sign/deploy" },
          policyNames: { deploy: "nhi.ssh.deploy" },
        },
      },
      { parent, type: "vault:index/mount:Mount", name: "ssh", inputs: mountInputs },
      {
        parent,
        type: "vault:index/policy:Policy",
        name: "ssh-deploy",
        inputs: { name: "nhi.ssh.deploy", policy: policy("ssh/sign/deploy") },
      },
      {
        parent,
        type: "vault:index/quotaRateLimit:QuotaRateLimit",
        name: "ssh",
        inputs: { name: "nhi.ssh.requests", path: "ssh", rate: 100 },
        after: ["Mount ssh"],
      },
      {
        parent,
        type: "vault:ssh/secretBackendCa:SecretBackendCa",
        name: "ssh",
        inputs: { backend: "ssh", generateSigningKey: true, keyType: "ed25519" },
        after: ["Mount ssh"],
        deletedWith: "Mount ssh",
        additionalSecretOutputs: ["privateKey"],
      },
      {
        parent,
        type: "vault:ssh/secretBackendRole:SecretBackendRole",
        name: "ssh-deploy",
        inputs: roleInputs,
        after: ["SecretBackendCa ssh"],
        deletedWith: "Mount ssh",
      },
    ]);
  });

  it("is all that a user's certificate may have", async () => {
    const registered = await registeredBy(
      () =>
        new SshCertificateAuthority("ssh", {
          metadata,
          users: [
            {
              name: "deploy",
              principals: ["deploy", "logs"],
              forcedCommand: "/usr/local/bin/deploy",
              sourceAddresses: ["10.0.0.0/8", "fd00::/8"],
              extensions: [SshExtension.Pty, SshExtension.PortForwarding],
              keyTypes: [SshKeyType.Rsa3072, SshKeyType.EcP256, SshKeyType.Rsa4096],
              maxTtlSeconds: 1800,
            },
          ],
        }),
    );
    expect(typed(registered, "SecretBackendRole")).toEqual([
      {
        ...roleInputs,
        allowedUsers: "deploy,logs",
        allowedUserKeyConfigs: [
          { type: "rsa", lengths: [3072, 4096] },
          { type: "ec", lengths: [256] },
        ],
        defaultExtensions: { "permit-pty": "", "permit-port-forwarding": "" },
        defaultCriticalOptions: {
          "force-command": "/usr/local/bin/deploy",
          "source-address": "10.0.0.0/8,fd00::/8",
        },
        ttl: "1800",
        maxTtl: "1800",
      },
    ]);
  });

  it("is certificates for hosts, for a day and no user", async () => {
    const registered = await registeredBy(
      () =>
        new SshCertificateAuthority("ssh", {
          metadata,
          hosts: [{ ...host, hosts: ["a.example.com", "b.example.com"] }],
        }),
    );
    const { defaultUser, defaultExtensions, ...shared } = roleInputs;
    expect([defaultUser, defaultExtensions]).toEqual(["deploy", {}]);
    expect(typed(registered, "SecretBackendRole")).toEqual([
      {
        ...shared,
        name: "web",
        allowUserCertificates: false,
        allowHostCertificates: true,
        allowedUsers: undefined,
        allowedDomains: "a.example.com,b.example.com",
        allowBareDomains: true,
        allowSubdomains: false,
        ttl: "86400",
        maxTtl: "86400",
      },
    ]);
    expect(typed(registered, "Mount")).toEqual([
      { ...mountInputs, defaultLeaseTtlSeconds: 86_400, maxLeaseTtlSeconds: 86_400 },
    ]);
  });
});

describe("what is refused", () => {
  const users = (change: Partial<SshUserRole>) => ({ users: [{ ...user, ...change }] });
  const hosts = (change: Partial<SshHostRole>) => ({ users: [], hosts: [{ ...host, ...change }] });
  const principal = (got: string) =>
    `users[0].principals[0] must be one name in lower-case letters, digits, _, . or -, got "${got}".`;
  const hostName = (got: string) =>
    `hosts[0].hosts[0] must be one host name in lower case, without wildcard, got "${got}".`;
  const network = (got: string) =>
    `users[0].sourceAddresses[0] must be a network as CIDR, smaller than all, got "${got}".`;

  it.each<{ what: string; change: Partial<SshCertificateAuthorityArgs>; says: string }>([
    {
      what: "no owner",
      change: { metadata: { ...metadata, owner: "" } },
      says: 'metadata.owner must say something, got "".',
    },
    {
      what: "no roles",
      change: { users: [] },
      says: "users or hosts must have at least one role. Without one nobody can get a certificate.",
    },
    {
      what: "one key for users and hosts",
      change: { hosts: [host] },
      says: "users and hosts must be two authorities: one key for both makes whoever controls a host's certificates a user of every host.",
    },
    {
      what: "a role of all",
      change: users({ name: "*" }),
      says: 'users[0].name must be lower-case letters, digits, _ or -, got "*".',
    },
    {
      what: "two roles of one name",
      change: { users: [user, user] },
      says: 'users[1].name must be used once, got "deploy" again.',
    },
    {
      what: "no user in particular",
      change: users({ principals: [] }),
      says: "users[0].principals must name at least one user. Without one the certificate would be for all.",
    },
    { what: "every user", change: users({ principals: ["*"] }), says: principal("*") },
    { what: "two users in one text", change: users({ principals: ["a,root"] }), says: principal("a,root") },
    {
      what: "a user by a template",
      change: users({ principals: ["{{identity.entity.name}}"] }),
      says: principal("{{identity.entity.name}}"),
    },
    {
      what: "root",
      change: users({ principals: ["root"] }),
      says: "users[0].principals[0] must not be root, who may do everything on a host. Name another principal, and map it in the host's AuthorizedPrincipalsFile if it has to be.",
    },
    {
      what: "a command that is none",
      change: users({ forcedCommand: " " }),
      says: "users[0].forcedCommand must be a command, got none. Leave it out to allow any.",
    },
    { what: "every network", change: users({ sourceAddresses: ["0.0.0.0/0"] }), says: network("0.0.0.0/0") },
    {
      what: "a network that is none",
      change: users({ sourceAddresses: ["office"] }),
      says: network("office"),
    },
    {
      what: "an extension that is none",
      change: users({ extensions: ["permit-everything" as SshExtension] }),
      says: 'users[0].extensions[0] must be one of permit-pty, permit-port-forwarding, permit-agent-forwarding, permit-X11-forwarding, permit-user-rc, got "permit-everything".',
    },
    {
      what: "no kind of key",
      change: users({ keyTypes: [] }),
      says: "users[0].keyTypes must have at least one kind. Leave it out for ed25519.",
    },
    {
      what: "a weak key",
      change: users({ keyTypes: ["dsa" as SshKeyType] }),
      says: 'users[0].keyTypes[0] must be one of ed25519, ec-p256, rsa-3072, rsa-4096, got "dsa".',
    },
    {
      what: "a day for a user",
      change: users({ maxTtlSeconds: 86_400 }),
      says: "users[0].maxTtlSeconds must be a whole number from 30 to 1800 seconds, got 86400. Only its end takes a certificate back: let the workload ask again.",
    },
    {
      what: "no host",
      change: hosts({ hosts: [] }),
      says: "hosts[0].hosts must name at least one host, got none.",
    },
    { what: "every host", change: hosts({ hosts: ["*"] }), says: hostName("*") },
    {
      what: "hosts below a domain",
      change: hosts({ hosts: ["*.example.com"] }),
      says: hostName("*.example.com"),
    },
    {
      what: "a year for a host",
      change: hosts({ maxTtlSeconds: 31_536_000 }),
      says: "hosts[0].maxTtlSeconds must be a whole number from 300 to 86400 seconds, got 31536000. Let a timer on the host ask for the next one.",
    },
    {
      what: "a consumer that can't ask again",
      change: { consumers: [{ name: "old", roles: ["deploy"], entityIds: ["e"], canRefresh: false }] },
      says: 'consumers[0].canRefresh must be true: a credential of this engine ends and is asked for again. For "old", which can\'t, make a StaticCredentialException, which has an owner and an end.',
    },
  ])("$what", async ({ change, says }) => {
    const message = await refusalOf(() => new SshCertificateAuthority("ssh", { ...args, ...change }));
    expect(message).toBe(`SshCertificateAuthority "ssh": ${says}`);
  });
});
