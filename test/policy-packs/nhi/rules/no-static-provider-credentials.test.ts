import { noStaticProviderCredentials } from "../../../../policy-packs/nhi/rules/no-static-provider-credentials";
import { secret, unknownText } from "../../../support/analyze";
import { testRule } from "../../../support/rule-tester";

const aws = "pulumi:providers:aws";
const gcp = "pulumi:providers:gcp";
const vault = "pulumi:providers:vault";
const key = JSON.stringify({ type: "service_account", private_key: "-----BEGIN PRIVATE KEY-----" });
const federated = JSON.stringify({ type: "external_account", credential_source: { file: "/var/run/token" } });

const of = (provider: string) => `pulumi:providers:${provider}`;
const secrets: [provider: string, property: string][] = [
  ["aws-native", "secretKey"],
  ["azuread", "clientSecret"],
  ["azuread", "clientCertificate"],
  ["azure-native", "clientSecret"],
  ["azure-native", "clientCertificatePath"],
  ["cloudflare", "apiToken"],
  ["cloudflare", "apiKey"],
  ["datadog", "apiKey"],
  ["datadog", "appKey"],
  ["gitlab", "token"],
  ["gitlab", "clientKey"],
  ["mongodbatlas", "privateKey"],
  ["mongodbatlas", "clientSecret"],
  ["snowflake", "password"],
  ["snowflake", "privateKey"],
];

testRule(noStaticProviderCredentials, {
  allows: [
    { name: "AWS with the environment's credentials", type: aws, props: { region: "eu-west-1" } },
    {
      name: "AWS with the job's token, as the engine writes nested settings",
      type: aws,
      props: {
        assumeRoleWithWebIdentity: JSON.stringify({
          roleArn: "arn:aws:iam::1:role/r",
          webIdentityTokenFile: "/t",
        }),
      },
    },
    {
      name: "AWS where the settings that are not set are empty",
      type: aws,
      props: { accessKey: "", secretKey: "", token: "" },
    },
    { name: "GCP with the environment's credentials", type: gcp, props: { project: "p" } },
    { name: "GCP with a configuration for the job's token", type: gcp, props: { credentials: federated } },
    {
      name: "GCP with such a configuration as a secret",
      type: gcp,
      props: { credentials: secret(federated) },
    },
    {
      name: "Vault with the environment's token",
      type: vault,
      props: { address: "https://vault.example.com" },
    },
    {
      name: "Vault with the job's token",
      type: vault,
      props: { authLoginJwt: JSON.stringify({ mount: "github", role: "pulumi", jwt: "eyJ" }) },
    },
    {
      name: "Vault with AWS's identity",
      type: vault,
      props: { authLoginAws: { mount: "aws", role: "pulumi", awsRegion: "eu-west-1" } },
    },
    {
      name: "Vault with the Kubernetes login",
      type: vault,
      props: { authLogin: { path: "auth/kubernetes/login", parameters: { role: "r" } } },
    },
    {
      name: "Entra ID with the job's token",
      type: of("azuread"),
      props: { useOidc: "true", oidcTokenFilePath: "/t", clientId: "x", tenantId: "y" },
    },
    {
      name: "Azure with the machine's identity",
      type: of("azure-native"),
      props: { useMsi: true, clientSecret: "" },
    },
    { name: "GitHub with the environment's token", type: of("github"), props: { owner: "octo" } },
    {
      name: "GitHub as an app whose key the environment has",
      type: of("github"),
      props: { appAuth: JSON.stringify({ id: "1", installationId: "2" }) },
    },
    {
      name: "Datadog with AWS's identity",
      type: of("datadog"),
      props: { cloudProviderType: "aws", orgUuid: "x" },
    },
    {
      name: "Snowflake with the job's identity",
      type: of("snowflake"),
      props: { authenticator: "WORKLOAD_IDENTITY", user: "ci" },
    },
    {
      name: "Atlas with a role",
      type: of("mongodbatlas"),
      props: { assumeRole: JSON.stringify({ roleArn: "arn:aws:iam::1:role/r" }), secretName: "atlas" },
    },
    {
      name: "a cluster by its path",
      type: of("kubernetes"),
      props: { kubeconfig: "/home/ci/.kube/config", context: "prod" },
    },
    {
      name: "a cluster whose token is asked for each time",
      type: of("kubernetes"),
      props: {
        kubeconfig: JSON.stringify({
          users: [
            {
              name: "ci",
              user: { exec: { command: "aws", args: ["eks", "get-token", "--cluster-name", "prod"] } },
            },
          ],
        }),
      },
    },
  ],
  blocks: [
    ...secrets.map(([provider, property]) => ({
      name: `${provider} with ${property}`,
      type: of(provider),
      props: { [property]: "x" },
      says: [`${property} is a stored credential`],
    })),
    {
      name: "a token of GitHub's that is not known yet",
      type: of("github"),
      props: { token: unknownText },
      says: ["token is a stored credential"],
    },
    {
      name: "GitHub as an app with its key",
      type: of("github"),
      props: { appAuth: JSON.stringify({ id: "1", pemFile: "-----BEGIN" }) },
      says: ["appAuth.pemFile is a stored credential"],
    },
    {
      name: "Snowflake with a refresh token",
      type: of("snowflake"),
      props: { tokenAccessor: { refreshToken: "x", clientSecret: unknownText } },
      says: [
        "tokenAccessor.refreshToken is a stored credential",
        "tokenAccessor.clientSecret is a stored credential",
      ],
    },
    {
      name: "a cluster with a token",
      type: of("kubernetes"),
      props: { kubeconfig: "users:\n- name: ci\n  user:\n    token: abc\n" },
      says: ["kubeconfig has a user with a stored token"],
    },
    {
      name: "a cluster with a client's key, as JSON",
      type: of("kubernetes"),
      props: { kubeconfig: secret(JSON.stringify({ users: [{ user: { "client-key-data": "abc" } }] })) },
      says: ["kubeconfig has a user with a stored client-key-data"],
    },
    {
      name: "AWS with a key",
      type: aws,
      props: { accessKey: "AKIAIOSFODNN7EXAMPLE", secretKey: "s" },
      says: ["accessKey is a stored credential", "secretKey is a stored credential"],
    },
    {
      name: "AWS with a secret key that is a secret",
      type: aws,
      props: { secretKey: secret("s") },
      says: ["secretKey is a stored credential"],
    },
    {
      name: "AWS with a key that is not known yet",
      type: aws,
      props: { secretKey: unknownText },
      says: ["secretKey is a stored credential"],
    },
    {
      name: "AWS with a session token",
      type: aws,
      props: { token: "t" },
      says: ["token is a stored credential"],
    },
    {
      name: "GCP with a service account's key",
      type: gcp,
      props: { credentials: key },
      says: ["credentials is a stored credential"],
    },
    {
      name: "GCP with such a key after a space",
      type: gcp,
      props: { credentials: ` ${key}` },
      says: ["credentials is a stored credential"],
    },
    {
      name: "GCP with a user's credentials",
      type: gcp,
      props: { credentials: '{"type":"authorized_user"}' },
      says: ["credentials is a stored credential"],
    },
    {
      name: "GCP with credentials cut in half",
      type: gcp,
      props: { credentials: key.slice(0, 30) },
      says: ["credentials is a stored credential"],
    },
    {
      name: "GCP with an access token",
      type: gcp,
      props: { accessToken: "ya29" },
      says: ["accessToken is a stored credential"],
    },
    {
      name: "Vault with a token",
      type: vault,
      props: { token: "hvs.CAESIExample" },
      says: ["token is a stored credential"],
    },
    {
      name: "Vault with a user's password",
      type: vault,
      props: { authLoginUserpass: JSON.stringify({ username: "ci", password: "p" }) },
      says: ["authLoginUserpass.password is a stored credential"],
    },
    {
      name: "Vault with AWS's identity by a stored key",
      type: vault,
      props: { authLoginAws: { role: "r", awsSecretAccessKey: "s" } },
      says: ["authLoginAws.awsSecretAccessKey is a stored credential"],
    },
    {
      name: "Vault with an AppRole's secret id",
      type: vault,
      props: {
        authLogin: { path: "auth/approle/login", parameters: { role_id: "r", secret_id: unknownText } },
      },
      says: ["authLogin.parameters.secret_id is a stored credential"],
    },
  ],
  undecided: [
    {
      name: "GCP's credentials",
      type: gcp,
      props: { credentials: unknownText },
      says: ["credentials is not known yet, and may be a service account's key"],
    },
    {
      name: "GCP's credentials in a file",
      type: gcp,
      props: { credentials: "/etc/gcp.json" },
      says: ["credentials is the path of a file, which may be a service account's key"],
    },
    {
      name: "how Vault is signed in to",
      type: vault,
      props: { authLogin: unknownText },
      says: ["authLogin is not known yet, and may hold a stored secret"],
    },
    {
      name: "a cluster's way in",
      type: of("kubernetes"),
      props: { kubeconfig: unknownText },
      says: ["kubeconfig is not known yet, and may hold a stored credential"],
    },
    {
      name: "a way into very many clusters",
      type: of("kubernetes"),
      props: { kubeconfig: "a: b\n".repeat(100_000) },
      says: ["kubeconfig is too long to be read, and may hold a stored credential"],
    },
  ],
});
