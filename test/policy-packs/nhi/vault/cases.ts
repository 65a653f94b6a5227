import { machineRoles } from "../../../../policy-packs/nhi/vault/lifetimes";
import { unknownText } from "../../../support/analyze";
import type { RuleCases } from "../../../support/rule-tester";

const kubernetes = "vault:kubernetes/authBackendRole:AuthBackendRole";
const aws = "vault:aws/authBackendRole:AuthBackendRole";
const client = "vault:aws/authBackendClient:AuthBackendClient";
const appRole = "vault:appRole/authBackendRole:AuthBackendRole";
const azure = "vault:azure/authBackendRole:AuthBackendRole";
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
    { name: "a role with a secret id", type: appRole, props: { roleName: "ci" } },
    { name: "one identity of Azure", type: azure, props: { boundServicePrincipalIds: ["00000000-1"] } },
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
      name: "a role that an id opens",
      type: appRole,
      props: { bindSecretId: false, tokenBoundCidrs: ["10.0.0.0/8"] },
      says: ["bindSecretId is false: whoever knows the role's id and is in the network gets in"],
    },
    {
      name: "every machine of a subscription",
      type: azure,
      props: { boundSubscriptionIds: ["1"], boundServicePrincipalIds: [] },
      says: [
        "boundServicePrincipalIds is empty: every machine of the subscriptions, groups or places that are named gets in, or of the whole tenant",
      ],
    },
    {
      name: "every identity of Azure",
      type: azure,
      props: { boundServicePrincipalIds: ["*"] },
      says: [
        "boundServicePrincipalIds lets in every machine that has an identity of its own: it has a wildcard",
      ],
    },
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
const database = "vault:database/secretBackendRole:SecretBackendRole";
const ldap = "vault:ldap/secretBackendDynamicRole:SecretBackendDynamicRole";
const token = "vault:index/token:Token";
const tokenRole = "vault:tokenauth/authBackendRole:AuthBackendRole";
const oidcKey = "vault:identity/oidcKey:OidcKey";
const acme = "vault:pkiSecret/backendConfigAcme:BackendConfigAcme";
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
    {
      name: "every URL that Vault fills in",
      type: connection,
      props: {
        allowedRoles: ["read"],
        mssql: { connectionUrl: "server=db;user id={{username}};password={{password}}" },
        mysql: { connectionUrl: "{{username}}:{{password}}@tcp(db:3306)/" },
        oracle: { connectionUrl: "{{username}}/{{password}}@db:1521/x" },
        mongodb: { connectionUrl: "mongodb://{{username}}:{{password}}@db:27017/admin?tls=true" },
        snowflake: { connectionUrl: "{{username}}:{{password}}@acme.eu/orders" },
        postgresql: { connectionUrl: "postgresql://db:5432/orders?sslmode=verify-full" },
      },
    },
    {
      name: "rights on what the task needs",
      type: database,
      props: {
        creationStatements: [
          `CREATE ROLE "{{name}}" NOSUPERUSER LOGIN`,
          `GRANT SELECT ON orders TO "{{name}}"`,
        ],
      },
    },
    {
      name: "MongoDB's reader",
      type: database,
      props: { creationStatements: [`{"db":"admin","roles":[{"role":"read","db":"orders"}]}`] },
    },
    {
      name: "a superuser in a comment",
      type: database,
      props: { creationStatements: ["SELECT 1 -- SUPERUSER"] },
    },
    { name: "a policy that is called like root", type: token, props: { policies: ["root-ca-reader"] } },
    {
      name: "a role for policies that start alike",
      type: tokenRole,
      props: { allowedPoliciesGlobs: ["ci-*"] },
    },
    {
      name: "a star that is no wildcard",
      type: pki,
      props: { allowedDomains: ["*"], allowGlobDomains: false },
    },
    {
      name: "a wildcard for hosts where none are named",
      type: ssh,
      props: { allowedUsers: "deploy", allowedDomains: "*" },
    },
    { name: "a client", type: oidcKey, props: { allowedClientIds: ["orders"] } },
    { name: "ACME for one role", type: acme, props: { defaultDirectoryPolicy: "role:web" } },
    {
      name: "rules for what is named",
      type: tokens,
      props: { generatedRoleRules: "rules:\n- resources: ['*']\n  verbs: ['get']" },
    },
    {
      name: "a member of a group",
      type: ldap,
      props: { creationLdif: "dn: CN=readers,DC=acme\nchangetype: modify" },
    },
    { name: "one namespace", type: tokens, props: { allowedKubernetesNamespaces: ["orders"] } },
  ],
  blocks: [
    {
      name: "every path, in JSON",
      type: policy,
      props: {
        policy: JSON.stringify({ path: { "orders/*": { capabilities: ["read"] }, "*": { policy: "read" } } }),
      },
      says: ["policy.path[1] reaches into every mount of Vault"],
    },
    {
      name: "any role at a connection",
      type: connection,
      props: { allowedRoles: ["read", "*"] },
      says: [
        "allowedRoles lets every role use the connection, so whoever may write a role may run any SQL with it",
      ],
    },
    {
      name: "passwords in URLs",
      type: connection,
      props: {
        allowedRoles: ["read"],
        mysql: { connectionUrl: "root:hunter2@tcp(db)/", username: "root" },
        mssql: { connectionUrl: "server=db;user id=sa;password=hunter2" },
        oracle: { connectionUrl: "system/hunter2@db:1521/x" },
        postgresql: { connectionUrl: "postgresql://root:hunter2@db/x" },
      },
      says: ["mssql", "mysql", "oracle", "postgresql"].map(
        (engine) => `${engine}.connectionUrl holds a password, which Vault can't rotate`,
      ),
    },
    ...[...machineRoles.map((type) => [type, "tokenPolicies"]), [token, "policies"]].map(
      ([type = "", property = ""]) => ({
        name: `root for ${type}`,
        type,
        props: { [property]: ["ci", " Root "] },
        says: [`${property} has root, which allows everything`],
      }),
    ),
    {
      name: "root, and any policy, for whoever asks",
      type: tokenRole,
      props: { allowedPolicies: ["root"], allowedPoliciesGlobs: ["*"] },
      says: [
        "allowedPolicies has root, which allows everything",
        "allowedPoliciesGlobs lets whoever uses the role have a token of every policy",
      ],
    },
    {
      name: "Consul's manager",
      type: "vault:consul/secretBackendRole:SecretBackendRole",
      props: { consulPolicies: ["global-management"] },
      says: ["consulPolicies has global-management, which allows everything in Consul"],
    },
    {
      name: "Nomad's manager",
      type: "vault:index/nomadSecretRole:NomadSecretRole",
      props: { type: "management" },
      says: ['type is "management", which allows everything in Nomad'],
    },
    {
      name: "every operation of KMIP",
      type: "vault:kmip/secretRole:SecretRole",
      props: { operationAll: true },
      says: ["operationAll allows every operation on every key of the scope"],
    },
    {
      name: "an owner at Atlas",
      type: "vault:mongodbatlas/secretRole:SecretRole",
      props: { roles: ["GROUP_READ_ONLY", "ORG_OWNER"] },
      says: ["roles has an owner, who may make keys of its own"],
    },
    {
      name: "every client of a key",
      type: oidcKey,
      props: { allowedClientIds: ["*"] },
      says: ["allowedClientIds lets every role sign with the key, for whatever audience it likes"],
    },
    {
      name: "every client of a key, in a resource of its own",
      type: "vault:identity/oidcKeyAllowedClientID:OidcKeyAllowedClientID",
      props: { allowedClientId: "*" },
      says: ["allowedClientId lets every role sign with the key, for whatever audience it likes"],
    },
    ...(
      [
        ["a superuser", `CREATE ROLE "{{name}}" SUPERUSER LOGIN`, ["make a superuser"]],
        [
          "a user that makes users",
          `CREATE ROLE "{{name}}" CREATEROLE`,
          ["make a user that may make others"],
        ],
        [
          "a user that sees every row",
          `ALTER ROLE "{{name}}" BYPASSRLS`,
          ["make a user for whom no row is hidden"],
        ],
        [
          "the cloud's superuser",
          `GRANT rds_superuser TO "{{name}}"`,
          ["make a superuser, as the cloud calls it"],
        ],
        [
          "programs on the server",
          `GRANT pg_execute_server_program TO "{{name}}"`,
          ["let the user at the server's files"],
        ],
        [
          "rights to give away",
          `GRANT admins TO "{{name}}" WITH ADMIN OPTION`,
          ["let the user give its rights to others"],
        ],
        [
          "everything in MySQL",
          "GRANT ALL PRIVILEGES ON *.* TO '{{name}}'@'%'",
          ["give everything in every database"],
        ],
        [
          "everything in Cassandra",
          "GRANT ALL PERMISSIONS ON ALL KEYSPACES TO '{{name}}'",
          ["give everything in every keyspace"],
        ],
        ["everything in Oracle", "grant all privileges to {{name}}", ["give everything in every schema"]],
        [
          "SQL Server's administrator",
          "ALTER SERVER ROLE sysadmin ADD MEMBER [{{name}}]",
          ["make an administrator or an owner"],
        ],
        ["Oracle's administrator", "GRANT DBA TO {{name}}", ["make an administrator"]],
        [
          "Snowflake's administrator",
          "GRANT ROLE ACCOUNTADMIN TO USER {{name}}",
          ["make an administrator of the account"],
        ],
        [
          "MongoDB's owner",
          `{"db": "admin", "roles": [{"role": "root"}]}`,
          ["have a role that is as good as the owner"],
        ],
        ["every command of Redis", `["+@all", "~*"]`, ["allow every command"]],
        ["Elasticsearch's superuser", `{"elasticsearch_roles": ["superuser"]}`, ["make a superuser"]],
        [
          "a superuser in base64",
          Buffer.from(`CREATE ROLE "{{name}}" SUPERUSER`).toString("base64"),
          ["make a superuser"],
        ],
      ] as const
    ).map(([name, statement, says]) => ({
      name,
      type: database,
      props: { creationStatements: [`SELECT 1`, statement] },
      says: says.map((text) => `creationStatements ${text}`),
    })),
    {
      name: "everything on one schema",
      type: database,
      props: { creationStatements: [`GRANT ALL ON ALL TABLES IN SCHEMA orders TO "{{name}}"`] },
      says: ["creationStatements give everything on what they name, also what the task has no use for"],
      level: "advisory" as const,
    },
    {
      name: "an administrator of the directory",
      type: ldap,
      props: { creationLdif: "dn: CN=Domain Admins,CN=Users,DC=acme\nchangetype: modify\nadd: member" },
      says: ["creationLdif makes an administrator of the directory"],
    },
    {
      name: "certificates for whoever asks by ACME",
      type: acme,
      props: { enabled: true, defaultDirectoryPolicy: "sign-verbatim" },
      says: ["defaultDirectoryPolicy is sign-verbatim: whoever asks gets a certificate for any name"],
    },
    {
      name: "certificates for whoever has an account of ACME",
      type: acme,
      props: { enabled: true, defaultDirectoryPolicy: "sign-verbatim", eabPolicy: "always-required" },
      says: ["defaultDirectoryPolicy is sign-verbatim: whoever asks gets a certificate for any name"],
      level: "advisory" as const,
    },
    ...["Cmpv2", "Est", "Scep"].map((kind) => ({
      name: `certificates for whoever asks by ${kind}`,
      type: `vault:pkiSecret/backendConfig${kind}:BackendConfig${kind}`,
      props: { defaultPathPolicy: "sign-verbatim" },
      says: ["defaultPathPolicy is sign-verbatim: whoever asks gets a certificate for any name"],
    })),
    {
      name: "any name",
      type: pki,
      props: { allowAnyName: true, enforceHostnames: false },
      says: ["allowAnyName lets whoever uses the role have a certificate for any name"],
    },
    ...["*", "*.*", "*.com", "acme*", "*acme.example"].map((domain) => ({
      name: `names that match ${domain}`,
      type: pki,
      props: { allowGlobDomains: true, allowedDomains: ["a.example", domain] },
      says: ["allowedDomains is a wildcard for any name of any domain"],
    })),
    ...["allowedUriSans", "allowedOtherSans", "allowedUserIds"].map((property) => ({
      name: `a wildcard in ${property}`,
      type: pki,
      props: { [property]: ["*"] },
      says: [`${property} has a wildcard, so that one workload gets the identity of another`],
    })),
    {
      name: "an identity that starts as somebody's",
      type: pki,
      props: { allowedUriSans: ["spiffe://acme.example/a,spiffe://acme.example/*"] },
      says: ["allowedUriSans has a wildcard, so that one workload gets the identity of another"],
    },
    {
      name: "names that are no hosts'",
      type: pki,
      props: { enforceHostnames: false },
      says: ["enforceHostnames lets in names that are no names of hosts"],
      level: "advisory" as const,
    },
    {
      name: "certificates without a name",
      type: ssh,
      props: { allowedUsers: "deploy", allowEmptyPrincipals: true },
      says: [
        "allowEmptyPrincipals lets whoever uses the role have a certificate for every user (CVE-2024-7594)",
      ],
    },
    {
      name: "any user",
      type: ssh,
      props: { allowedUsers: "deploy, *" },
      says: ["allowedUsers is a wildcard: a certificate for every user, root too"],
    },
    {
      name: "any host",
      type: ssh,
      props: { allowHostCertificates: true, allowedDomains: "*" },
      says: ["allowedDomains is a wildcard: a certificate for every host"],
    },
    {
      name: "root, and every extension",
      type: ssh,
      props: { allowUserCertificates: true, allowedUsers: "root", allowedExtensions: "*" },
      says: [
        "allowedUsers has root, who may do everything on a host",
        "allowedExtensions is a wildcard, which lets a program forward ports and agents",
      ],
      level: "advisory" as const,
    },
    {
      name: "an administrator of everything",
      type: rabbit,
      props: {
        tags: "management,administrator",
        vhosts: [{ host: "/", configure: ".*", write: ".*", read: ".*" }],
      },
      says: [
        "tags has administrator, who may do everything on the server",
        "vhosts[0] allows everything with every queue and exchange",
      ],
    },
    {
      name: "queues to make and delete",
      type: rabbit,
      props: {
        vhosts: [
          { host: "a", configure: "" },
          { host: "b", configure: "^.*$", write: "^a$" },
        ],
      },
      says: ["vhosts[1].configure lets it make and delete every queue and exchange"],
    },
    {
      name: "a user who sees the server",
      type: rabbit,
      props: { tags: "monitoring" },
      says: ["tags gives rights on the server, which a program that sends and reads has no use for"],
      level: "advisory" as const,
    },
    {
      name: "every namespace, as its administrator",
      type: tokens,
      props: { allowedKubernetesNamespaces: ["*"], kubernetesRoleName: "cluster-admin" },
      says: [
        "allowedKubernetesNamespaces allows every namespace of the cluster",
        "kubernetesRoleName is cluster-admin, which allows everything",
      ],
    },
    {
      name: "a role of the whole cluster",
      type: tokens,
      props: { kubernetesRoleName: "view", kubernetesRoleType: "ClusterRole" },
      says: [
        "kubernetesRoleType is ClusterRole, so that whoever asks for a cluster-wide binding has it everywhere",
      ],
    },
    ...[
      '{"rules":[{"apiGroups":["*"],"resources":["pods","*"],"verbs":["*"]}]}',
      "rules:\n- apiGroups: ['*']\n  resources: [ \"*\" ]\n  verbs: ['get', '*']",
      "rules:\n- resources:\n  - '*'\n  verbs:\n  - \"*\"",
    ].map((generatedRoleRules) => ({
      name: `rules for everything: ${generatedRoleRules}`,
      type: tokens,
      props: { generatedRoleRules },
      says: ["generatedRoleRules allow every verb on every resource"],
    })),
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
      says: ["policy can't be read as a policy of Vault"],
    },
    {
      name: "whether a star is a wildcard",
      type: pki,
      props: { allowedDomains: ["*"], allowGlobDomains: unknownText },
      says: ["allowGlobDomains is not known yet, and makes a wildcard of allowedDomains"],
    },
    {
      name: "statements that are not known yet",
      type: database,
      props: { creationStatements: [unknownText] },
      says: ["creationStatements is not known yet"],
    },
    {
      name: "rules that are not known yet",
      type: tokens,
      props: { generatedRoleRules: unknownText },
      says: ["generatedRoleRules is not known yet"],
    },
    {
      name: "an entry that is not known yet",
      type: ldap,
      props: { creationLdif: unknownText },
      says: ["creationLdif is not known yet"],
    },
    {
      name: "roles that are not known yet",
      type: connection,
      props: { allowedRoles: unknownText },
      says: ["allowedRoles is not known yet"],
    },
  ],
};
