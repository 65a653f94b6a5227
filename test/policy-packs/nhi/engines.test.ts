import * as pulumi from "@pulumi/pulumi";
import {
  AwsSecrets,
  AzureSecrets,
  GcpSecrets,
  KubernetesSecrets,
  LdapSecrets,
  NhiKind,
  PkiIssuer,
  PkiUsage,
  RabbitMqSecrets,
  SshCertificateAuthority,
} from "../../../components";
import { rules } from "../../../policy-packs/nhi/rules";
import { newRun } from "../../../policy-packs/nhi/run";
import { toPolicy } from "../../../policy-packs/nhi/to-policy";
import { analyzeAll } from "../../support/analyze";
import { givenBy } from "../../support/mocks";
import { today } from "../../support/rule-tester";

/** What the components of secrets engines make, with one thing weakened: the pack refuses it. As they are, it has nothing to say. */
const policies = rules.map((rule) =>
  toPolicy(
    rule,
    newRun(rules, () => today),
  ),
);
const metadata = {
  owner: "team-shop",
  purpose: "the shop",
  environment: "production",
  kind: NhiKind.Workload,
  reviewBy: "2027-06-30",
};
const password = pulumi.secret("of the first connection only");
const guid = "11111111-2222-4333-8444-555555555555";
const programs = {
  pki: () =>
    new PkiIssuer("pki", {
      metadata,
      commonName: "Shop",
      permittedDomains: ["shop.example.com"],
      serverUrl: "http://vault.example.com:8200",
      rootMountPath: "root",
      roles: [{ name: "cart", domains: ["cart.shop.example.com"], usages: [PkiUsage.Server] }],
    }),
  sshUsers: () =>
    new SshCertificateAuthority("ssh", { metadata, users: [{ name: "deploy", principals: ["deploy"] }] }),
  sshHosts: () =>
    new SshCertificateAuthority("ssh", { metadata, hosts: [{ name: "web", hosts: ["web.example.com"] }] }),
  rabbitMq: () =>
    new RabbitMqSecrets("queues", {
      metadata,
      rabbitmq: { managementUrl: "https://rabbit.example.com:15671", username: "vault", password },
      roles: [{ name: "billing", permissions: [{ vhost: "/", read: ["orders"] }] }],
    }),
  ldap: () =>
    new LdapSecrets("directory", {
      metadata,
      ldap: {
        url: "ldaps://ldap.example.com",
        bindDn: "cn=vault,dc=example,dc=com",
        bootstrapPassword: password,
        userDn: "ou=machines,dc=example,dc=com",
      },
      roles: [{ name: "reports", groups: ["cn=readers,dc=example,dc=com"] }],
      librarySets: [{ name: "batch", accounts: ["batch-1"] }],
    }),
  aws: () =>
    new AwsSecrets("cloud", {
      metadata,
      region: "eu-central-1",
      roles: [{ name: "reports", roleArn: "arn:aws:iam::123456789012:role/reports" }],
    }),
  gcp: () =>
    new GcpSecrets("cloud", {
      metadata,
      accounts: [
        {
          name: "reports",
          serviceAccountEmail: "reports@shop-reports.iam.gserviceaccount.com",
          scopes: ["https://www.googleapis.com/auth/bigquery.readonly"],
        },
      ],
    }),
  azure: () =>
    new AzureSecrets("cloud", {
      metadata,
      subscriptionId: guid,
      tenantId: guid,
      roles: [
        {
          name: "reports",
          grants: [
            {
              roleName: "Storage Blob Data Reader",
              scope: `/subscriptions/${guid}/resourceGroups/reports`,
            },
          ],
        },
      ],
    }),
  kubernetes: () =>
    new KubernetesSecrets("cloud", {
      metadata,
      roles: [{ name: "deploy", namespaces: ["shop"], roleName: "deployer", audiences: ["cluster"] }],
    }),
};

/** What a part of a platform can't have: all other parts. */
const ofWholeStacks = ["identities-are-audited", "capabilities-are-covered"];

async function findings(program: keyof typeof programs, kind = "", change: object = {}): Promise<string[]> {
  const resources = await givenBy(programs[program]);
  const weakened = resources.filter(({ type }) => kind !== "" && type.endsWith(`:${kind}`));
  expect(weakened).toHaveLength(kind === "" ? 0 : 1);
  for (const resource of weakened) Object.assign(resource.props, change);
  const { diagnostics } = await analyzeAll(policies, resources);
  return diagnostics
    .filter(({ policy }) => !ofWholeStacks.includes(policy))
    .map(
      ({ level, policy, message }) =>
        `${level} ${policy}: ${message.slice(message.indexOf('": ') + 3, message.indexOf(". "))}`,
    );
}

it.each(Object.keys(programs) as (keyof typeof programs)[])("has nothing to say of %s", async (program) => {
  expect(await findings(program)).toEqual([]);
});

interface Weakened {
  what: string;
  program: keyof typeof programs;
  kind: string;
  change: object;
  says: string;
  /** What another rule adds. */
  advises?: string;
}
const notRenewed = (property: string) =>
  `underlying-secrets-rotate: ${property} is in the program, and nothing that stands here renews it`;
const all = { configure: ".*", write: ".*", read: ".*" };

it.each<Weakened>([
  {
    what: "every name",
    program: "pki",
    kind: "SecretBackendRole",
    change: { allowAnyName: true },
    says: "machine-rights-are-bounded: allowAnyName lets whoever uses the role have a certificate for any name",
  },
  {
    what: "every name by a pattern",
    program: "pki",
    kind: "SecretBackendRole",
    change: { allowGlobDomains: true, allowedDomains: ["*"] },
    says: "machine-rights-are-bounded: allowedDomains is a wildcard for any name of any domain",
  },
  {
    what: "every URI",
    program: "pki",
    kind: "SecretBackendRole",
    change: { allowedUriSans: ["*"] },
    says: "machine-rights-are-bounded: allowedUriSans has a wildcard, so that one workload gets the identity of another",
  },
  {
    what: "a year",
    program: "pki",
    kind: "SecretBackendRole",
    change: { maxTtl: "8760h" },
    says: "sessions-are-short: maxTtl is 31536000 seconds, and may be at most 86400 seconds",
  },
  {
    what: "no way to learn of a revocation",
    program: "pki",
    kind: "SecretBackendCrlConfig",
    change: { disable: true, ocspDisable: true },
    says: "credentials-are-revocable: disable and ocspDisable leave nobody a way to learn of a revoked certificate",
  },
  {
    what: "a key that is handed out",
    program: "pki",
    kind: "SecretBackendIntermediateCertRequest",
    change: { type: "exported" },
    says: 'no-static-keys: type is "exported", which hands out the authority\'s private key',
  },
  {
    what: "every user",
    program: "sshUsers",
    kind: "SecretBackendRole",
    change: { allowedUsers: "*" },
    says: "machine-rights-are-bounded: allowedUsers is a wildcard: a certificate for every user, root too",
  },
  {
    what: "nobody in particular",
    program: "sshUsers",
    kind: "SecretBackendRole",
    change: { allowEmptyPrincipals: true },
    says: "machine-rights-are-bounded: allowEmptyPrincipals lets whoever uses the role have a certificate for every user (CVE-2024-7594)",
  },
  {
    what: "a day",
    program: "sshUsers",
    kind: "SecretBackendRole",
    change: { maxTtl: "86400" },
    says: "sessions-are-short: maxTtl is 86400 seconds, and may be at most 3600 seconds",
  },
  {
    what: "every host",
    program: "sshHosts",
    kind: "SecretBackendRole",
    change: { allowedDomains: "*" },
    says: "machine-rights-are-bounded: allowedDomains is a wildcard: a certificate for every host",
  },
  {
    what: "a host's certificate for a month",
    program: "sshHosts",
    kind: "SecretBackendRole",
    change: { maxTtl: "720h" },
    says: "sessions-are-short: maxTtl is 2592000 seconds, and may be at most 86400 seconds",
  },
  {
    what: "an administrator",
    program: "rabbitMq",
    kind: "SecretBackendRole",
    change: { tags: "administrator" },
    says: "machine-rights-are-bounded: tags has administrator, who may do everything on the server",
  },
  {
    what: "every queue",
    program: "rabbitMq",
    kind: "SecretBackendRole",
    change: { vhosts: [{ host: "/", ...all }] },
    says: "machine-rights-are-bounded: vhosts[0] allows everything with every queue and exchange",
  },
  {
    what: "a lease of a month",
    program: "rabbitMq",
    kind: "SecretBackend",
    change: { maxLeaseTtlSeconds: 2_592_000 },
    says: "sessions-are-short: maxLeaseTtlSeconds is 2592000 seconds, and may be at most 14400 seconds",
  },
  {
    what: "an account that stays",
    program: "ldap",
    kind: "SecretBackendDynamicRole",
    change: { deletionLdif: "dn: cn=other\nchangetype: delete\n" },
    says: "credentials-are-revocable: deletionLdif removes another entry than the one that Vault made, which has {{.Username}}",
  },
  {
    what: "an administrator of the directory",
    program: "ldap",
    kind: "SecretBackendDynamicRole",
    change: { creationLdif: "dn: CN=Domain Admins,DC=a\nchangetype: modify\nadd: member\n" },
    says: "machine-rights-are-bounded: creationLdif makes an administrator of the directory",
  },
  {
    what: "an account for a month",
    program: "ldap",
    kind: "SecretBackendDynamicRole",
    change: { maxTtl: 2_592_000 },
    says: "sessions-are-short: maxTtl is 2592000 seconds, and may be at most 14400 seconds",
  },
  {
    what: "an account that is lent for a month",
    program: "ldap",
    kind: "SecretBackendLibrarySet",
    change: { maxTtl: 2_592_000 },
    says: "sessions-are-short: maxTtl is 2592000 seconds, and may be at most 14400 seconds",
  },
  {
    what: "a password that nobody renews",
    program: "ldap",
    kind: "SecretBackend",
    change: { disableAutomatedRotation: true },
    says: "underlying-secrets-rotate: disableAutomatedRotation is true, so that Vault renews nothing",
  },
  {
    what: "a user with a key",
    program: "aws",
    kind: "SecretBackendRole",
    change: { credentialType: "iam_user" },
    says: 'no-static-keys: credentialType is "iam_user", which makes IAM users with access keys',
  },
  {
    what: "a session of half a day",
    program: "aws",
    kind: "SecretBackendRole",
    change: { maxStsTtl: 43_200 },
    says: "sessions-are-short: maxStsTtl is 43200 seconds, and may be at most 3600 seconds",
  },
  {
    what: "a key of AWS's",
    program: "aws",
    kind: "SecretBackend",
    change: { accessKey: "AKIAIOSFODNN7EXAMPLE", secretKey: "not-a-real-one" },
    says: "no-static-keys: accessKey is a static key",
    advises: notRenewed("secretKey"),
  },
  {
    what: "a key of a service account",
    program: "gcp",
    kind: "SecretBackend",
    change: { credentials: "{}" },
    says: "no-static-keys: credentials is a static key",
    advises: notRenewed("credentials"),
  },
  {
    what: "a token of half a day",
    program: "gcp",
    kind: "SecretImpersonatedAccount",
    change: { ttl: "43200" },
    says: "sessions-are-short: ttl is 43200 seconds, and may be at most 3600 seconds",
  },
  {
    what: "a client secret",
    program: "azure",
    kind: "Backend",
    change: { clientSecret: "not-a-real-one" },
    says: "no-static-keys: clientSecret is a static key",
    advises: notRenewed("clientSecret"),
  },
  {
    what: "an owner of the subscription",
    program: "azure",
    kind: "BackendRole",
    change: { azureRoles: [{ roleName: "Owner", scope: `/subscriptions/${guid}` }] },
    says: "machine-rights-are-bounded: azureRoles[0] lets its holder give every right to itself",
  },
  {
    what: "a principal for a month",
    program: "azure",
    kind: "BackendRole",
    change: { maxTtl: "2592000" },
    says: "sessions-are-short: maxTtl is 2592000 seconds, and may be at most 14400 seconds",
  },
  {
    what: "an administrator of the cluster",
    program: "kubernetes",
    kind: "SecretBackendRole",
    change: { kubernetesRoleName: "cluster-admin" },
    says: "machine-rights-are-bounded: kubernetesRoleName is cluster-admin, which allows everything",
  },
  {
    what: "every namespace",
    program: "kubernetes",
    kind: "SecretBackendRole",
    change: { allowedKubernetesNamespaces: ["*"] },
    says: "machine-rights-are-bounded: allowedKubernetesNamespaces allows every namespace of the cluster",
  },
  {
    what: "a token for a month",
    program: "kubernetes",
    kind: "SecretBackendRole",
    change: { tokenMaxTtl: 2_592_000 },
    says: "sessions-are-short: tokenMaxTtl is 2592000 seconds, and may be at most 14400 seconds",
  },
])("refuses $what ($program)", async ({ program, kind, change, says, advises }) => {
  expect(await findings(program, kind, change)).toEqual([
    `mandatory ${says}`,
    ...(advises === undefined ? [] : [`advisory ${advises}`]),
  ]);
});
