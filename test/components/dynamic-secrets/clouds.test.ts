import * as pulumi from "@pulumi/pulumi";
import {
  AwsSecrets,
  AzureSecrets,
  GcpSecrets,
  KubernetesSecrets,
  NhiKind,
  type AwsSecretRole,
  type AwsSecretsArgs,
  type AzureSecretRole,
  type AzureSecretsArgs,
  type GcpSecretAccount,
  type GcpSecretsArgs,
  type KubernetesSecretRole,
  type KubernetesSecretsArgs,
} from "pulumi-nhi";
import { refusalOf, registeredBy, secret, type Registered } from "../../support/mocks";

const line = "nightly reports (owner team-shop, environment production, kind workload, review by 2027-06-30)";
const metadata = {
  owner: "team-shop",
  purpose: "nightly reports",
  environment: "production",
  kind: NhiKind.Workload,
  reviewBy: "2027-06-30",
};
const consumers = [{ name: "reports", roles: ["reports"], entityIds: ["entity-1"] }];
const inputsOf = (registered: Registered[], kind: string) =>
  registered.filter(({ type }) => type.endsWith(`:${kind}`)).map(({ inputs }) => inputs);
const outputsOf = (registered: Registered[]) =>
  registered.find(({ type }) => type.startsWith("nhi:index:"))?.outputs;
const guid = "11111111-2222-4333-8444-555555555555";

const awsRole: AwsSecretRole = { name: "reports", roleArn: "arn:aws:iam::123456789012:role/reports" };
const aws: AwsSecretsArgs = { metadata, region: "eu-central-1", roles: [awsRole], consumers };
const account: GcpSecretAccount = {
  name: "reports",
  serviceAccountEmail: "reports@shop-reports.iam.gserviceaccount.com",
  scopes: ["https://www.googleapis.com/auth/bigquery.readonly"],
};
const gcp: GcpSecretsArgs = { metadata, accounts: [account], consumers };
const grant = {
  roleName: "Storage Blob Data Reader",
  scope: `/subscriptions/${guid}/resourceGroups/reports`,
};
const azureRole: AzureSecretRole = { name: "reports", grants: [grant] };
const azure: AzureSecretsArgs = {
  metadata,
  subscriptionId: guid,
  tenantId: guid,
  roles: [azureRole],
  consumers,
};
const clusterRole: KubernetesSecretRole = {
  name: "reports",
  namespaces: ["shop"],
  roleName: "reporter",
  audiences: ["https://kubernetes.default.svc"],
};
const kubernetes: KubernetesSecretsArgs = { metadata, roles: [clusterRole], consumers };

const readPolicy = (path: string) => `# ${line}\npath "${path}" {\n  capabilities = ["read"]\n}\n`;
const heldPolicy = (path: string, capability: string, parameters: string[]) => `# ${line}
path "${path}" {
  capabilities = ["${capability}"]
  allowed_parameters = {
${parameters.map((parameter) => `    "${parameter}" = []\n`).join("")}  }
}
`;
const expiryOnly = { credentialEnds: { reports: "expiry-only" } };

describe("what is registered", () => {
  it("is at AWS an engine without a key, and a role that gives sessions of one role only", async () => {
    const registered = await registeredBy(
      () =>
        new AwsSecrets("cloud", {
          ...aws,
          federation: { audience: "vault.example.com", identity: "arn:aws:iam::123456789012:role/vault" },
        }),
    );
    expect(inputsOf(registered, "SecretBackend")).toEqual([
      {
        path: "cloud",
        description: line,
        defaultLeaseTtlSeconds: 900,
        maxLeaseTtlSeconds: 3600,
        region: "eu-central-1",
        stsRegion: "eu-central-1",
        stsEndpoint: "https://sts.eu-central-1.amazonaws.com",
        identityTokenAudience: "vault.example.com",
        identityTokenTtl: 300,
        roleArn: "arn:aws:iam::123456789012:role/vault",
        auditNonHmacResponseKeys: ["arn"],
      },
    ]);
    expect(inputsOf(registered, "SecretBackendRole")).toEqual([
      {
        backend: "cloud",
        name: "reports",
        credentialType: "assumed_role",
        roleArns: ["arn:aws:iam::123456789012:role/reports"],
        defaultStsTtl: 900,
        maxStsTtl: 900,
      },
    ]);
    expect(inputsOf(registered, "Policy")).toEqual([
      { name: "nhi.cloud.reports", policy: heldPolicy("cloud/sts/reports", "read", ["ttl"]) },
    ]);
    expect(outputsOf(registered)).toEqual({
      mountPath: "cloud",
      credentialPaths: { reports: "cloud/sts/reports" },
      policyNames: { reports: "nhi.cloud.reports" },
      ...expiryOnly,
    });
  });

  it("is at GCP an engine without a key, and accounts that it acts as", async () => {
    const registered = await registeredBy(() => new GcpSecrets("cloud", gcp));
    expect(inputsOf(registered, "SecretBackend")).toEqual([
      { path: "cloud", description: line, defaultLeaseTtlSeconds: 900, maxLeaseTtlSeconds: 3600 },
    ]);
    expect(inputsOf(registered, "SecretImpersonatedAccount")).toEqual([
      {
        backend: "cloud",
        impersonatedAccount: "reports",
        serviceAccountEmail: account.serviceAccountEmail,
        tokenScopes: account.scopes,
        ttl: "900",
      },
    ]);
    expect(inputsOf(registered, "Policy")).toEqual([
      { name: "nhi.cloud.reports", policy: readPolicy("cloud/impersonated-account/reports/token") },
    ]);
    expect(outputsOf(registered)).toMatchObject(expiryOnly);
  });

  it("is at Azure an engine without a secret, and principals that end with their lease for good", async () => {
    const registered = await registeredBy(
      () => new AzureSecrets("cloud", { ...azure, federation: { audience: "vault", identity: guid } }),
    );
    expect(inputsOf(registered, "Backend")).toMatchObject([
      { path: "cloud", clientId: secret(guid), identityTokenAudience: "vault", identityTokenTtl: 300 },
    ]);
    expect(inputsOf(registered, "BackendRole")).toEqual([
      {
        backend: "cloud",
        role: "reports",
        azureRoles: [grant],
        ttl: "900",
        maxTtl: "3600",
        permanentlyDelete: true,
      },
    ]);
    expect(outputsOf(registered)).toMatchObject({ credentialEnds: { reports: "lease" } });
  });

  it("is at Kubernetes the server's own cluster, and tokens for named namespaces and audiences", async () => {
    const registered = await registeredBy(
      () =>
        new KubernetesSecrets("cloud", {
          ...kubernetes,
          roles: [
            clusterRole,
            { name: "read", namespaces: ["shop"], serviceAccountName: "reader", audiences: ["metrics"] },
          ],
        }),
    );
    expect(inputsOf(registered, "SecretBackend")).toMatchObject([{ disableLocalCaJwt: false }]);
    expect(inputsOf(registered, "SecretBackendRole")).toEqual([
      {
        backend: "cloud",
        name: "read",
        allowedKubernetesNamespaces: ["shop"],
        tokenDefaultTtl: 600,
        tokenMaxTtl: 600,
        tokenDefaultAudiences: ["metrics"],
        serviceAccountName: "reader",
      },
      {
        backend: "cloud",
        name: "reports",
        allowedKubernetesNamespaces: ["shop"],
        tokenDefaultTtl: 600,
        tokenMaxTtl: 600,
        tokenDefaultAudiences: ["https://kubernetes.default.svc"],
        kubernetesRoleName: "reporter",
        kubernetesRoleType: "Role",
      },
    ]);
    expect(inputsOf(registered, "Policy")[0]).toEqual({
      name: "nhi.cloud.read",
      policy: heldPolicy("cloud/creds/read", "update", ["kubernetes_namespace", "ttl"]),
    });
    expect(outputsOf(registered)).toMatchObject({
      credentialEnds: { reports: "lease", read: "expiry-only" },
    });
  });

  it("keeps the token of a cluster elsewhere in one place, as a secret that is written only", async () => {
    const cluster = { host: "https://cluster.example.com:6443", token: pulumi.secret("canary") };
    const registered = await registeredBy(() => new KubernetesSecrets("cloud", { ...kubernetes, cluster }));
    expect(inputsOf(registered, "SecretBackend")).toMatchObject([
      {
        kubernetesHost: "https://cluster.example.com:6443",
        serviceAccountJwtWo: secret("canary"),
        serviceAccountJwtWoVersion: 1,
        disableLocalCaJwt: true,
      },
    ]);
    const rest = registered.filter(({ type }) => !type.endsWith(":SecretBackend"));
    expect(JSON.stringify(rest)).not.toContain("canary");
  });

  it.each([
    { made: (): unknown => new AwsSecrets("cloud", aws), named: "AwsSecrets" },
    { made: (): unknown => new GcpSecrets("cloud", gcp), named: "GcpSecrets" },
    { made: (): unknown => new AzureSecrets("cloud", azure), named: "AzureSecrets" },
    { made: (): unknown => new KubernetesSecrets("cloud", kubernetes), named: "KubernetesSecrets" },
  ])("lets in by $named those who are named, and limits what they ask", async ({ made }) => {
    const registered = await registeredBy(() => void made());
    expect(inputsOf(registered, "Group")).toMatchObject([
      { name: "nhi.cloud.reports", policies: ["nhi.cloud.reports"], memberEntityIds: ["entity-1"] },
    ]);
    expect(inputsOf(registered, "QuotaRateLimit")).toEqual([
      { name: "nhi.cloud.requests", path: "cloud", rate: 100 },
    ]);
  });
});

const awsWith = (more: Partial<AwsSecretRole>) => () =>
  new AwsSecrets("cloud", { ...aws, roles: [{ ...awsRole, ...more }] });
const gcpWith = (more: Partial<GcpSecretAccount>) => () =>
  new GcpSecrets("cloud", { ...gcp, accounts: [{ ...account, ...more }] });
const azureWith = (more: Partial<AzureSecretRole>) => () =>
  new AzureSecrets("cloud", { ...azure, roles: [{ ...azureRole, ...more }] });
const clusterWith = (more: Partial<KubernetesSecretRole>) => () =>
  new KubernetesSecrets("cloud", { ...kubernetes, roles: [{ ...clusterRole, ...more }] });
const federated = (federation: { audience: string; identity: string; tokenTtlSeconds?: number }) => () =>
  new AwsSecrets("cloud", { ...aws, federation });
const vaultsRole = "arn:aws:iam::123456789012:role/vault";
const elsewhere = (more: object) => () =>
  new KubernetesSecrets("cloud", {
    ...kubernetes,
    cluster: { host: "https://cluster.example.com", token: pulumi.secret("canary"), ...more },
  });

const refusals: [() => pulumi.Resource, string][] = [
  [
    () => new AwsSecrets("cloud", { ...aws, region: "eu" }),
    `AwsSecrets "cloud": region must be a region, for example "eu-central-1", got "eu".`,
  ],
  [
    () => new AwsSecrets("cloud", { ...aws, stsEndpoint: "http://sts.example.com" }),
    `AwsSecrets "cloud": stsEndpoint must be https:// for "sts.example.com". Without TLS credentials cross the network in the clear.`,
  ],
  [
    () => new AwsSecrets("cloud", { ...aws, stsEndpoint: "sts" }),
    `AwsSecrets "cloud": stsEndpoint must be https:// and a host, with a port and nothing else, got "sts".`,
  ],
  [
    federated({ audience: "a b", identity: vaultsRole }),
    `AwsSecrets "cloud": federation.audience must be one audience without spaces, got "a b".`,
  ],
  [
    federated({ audience: "a", identity: "vault" }),
    `AwsSecrets "cloud": federation.identity must be the ARN of one role, got "vault".`,
  ],
  [
    federated({ audience: "a", identity: vaultsRole, tokenTtlSeconds: 86_400 }),
    `AwsSecrets "cloud": federation.tokenTtlSeconds must be a whole number from 60 to 3600 seconds, got 86400. Vault signs a new one for each request.`,
  ],
  [
    () => new AwsSecrets("cloud", { ...aws, roles: [], consumers: [] }),
    `AwsSecrets "cloud": roles must have at least one role. Without one nobody can get a credential.`,
  ],
  [
    () => new AwsSecrets("cloud", { ...aws, roles: [awsRole, awsRole] }),
    `AwsSecrets "cloud": roles[1].name must be used once, got "reports" again.`,
  ],
  [awsWith({ roleArn: "*" }), `AwsSecrets "cloud": roles[0].roleArn must be the ARN of one role, got "*".`],
  [
    awsWith({ sessionPolicy: "s3:*" }),
    `AwsSecrets "cloud": roles[0].sessionPolicy must be an IAM policy as JSON, with a Statement.`,
  ],
  [
    awsWith({ sessionTags: { "a*": "b" } }),
    `AwsSecrets "cloud": roles[0].sessionTags must be letters, digits, spaces and _ . : / = + - @ (AWS limits session tags to these), got "a*".`,
  ],
  [
    awsWith({ maxTtlSeconds: 43_200 }),
    `AwsSecrets "cloud": roles[0].maxTtlSeconds must be a whole number from 900 to 3600 seconds, got 43200. AWS gives no shorter session, and ends one that Vault's own role asked for after an hour.`,
  ],
  [
    awsWith({ defaultTtlSeconds: 1800 }),
    `AwsSecrets "cloud": roles[0].defaultTtlSeconds must be 900 seconds, got 1800. A session ends with maxTtlSeconds.`,
  ],
  [
    () => new AwsSecrets("cloud", { ...aws, consumers: [{ ...consumers[0], canRefresh: false } as never] }),
    `AwsSecrets "cloud": consumers[0].canRefresh must be true: a credential of this engine ends and is asked for again. For "reports", which can't, make a StaticCredentialException, which has an owner and an end.`,
  ],
  [
    gcpWith({ serviceAccountEmail: "ann@example.com" }),
    `GcpSecrets "cloud": accounts[0].serviceAccountEmail must be the email of a service account, <name>@<project>.iam.gserviceaccount.com, got "ann@example.com".`,
  ],
  [
    gcpWith({ scopes: [] }),
    `GcpSecrets "cloud": accounts[0].scopes must have at least one scope, for example "https://www.googleapis.com/auth/devstorage.read_only".`,
  ],
  [
    gcpWith({ scopes: ["*"] }),
    `GcpSecrets "cloud": accounts[0].scopes must be scopes of GCP, https://www.googleapis.com/auth/…, got "*".`,
  ],
  [
    gcpWith({ ttlSeconds: 7200 }),
    `GcpSecrets "cloud": accounts[0].ttlSeconds must be a whole number from 1 to 3600 seconds, got 7200. Let a longer job ask again.`,
  ],
  [
    () => new AzureSecrets("cloud", { ...azure, tenantId: "shop" }),
    `AzureSecrets "cloud": tenantId must be a GUID, got "shop".`,
  ],
  [
    azureWith({ grants: [] }),
    `AzureSecrets "cloud": roles[0].grants must have at least one role of Azure. Without one the credential is good for nothing.`,
  ],
  [
    azureWith({ grants: [{ ...grant, roleName: " owner" }] }),
    `AzureSecrets "cloud": roles[0].grants[0].roleName must be a role for one task, got " owner", which manages everything or gives rights to others.`,
  ],
  [
    azureWith({ grants: [{ ...grant, scope: `/subscriptions/${guid}` }] }),
    `AzureSecrets "cloud": roles[0].grants[0].scope must be a resource group or a resource, /subscriptions/<id>/resourceGroups/<name>…, got "/subscriptions/${guid}".`,
  ],
  [
    azureWith({ maxTtlSeconds: 86_400 }),
    `AzureSecrets "cloud": roles[0].maxTtlSeconds must be a whole number from 1 to 14400 seconds, got 86400. Let a longer job ask again.`,
  ],
  [
    clusterWith({ namespaces: ["*"] }),
    `KubernetesSecrets "cloud": roles[0].namespaces must be names of namespaces, got "*". A pattern lets the job choose.`,
  ],
  [
    clusterWith({ serviceAccountName: "reader" }),
    `KubernetesSecrets "cloud": roles[0] must have one of roleName and serviceAccountName, got both.`,
  ],
  [
    clusterWith({ audiences: [] }),
    `KubernetesSecrets "cloud": roles[0].audiences must have at least one audience. A token without one is good everywhere.`,
  ],
  [
    clusterWith({ roleName: "cluster-admin" }),
    `KubernetesSecrets "cloud": roles[0].roleName must be a role for one task, got "cluster-admin".`,
  ],
  [
    clusterWith({ maxTtlSeconds: 300 }),
    `KubernetesSecrets "cloud": roles[0].maxTtlSeconds must be a whole number from 600 to 3600 seconds, got 300. The cluster gives no shorter token; let a longer job ask again.`,
  ],
  [
    elsewhere({ token: "canary" }),
    `KubernetesSecrets "cloud": cluster.token must be a secret, for example from config.requireSecret. As plain text it stands in the program, or is empty.`,
  ],
  [
    elsewhere({ host: "http://cluster.example.com" }),
    `KubernetesSecrets "cloud": cluster.host must be https:// for "cluster.example.com". Without TLS credentials cross the network in the clear.`,
  ],
  [
    elsewhere({ tokenVersion: 0 }),
    `KubernetesSecrets "cloud": cluster.tokenVersion must be a whole number from 1 up, got 0.`,
  ],
];
it.each(refusals.map(([program, says]) => ({ program, says })))(
  "refuses: $says",
  async ({ program, says }) => {
    expect(await refusalOf(program)).toBe(says);
  },
);
