import * as pulumi from "@pulumi/pulumi";
import {
  LdapSchema,
  LdapSecrets,
  NhiKind,
  type LdapLibrarySet,
  type LdapRole,
  type LdapSecretsArgs,
  type LdapServer,
} from "pulumi-nhi";
import { refusalOf, registeredBy, secret, type Registered } from "../../support/mocks";

const line = "reports (owner team-data, environment production, kind workload, review by 2027-06-30)";
const metadata = {
  owner: "team-data",
  purpose: "reports",
  environment: "production",
  kind: NhiKind.Workload,
  reviewBy: "2027-06-30",
};
const server = {
  url: "ldaps://ldap.example.com",
  bindDn: "cn=vault,dc=example,dc=com",
  userDn: "ou=machines,dc=example,dc=com",
};
const ldap = { ...server, bootstrapPassword: pulumi.secret("canary") };
const role: LdapRole = { name: "reports", groups: ["cn=readers,dc=example,dc=com"] };
const set: LdapLibrarySet = { name: "batch", accounts: ["batch-1", "batch-2"] };
const args: LdapSecretsArgs = { metadata, ldap, roles: [role], librarySets: [set] };
const leases = (path: string) => `path "sys/leases/renew" {
  capabilities = ["update"]
  allowed_parameters = {
    "lease_id" = ["${path}/*"]
    "increment" = []
  }
}
path "sys/leases/revoke" {
  capabilities = ["update"]
  allowed_parameters = {
    "lease_id" = ["${path}/*"]
    "sync" = []
  }
}
`;
const creation = `dn: cn={{.Username}},ou=machines,dc=example,dc=com
changetype: add
objectClass: inetOrgPerson
cn: {{.Username}}
sn: {{.Username}}
uid: {{.Username}}
userPassword: {{.Password}}

dn: cn=readers,dc=example,dc=com
changetype: modify
add: member
member: cn={{.Username}},ou=machines,dc=example,dc=com
-
`;
const deletion = `dn: cn=readers,dc=example,dc=com
changetype: modify
delete: member
member: cn={{.Username}},ou=machines,dc=example,dc=com
-

dn: cn={{.Username}},ou=machines,dc=example,dc=com
changetype: delete
`;
const typed = (registered: Registered[], kind: string) =>
  registered.filter(({ type }) => type.endsWith(`:${kind}`)).map(({ inputs }) => inputs);

describe("what is registered", () => {
  it("is the engine with its connection, the rotation, and for each role and set what it is and a policy", async () => {
    const parent = "LdapSecrets directory";
    const inMount = {
      parent,
      after: ["Endpoint directory-rotate-root"],
      deletedWith: "SecretBackend directory",
    };
    expect(await registeredBy(() => new LdapSecrets("directory", args))).toEqual([
      {
        type: "nhi:index:LdapSecrets",
        name: "directory",
        inputs: { metadata, ldap: server, roles: [role], librarySets: [set] },
        outputs: {
          mountPath: "directory",
          credentialPaths: { reports: "directory/creds/reports", batch: "directory/library/batch/check-out" },
          policyNames: { reports: "nhi.directory.reports", batch: "nhi.directory.batch" },
        },
      },
      {
        ...inMount,
        after: ["SecretBackend directory"],
        type: "vault:generic/endpoint:Endpoint",
        name: "directory-rotate-root",
        inputs: {
          path: "directory/rotate-root",
          dataJson: secret('{"bootstrap_version":1}'),
          disableRead: true,
          disableDelete: true,
        },
        additionalSecretOutputs: ["dataJson"],
      },
      {
        parent,
        type: "vault:index/policy:Policy",
        name: "directory-batch",
        inputs: {
          name: "nhi.directory.batch",
          policy: `# ${line}
path "directory/library/batch/check-out" {
  capabilities = ["update"]
}
${leases("directory/library/batch/check-out")}path "directory/library/batch/check-in" {
  capabilities = ["update"]
}
`,
        },
      },
      {
        parent,
        type: "vault:index/policy:Policy",
        name: "directory-reports",
        inputs: {
          name: "nhi.directory.reports",
          policy: `# ${line}
path "directory/creds/reports" {
  capabilities = ["read"]
}
${leases("directory/creds/reports")}`,
        },
      },
      {
        parent,
        type: "vault:index/quotaRateLimit:QuotaRateLimit",
        name: "directory",
        inputs: { name: "nhi.directory.requests", path: "directory", rate: 100 },
        after: ["SecretBackend directory"],
      },
      {
        parent,
        type: "vault:ldap/secretBackend:SecretBackend",
        name: "directory",
        inputs: {
          path: "directory",
          description: line,
          defaultLeaseTtlSeconds: 300,
          maxLeaseTtlSeconds: 3600,
          url: "ldaps://ldap.example.com",
          starttls: false,
          insecureTls: false,
          binddn: "cn=vault,dc=example,dc=com",
          bindpassWo: secret("canary"),
          bindpassWoVersion: 1,
          schema: "openldap",
          userdn: "ou=machines,dc=example,dc=com",
          auditNonHmacResponseKeys: ["username", "distinguished_names", "service_account_name"],
        },
        additionalSecretOutputs: ["bindpass", "bindpassWo", "clientTlsCert", "clientTlsKey"],
      },
      {
        ...inMount,
        type: "vault:ldap/secretBackendDynamicRole:SecretBackendDynamicRole",
        name: "directory-reports",
        inputs: {
          mount: "directory",
          roleName: "reports",
          creationLdif: creation,
          deletionLdif: deletion,
          rollbackLdif: deletion,
          usernameTemplate: `{{ printf "v-%s-%s" (.RoleName | truncate 40) (random 20 | lowercase) }}`,
          defaultTtl: 300,
          maxTtl: 900,
        },
      },
      {
        ...inMount,
        type: "vault:ldap/secretBackendLibrarySet:SecretBackendLibrarySet",
        name: "directory-batch",
        inputs: {
          mount: "directory",
          name: "batch",
          serviceAccountNames: ["batch-1", "batch-2"],
          ttl: 300,
          maxTtl: 900,
          disableCheckInEnforcement: false,
        },
      },
    ]);
  });

  it("is an Active Directory with LDIF of its own, by StartTLS, rotated when it is told", async () => {
    const own = {
      creationLdif: `dn: CN={{.Username}},OU=M,DC=a\nchangetype: add\nunicodePwd:: {{ printf "%q" .Password | utf16le | base64 }}\n`,
      deletionLdif: "dn: CN={{.Username}},OU=M,DC=a\nchangetype: delete\n",
    };
    const registered = await registeredBy(
      () =>
        new LdapSecrets("directory", {
          metadata,
          ldap: {
            ...ldap,
            url: "ldap://ad.example.com:389",
            startTls: true,
            tlsCa: "-----BEGIN CERTIFICATE-----",
            schema: LdapSchema.ActiveDirectory,
            userAttribute: "sAMAccountName",
            bootstrapVersion: 2,
            rootRotation: { on: "2027-01", schedule: "0 3 * * SUN", windowSeconds: 3600 },
          },
          roles: [{ name: "reports", ...own, defaultTtlSeconds: 60, maxTtlSeconds: 3600 }],
        }),
    );
    expect(typed(registered, "SecretBackend")).toMatchObject([
      {
        url: "ldap://ad.example.com:389",
        starttls: true,
        certificate: "-----BEGIN CERTIFICATE-----",
        schema: "ad",
        userattr: "sAMAccountName",
        bindpassWoVersion: 2,
        rotationSchedule: "0 3 * * SUN",
        rotationWindow: 3600,
      },
    ]);
    expect(typed(registered, "Endpoint")).toMatchObject([
      { dataJson: secret('{"bootstrap_version":2,"on":"2027-01"}') },
    ]);
    expect(typed(registered, "SecretBackendDynamicRole")).toMatchObject([
      { ...own, rollbackLdif: own.deletionLdif, defaultTtl: 60, maxTtl: 3600 },
    ]);
  });

  it("has the password in one place, marked secret, and in no other", async () => {
    const registered = await registeredBy(() => new LdapSecrets("directory", args));
    expect(JSON.stringify(registered).split("canary")).toHaveLength(2);
  });
});

describe("what is refused", () => {
  const serverWith = (change: Partial<LdapServer>) => ({ ldap: { ...ldap, ...change } });
  const roleWith = (change: Partial<LdapRole>) => ({ roles: [{ ...role, ...change }] });
  const own = (creationLdif: string, deletionLdif?: string) => ({
    roles: [{ name: "reports", creationLdif, deletionLdif }],
  });
  const made = "dn: cn={{.Username}},dc=a\nchangetype: add\n";

  it.each<{ what: string; change: Partial<LdapSecretsArgs>; says: string }>([
    {
      what: "no owner",
      change: { metadata: { ...metadata, owner: "" } },
      says: 'metadata.owner must say something, got "".',
    },
    {
      what: "nothing to hand out",
      change: { roles: [], librarySets: [] },
      says: "roles or librarySets must have at least one. Without one nobody can get a credential.",
    },
    {
      what: "a directory without TLS on another machine",
      change: serverWith({ url: "ldap://ldap.example.com" }),
      says: 'ldap.url must be ldaps:// for "ldap.example.com", or startTls true. Without TLS the passwords cross the network in the clear.',
    },
    {
      what: "TLS in TLS",
      change: serverWith({ startTls: true }),
      says: "ldap.startTls must be left out with ldaps://, which is TLS from the beginning.",
    },
    {
      what: "an address that is none",
      change: serverWith({ url: "ldap.example.com" }),
      says: 'ldap.url must be ldaps:// or ldap:// and one host, with or without a port, got "ldap.example.com".',
    },
    {
      what: "an account by half its name",
      change: serverWith({ bindDn: "vault" }),
      says: 'ldap.bindDn must be the whole name of an account (cn=vault,dc=example,dc=com), got "vault".',
    },
    {
      what: "an entry that begins a line of LDIF",
      change: serverWith({ userDn: "ou=a,dc=b\nuserPassword: c" }),
      says: 'ldap.userDn must be the whole name of an entry (ou=machines,dc=example,dc=com), got "ou=a,dc=b\\nuserPassword: c".',
    },
    {
      what: "a password in plain text, which the message keeps to itself",
      change: serverWith({ bootstrapPassword: "canary" }),
      says: "ldap.bootstrapPassword must be a secret, for example from config.requireSecret. As plain text it stands in the program, or is empty.",
    },
    {
      what: "a version of zero",
      change: serverWith({ bootstrapVersion: 0 }),
      says: "ldap.bootstrapVersion must be a whole number from 1 up, got 0.",
    },
    {
      what: "an unknown schema",
      change: serverWith({ schema: "racf" as LdapSchema }),
      says: 'ldap.schema must be one of openldap, ad, got "racf".',
    },
    {
      what: "two plans of rotation",
      change: serverWith({ rootRotation: { periodSeconds: 60, schedule: "0 3 * * SUN" } }),
      says: "ldap.rootRotation.schedule must not be given with periodSeconds. Vault takes one of them.",
    },
    {
      what: "a role of all",
      change: roleWith({ name: "*" }),
      says: 'roles[0].name must be lower-case letters, digits, _ or -, got "*".',
    },
    {
      what: "a set that is called like a role",
      change: { librarySets: [{ ...set, name: "reports" }] },
      says: 'librarySets[0].name must be used once, got "reports" again.',
    },
    {
      what: "a group by half its name",
      change: roleWith({ groups: ["readers"] }),
      says: 'roles[0].groups[0] must be the whole name of a group (cn=readers,ou=groups,dc=example,dc=com), got "readers".',
    },
    {
      what: "an Active Directory's account without LDIF",
      change: { ...serverWith({ schema: LdapSchema.ActiveDirectory }), ...roleWith({}) },
      says: "roles[0].creationLdif must be given with the schema ad, whose accounts differ from one forest to the next.",
    },
    {
      what: "groups beside LDIF",
      change: roleWith({ creationLdif: made }),
      says: "roles[0].groups must be left out with creationLdif: add the account to them there.",
    },
    {
      what: "LDIF for one account only",
      change: own("dn: cn=app,dc=a\nchangetype: add\n"),
      says: "roles[0].creationLdif must have {{.Username}}, which Vault makes up for each lease.",
    },
    {
      what: "LDIF without a password",
      change: own(made),
      says: "roles[0].creationLdif must have userPassword: {{.Password}}, or unicodePwd of it, which Vault makes up for each lease.",
    },
    {
      what: "a fixed password beside Vault's, which the message keeps to itself",
      change: own(`${made}userPassword: {{.Password}}\nuserPassword: canary\n`),
      says: "roles[0].creationLdif must not set a password of its own. Write userPassword: {{.Password}}.",
    },
    {
      what: "no deletion",
      change: own(`${made}userPassword: {{.Password}}\n`),
      says: "roles[0].deletionLdif must remove {{.Username}}, with changetype: delete. A lease that ends without it leaves the account behind.",
    },
    {
      what: "the deletion of another account",
      change: own(`${made}userPassword: {{.Password}}\n`, "dn: cn=app,dc=a\nchangetype: delete\n"),
      says: "roles[0].deletionLdif must remove {{.Username}}, with changetype: delete. A lease that ends without it leaves the account behind.",
    },
    {
      what: "a deletion alone",
      change: roleWith({ deletionLdif: "dn: cn={{.Username}},dc=a\nchangetype: delete\n" }),
      says: "roles[0].deletionLdif must come with creationLdif. Without that one the account is removed already.",
    },
    {
      what: "a lease of a day",
      change: roleWith({ maxTtlSeconds: 86_400 }),
      says: "roles[0].maxTtlSeconds must be a whole number from 1 to 3600 seconds, got 86400. Let a longer job ask again.",
    },
    {
      what: "a lease that outlives its end",
      change: roleWith({ maxTtlSeconds: 60 }),
      says: "roles[0].defaultTtlSeconds must be a whole number from 1 to 60 seconds, got 300. A lease ends with maxTtlSeconds.",
    },
    {
      what: "an empty set",
      change: { librarySets: [{ ...set, accounts: [] }] },
      says: "librarySets[0].accounts must have at least one account, got none.",
    },
    {
      what: "an account in two sets",
      change: { librarySets: [set, { name: "other", accounts: ["batch-2"] }] },
      says: 'librarySets[0].accounts[1] must be in one set, once, got "batch-2" again.',
    },
    {
      what: "every account",
      change: { librarySets: [{ ...set, accounts: ["*"] }] },
      says: `librarySets[0].accounts[0] must be one account's name, got "*".`,
    },
    {
      what: "a consumer that can't ask again",
      change: { consumers: [{ name: "old", roles: ["batch"], entityIds: ["e"], canRefresh: false }] },
      says: 'consumers[0].canRefresh must be true: a credential of this engine ends and is asked for again. For "old", which can\'t, make a StaticCredentialException, which has an owner and an end.',
    },
  ])("$what", async ({ change, says }) => {
    const message = await refusalOf(() => new LdapSecrets("directory", { ...args, ...change }));
    expect(message).toBe(`LdapSecrets "directory": ${says}`);
  });
});
