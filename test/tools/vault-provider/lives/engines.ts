import type { Life } from "./life";

const anyText = expect.any(String) as string;
const creationLdif = "dn: cn={{.Username}},dc=a\nchangetype: add\nuserPassword: {{.Password}}\n";
const deletionLdif = "dn: cn={{.Username}},dc=a\nchangetype: delete\n";

const pkiRole = {
  backend: "pki",
  name: "cart",
  allowedDomains: ["cart.example.com"],
  allowBareDomains: true,
  allowSubdomains: false,
  allowGlobDomains: false,
  allowWildcardCertificates: false,
  allowAnyName: false,
  allowLocalhost: false,
  allowIpSans: false,
  allowedDomainsTemplate: false,
  enforceHostnames: true,
  requireCn: false,
  serverFlag: true,
  clientFlag: false,
  codeSigningFlag: false,
  emailProtectionFlag: false,
  keyType: "ec",
  keyBits: 256,
  keyUsages: ["DigitalSignature"],
  cnValidations: ["hostname"],
  useCsrCommonName: true,
  useCsrSans: true,
  noStore: false,
  generateLease: false,
  ttl: "1h",
  maxTtl: "3600",
};
const sshRole = {
  backend: "ssh",
  name: "deploy",
  keyType: "ca",
  allowUserCertificates: true,
  allowHostCertificates: false,
  allowEmptyPrincipals: false,
  allowUserKeyIds: false,
  allowBareDomains: false,
  allowSubdomains: false,
  allowedUsersTemplate: false,
  ttl: "300",
  maxTtl: "300",
};

/** Roles of engines whose connection Vault does not try when it is written. */
export const engines: Life[] = [
  {
    type: "vault:pkiSecret/secretBackendRole:SecretBackendRole",
    inputs: () => ({ ...pkiRole, allowedUriSans: ["spiffe://example.com/cart"] }),
    id: "pki/roles/cart",
    path: "pki/roles/cart",
    made: {
      allowed_domains: ["cart.example.com"],
      allow_localhost: false,
      allowed_uri_sans: ["spiffe://example.com/cart"],
      key_usage: ["DigitalSignature"],
      server_flag: true,
      client_flag: false,
      max_ttl: 3600,
    },
    outputs: {
      ttl: "3600",
      maxTtl: "3600",
      issuerRef: "default",
      allowedUriSansTemplate: false,
      allowedOtherSans: [],
      allowedUserIds: [],
      extKeyUsages: [],
      notAfter: "",
      notBeforeDuration: "30",
    },
    change: {
      to: { ...pkiRole, clientFlag: true, maxTtl: "2h" },
      onServer: { allowed_uri_sans: [], client_flag: true, max_ttl: 7200 },
      byHand: (operator) =>
        operator.put("pki/roles/cart", { allow_any_name: true, allowed_domains: ["cart.example.com"] }),
      found: {
        allowAnyName: true,
        allowBareDomains: false,
        allowLocalhost: true,
        allowIpSans: true,
        allowWildcardCertificates: true,
        requireCn: true,
        keyType: "rsa",
        keyBits: 2048,
        keyUsages: ["DigitalSignature", "KeyAgreement", "KeyEncipherment"],
        cnValidations: ["email", "hostname"],
        ttl: "0",
        maxTtl: "0",
      },
    },
  },
  {
    type: "vault:ssh/secretBackendCa:SecretBackendCa",
    inputs: () => ({ backend: "ssh-new", generateSigningKey: true, keyType: "ed25519", keyBits: 0 }),
    id: "ssh-new",
    path: "ssh-new/config/ca",
    made: { public_key: expect.stringMatching(/^ssh-ed25519 /) as string },
    outputs: { publicKey: anyText },
  },
  {
    type: "vault:ssh/secretBackendRole:SecretBackendRole",
    inputs: () => ({
      ...sshRole,
      allowedUsers: "deploy",
      defaultUser: "deploy",
      allowedUserKeyConfigs: [{ type: "ed25519", lengths: [0] }],
      defaultCriticalOptions: { "force-command": "/bin/true" },
    }),
    id: "ssh/roles/deploy",
    path: "ssh/roles/deploy",
    made: {
      allowed_users: "deploy",
      allowed_user_key_lengths: { ed25519: [0] },
      default_critical_options: { "force-command": "/bin/true" },
      max_ttl: 300,
    },
    outputs: {
      algorithmSigner: "default",
      allowedCriticalOptions: "",
      allowedDomains: "",
      allowedExtensions: "",
      defaultExtensions: {},
      keyIdFormat: "",
      notBeforeDuration: "30",
    },
    change: {
      to: { ...sshRole, allowedUsers: "deploy,logs", maxTtl: "600" },
      onServer: {
        allowed_users: "deploy,logs",
        allowed_user_key_lengths: {},
        default_critical_options: {},
        max_ttl: 600,
      },
      byHand: (operator) =>
        operator.put("ssh/roles/deploy", {
          key_type: "ca",
          allow_user_certificates: true,
          allowed_users: "*",
          max_ttl: "24h",
        }),
      found: { allowedUsers: "*", ttl: "0", maxTtl: "86400" },
    },
  },
  {
    type: "vault:rabbitMq/secretBackendRole:SecretBackendRole",
    inputs: () => ({
      backend: "rabbitmq",
      name: "billing",
      tags: "",
      vhosts: [
        { host: "shop", configure: "^$", write: "^$", read: "^(orders)$" },
        { host: "/", configure: "^$", write: "^(a)$", read: "^$" },
      ],
    }),
    id: "rabbitmq/roles/billing",
    path: "rabbitmq/roles/billing",
    made: {
      tags: "",
      vhosts: {
        "/": { configure: "^$", write: "^(a)$", read: "^$" },
        shop: { configure: "^$", write: "^$", read: "^(orders)$" },
      },
    },
    outputs: { vhosts: expect.any(Array) as unknown },
    change: {
      to: {
        backend: "rabbitmq",
        name: "billing",
        tags: "",
        vhosts: [{ host: "shop", configure: "^$", write: "^$", read: "^(x)$" }],
      },
      onServer: { vhosts: { shop: { configure: "^$", write: "^$", read: "^(x)$" } } },
      byHand: (operator) =>
        operator.put("rabbitmq/roles/billing", {
          tags: "administrator",
          vhosts: '{"/":{"configure":".*","write":".*","read":".*"}}',
        }),
      found: {
        tags: "administrator",
        vhosts: [{ host: "/", configure: ".*", write: ".*", read: ".*" }],
      },
    },
  },
  {
    type: "vault:ldap/secretBackendDynamicRole:SecretBackendDynamicRole",
    inputs: () => ({
      mount: "ldap",
      roleName: "reports",
      creationLdif,
      deletionLdif,
      defaultTtl: 300,
      maxTtl: 900,
    }),
    id: "ldap/role/reports",
    path: "ldap/role/reports",
    made: { creation_ldif: creationLdif, deletion_ldif: deletionLdif, default_ttl: 300, max_ttl: 900 },
    outputs: { rollbackLdif: "", usernameTemplate: "" },
    change: {
      to: {
        mount: "ldap",
        roleName: "reports",
        creationLdif,
        deletionLdif,
        rollbackLdif: deletionLdif,
        maxTtl: 600,
      },
      onServer: { rollback_ldif: deletionLdif, default_ttl: 0, max_ttl: 600 },
      byHand: (operator) =>
        operator.put("ldap/role/reports", {
          creation_ldif: creationLdif,
          deletion_ldif: deletionLdif,
          max_ttl: "24h",
        }),
      found: { maxTtl: 86_400 },
    },
  },
];
