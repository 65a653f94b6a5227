import { unknownText } from "../../../support/analyze";
import type { RuleCases } from "../../../support/rule-tester";

const kubernetes = "vault:kubernetes/authBackendRole:AuthBackendRole";
const aws = "vault:aws/authBackendRole:AuthBackendRole";
const client = "vault:aws/authBackendClient:AuthBackendClient";
const gcp = "vault:gcp/authBackendRole:AuthBackendRole";
const cert = "vault:index/certAuthBackendRole:CertAuthBackendRole";

const pod = {
  boundServiceAccountNames: ["api"],
  boundServiceAccountNamespaces: ["orders"],
  audience: "https://vault.example.com",
};
const arn = "arn:aws:iam::123456789012:role/orders";
const iam = { authType: "iam", boundIamPrincipalArns: [arn] };

/** Who signs in to Vault, for `federated-trust-is-bounded`. */
export const vaultDoors: Required<RuleCases> = {
  allows: [
    { name: "one service account", type: kubernetes, props: pod },
    { name: "one role of AWS", type: aws, props: iam },
    { name: "one instance of AWS", type: aws, props: { authType: "ec2", boundEc2InstanceIds: ["i-1"] } },
    { name: "one account of GCP", type: gcp, props: { type: "iam", boundServiceAccounts: ["112233"] } },
    { name: "one SPIFFE id", type: cert, props: { allowedUriSans: ["spiffe://example.org/orders"] } },
    { name: "names below one's own", type: cert, props: { allowedDnsSans: ["*.orders.example.com"] } },
    {
      name: "a server's name in the request",
      type: client,
      props: { iamServerIdHeaderValue: "vault.example.com" },
    },
  ],
  blocks: [
    {
      name: "every service account of a namespace",
      type: kubernetes,
      props: { ...pod, boundServiceAccountNames: ["*"] },
      says: [
        "boundServiceAccountNames lets in every service account that its namespaces have: it has a wildcard",
      ],
    },
    {
      name: "a part of a service account's name",
      type: kubernetes,
      props: { ...pod, boundServiceAccountNames: ["api-*"] },
      says: [
        "boundServiceAccountNames lets in every service account that its namespaces have: it has a wildcard",
      ],
    },
    {
      name: "the service account of every pod",
      type: kubernetes,
      props: { ...pod, boundServiceAccountNames: ["default"] },
      says: ['boundServiceAccountNames has "default", which every pod has that names no service account'],
    },
    {
      name: "every namespace",
      type: kubernetes,
      props: { ...pod, boundServiceAccountNamespaces: ["*"] },
      says: ["boundServiceAccountNamespaces lets in accounts of every namespace: it has a wildcard"],
    },
    {
      name: "namespaces by their labels",
      type: kubernetes,
      props: { ...pod, boundServiceAccountNamespaceSelector: '{"matchLabels":{"a":"b"}}' },
      says: ["boundServiceAccountNamespaceSelector lets in whoever may label a namespace"],
    },
    {
      name: "a token for any service",
      type: kubernetes,
      props: { ...pod, audience: "" },
      says: ["audience is not set, so that a token for any other service of the cluster gets in"],
    },
    {
      name: "every role of an account",
      type: aws,
      props: { ...iam, boundIamPrincipalArns: [arn, "arn:aws:iam::123456789012:role/*"] },
      says: ["boundIamPrincipalArns lets in principals that it does not name"],
    },
    {
      name: "no role",
      type: aws,
      props: { authType: "iam", boundAccountIds: ["123456789012"] },
      says: ["boundIamPrincipalArns is empty: it names no role that may sign in"],
    },
    {
      name: "every instance of an image",
      type: aws,
      props: { authType: "ec2", boundAmiIds: ["ami-1"] },
      says: ["authType lets in instances by account, image or network, which many share"],
    },
    {
      name: "a request that was signed for another server",
      type: client,
      props: {},
      level: "advisory",
      says: [
        "iamServerIdHeaderValue is not set, so that a request signed for another server is good here too",
      ],
    },
    {
      name: "every account of GCP",
      type: gcp,
      props: { type: "iam", boundServiceAccounts: ["*"] },
      says: ["boundServiceAccounts lets in every service account of its projects: it has a wildcard"],
    },
    {
      name: "no account of GCP",
      type: gcp,
      props: { type: "iam", boundProjects: ["shop"] },
      says: ["boundServiceAccounts is empty: it names no account that may sign in"],
    },
    {
      name: "every machine of a project",
      type: gcp,
      props: { type: "gce", boundProjects: ["shop"] },
      says: ['type is "gce", and nothing but projects and zones says which machines are meant'],
    },
    {
      name: "every certificate of an authority",
      type: cert,
      props: { certificate: "-----BEGIN CERTIFICATE-----" },
      says: [
        "allowedUriSans is empty, and so is every other name: each certificate of the authority gets in",
      ],
    },
    {
      name: "every SPIFFE id",
      type: cert,
      props: { allowedUriSans: ["spiffe://*"] },
      says: ["allowedUriSans has a wildcard that anybody's name matches"],
    },
    {
      name: "a revoked certificate while nobody answers",
      type: cert,
      props: { allowedUriSans: ["spiffe://example.org/orders"], ocspEnabled: true, ocspFailOpen: true },
      says: ["ocspFailOpen lets in a revoked certificate while nobody answers"],
    },
  ],
  undecided: [
    {
      name: "names that are not known yet",
      type: kubernetes,
      props: { ...pod, boundServiceAccountNames: unknownText },
      says: ["boundServiceAccountNames is not known yet"],
    },
    {
      name: "a role of AWS that is not known yet",
      type: aws,
      props: { ...iam, boundIamPrincipalArns: [unknownText] },
      says: ["boundIamPrincipalArns has a value that is not known yet"],
    },
    {
      name: "a kind of sign-in that is not known yet",
      type: gcp,
      props: { type: unknownText },
      says: ["type is not known yet"],
    },
    {
      name: "a certificate's name that is not known yet",
      type: cert,
      props: { allowedUriSans: [unknownText] },
      says: ["allowedUriSans has a value that is not known yet"],
    },
  ],
};

const policy = "vault:index/policy:Policy";
const connection = "vault:database/secretBackendConnection:SecretBackendConnection";
const pki = "vault:pkiSecret/secretBackendRole:SecretBackendRole";
const ssh = "vault:ssh/secretBackendRole:SecretBackendRole";
const rabbit = "vault:rabbitMq/secretBackendRole:SecretBackendRole";
const tokens = "vault:kubernetes/secretBackendRole:SecretBackendRole";
const acl = (path: string, ...capabilities: string[]) => ({
  policy: `path "${path}" { capabilities = ${JSON.stringify(capabilities)} }`,
});

/** What Vault lets a machine do, for `machine-rights-are-bounded`. */
export const vaultRightsCases: Required<RuleCases> = {
  allows: [
    { name: "reading one set of credentials", type: policy, props: acl("orders/creds/read", "read") },
    {
      name: "everything below one's own secrets",
      type: policy,
      props: acl("secret/data/orders/*", "read", "update"),
    },
    { name: "ending one's own token", type: policy, props: acl("auth/token/revoke-self", "update") },
    { name: "reading policies", type: policy, props: acl("sys/policies/acl/*", "read", "list") },
    { name: "denying everything", type: policy, props: acl("*", "deny") },
    {
      name: "named roles",
      type: connection,
      props: {
        allowedRoles: ["read"],
        postgresql: { connectionUrl: "postgresql://{{username}}:{{password}}@db/x" },
      },
    },
    {
      name: "names below one's own domain",
      type: pki,
      props: { allowedDomains: ["*.orders.example.com"], allowGlobDomains: true },
    },
    { name: "one user", type: ssh, props: { allowedUsers: "deploy" } },
    {
      name: "one exchange",
      type: rabbit,
      props: { vhosts: [{ host: "orders", configure: "", write: "^orders\\." }] },
    },
    { name: "one namespace", type: tokens, props: { allowedKubernetesNamespaces: ["orders"] } },
  ],
  blocks: [
    {
      name: "every path",
      type: policy,
      props: acl("*", "read"),
      says: ["policy path 1 is every path of the server"],
    },
    {
      name: "every path in other words",
      type: policy,
      props: acl("+/*", "read"),
      says: ["policy path 1 is every path of the server"],
    },
    ...[
      ["sys/policies/acl/*", "change policies, its own among them"],
      ["sys/*", "change policies, its own among them"],
      ["sys/auth/*", "add ways to sign in"],
      ["auth/+/role/*", "change who signs in, and to what"],
      ["auth/token/create*", "make tokens that outlive its own"],
      ["identity/*", "give an identity more policies"],
      ["sys/audit/*", "switch off the audit log"],
      ["sys/raw/*", "take over the server"],
    ].map(([path = "", says = ""]) => ({
      name: `writing to ${path}`,
      type: policy,
      props: acl(path, "create", "update"),
      says: [`policy path 1 lets a machine ${says}`],
    })),
    {
      name: "a second path, in JSON",
      type: policy,
      props: {
        policy: JSON.stringify({
          path: { "orders/*": { capabilities: ["read"] }, "sys/auth/x": { capabilities: ["sudo"] } },
        }),
      },
      says: ["policy path 2 lets a machine add ways to sign in"],
    },
    {
      name: "the old form, behind comments",
      type: policy,
      props: { policy: '# sys\n/* path */ path "auth/token/create" { policy = "write" }' },
      says: ["policy path 1 lets a machine make tokens that outlive its own"],
    },
    {
      name: "sudo where nothing needs it",
      type: policy,
      props: acl("orders/config", "sudo"),
      level: "advisory",
      says: ["policy path 1 has sudo, which only the server's own paths need"],
    },
    {
      name: "any role at a connection",
      type: connection,
      props: { allowedRoles: ["*"] },
      says: [
        "allowedRoles has a wildcard: whoever may write a role of the mount has the administrator's rights",
      ],
    },
    {
      name: "a password in a URL",
      type: connection,
      props: {
        allowedRoles: ["read"],
        mysql: { connectionUrl: "root:hunter2@tcp(db)/", username: "root" },
        postgresql: { connectionUrl: "postgresql://root:hunter2@db/x" },
      },
      says: [
        "postgresql.connectionUrl holds a password, which Vault can't rotate: write {{username}} and {{password}}",
      ],
    },
    {
      name: "any name",
      type: pki,
      props: { allowAnyName: true },
      says: ["allowAnyName lets a machine have a certificate for any name"],
    },
    {
      name: "a pattern of every name",
      type: pki,
      props: { allowGlobDomains: true, allowedDomains: ["*"], allowedUriSans: ["spiffe://example.org/*"] },
      says: [
        "allowedDomains has a pattern that any name matches",
        "allowedUriSans has a wildcard: a machine can take another one's identity",
      ],
    },
    {
      name: "certificates without a name",
      type: ssh,
      props: { allowedUsers: "deploy", allowEmptyPrincipals: true },
      says: ["allowEmptyPrincipals makes certificates that are good for every account of a host"],
    },
    {
      name: "any user",
      type: ssh,
      props: { allowedUsers: "deploy,*" },
      says: ['allowedUsers is "*": a machine can sign in as root'],
    },
    {
      name: "an administrator",
      type: rabbit,
      props: {
        tags: "management,administrator",
        vhosts: [{ host: "/", configure: ".*", write: ".*", read: ".*" }],
      },
      says: [
        "tags make every user an administrator",
        "vhosts[0].configure lets a machine change every queue and exchange",
      ],
    },
    {
      name: "every namespace",
      type: tokens,
      props: { allowedKubernetesNamespaces: ["*"], kubernetesRoleName: "cluster-admin" },
      says: [
        'allowedKubernetesNamespaces is "*": tokens for every namespace of the cluster',
        "kubernetesRoleName is the cluster's administrator",
      ],
    },
  ],
  undecided: [
    {
      name: "a policy that is not known yet",
      type: policy,
      props: { policy: unknownText },
      says: ["policy is not known yet"],
    },
    {
      name: "a policy that is none",
      type: policy,
      props: { policy: 'path "a" {' },
      says: ["policy can't be read as a policy"],
    },
    {
      name: "roles that are not known yet",
      type: connection,
      props: { allowedRoles: unknownText },
      says: ["allowedRoles is not known yet"],
    },
  ],
};
