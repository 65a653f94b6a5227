import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { startStand, untilStartedMs, type Stand } from "./stand";

/**
 * The engines of clouds on the real engine and secrets server. What Vault asks STS and the API server of Kubernetes is
 * answered here, in their forms; GCP and Azure can't be stood in for: their engines sign in before they take a role.
 */
interface Call {
  method: string;
  path: string;
  body: string;
}
let calls: Call[] = [];
let server: Server;
let address: string;
let stand: Stand;
/** What the AWS SDK in the secrets server takes for its machine's own identity. */
const machine = { AWS_ACCESS_KEY_ID: "AKIAOFTHEMACHINE0000", AWS_SECRET_ACCESS_KEY: "of-the-machine" };

beforeAll(async () => {
  server = createServer((request, response) => {
    void answer(request).then(({ status = 200, type = "application/json", body }) => {
      response.writeHead(status, { "content-type": type });
      response.end(body);
    });
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  stand = await startStand(
    "cloud-program",
    { STS: address, CLUSTER: address, TOKEN: "canary-of-the-cluster" },
    machine,
  );
}, untilStartedMs);
afterAll(async () => {
  await stand.stop();
  await new Promise((closed) => server.close(closed));
});

interface Answer {
  status?: number;
  type?: string;
  body: string;
}

async function answer(request: IncomingMessage): Promise<Answer> {
  let body = "";
  for await (const chunk of request) body += String(chunk);
  const { method = "", url: path = "" } = request;
  calls.push({ method, path, body });
  if (path === "/") return { type: "text/xml", body: session };
  if (path.endsWith("/token"))
    return { status: 201, body: JSON.stringify({ status: { token: clusterToken() } }) };
  if (method === "DELETE") return { body: JSON.stringify({ kind: "Status", status: "Success" }) };
  return { status: 201, body: JSON.stringify({ metadata: { name: "made", namespace: "shop", uid: "1" } }) };
}

/** A token as the cluster signs it: Vault looks at its end. */
const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
function clusterToken(): string {
  const now = Math.floor(Date.now() / 1000);
  return `${part({ alg: "RS256" })}.${part({ iat: now, exp: now + 600 })}.${part({})}`;
}

const session = `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult>
<AssumedRoleUser><Arn>arn:aws:sts::123456789012:assumed-role/reports/vault</Arn><AssumedRoleId>AROA:vault</AssumedRoleId></AssumedRoleUser>
<Credentials><AccessKeyId>ASIAOFTHESESSION0000</AccessKeyId><SecretAccessKey>of-the-session</SecretAccessKey>
<SessionToken>token</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`;

interface Minted {
  lease_id: string;
  lease_duration: number;
  renewable: boolean;
  data: Record<string, string>;
}
const revoke = (lease_id: string) => stand.call("PUT", "sys/leases/revoke", { lease_id, sync: true });

it("is written to the server as the program says it, and stays as it is", async () => {
  expect(await stand.up()).toBe("done");
  const read = (path: string) => stand.call<{ data: object }>("GET", path);
  expect((await read("aws/config/root")).data).toMatchObject({
    access_key: "",
    region: "eu-central-1",
    sts_endpoint: address,
    sts_region: "eu-central-1",
  });
  expect((await read("aws/roles/reports")).data).toMatchObject({
    credential_type: "assumed_role",
    role_arns: ["arn:aws:iam::123456789012:role/reports"],
    default_sts_ttl: 900,
    max_sts_ttl: 900,
    external_id: "reports-1",
    session_tags: { team: "shop" },
  });
  expect((await read("cluster/config")).data).toMatchObject({
    kubernetes_host: address,
    disable_local_ca_jwt: true,
  });
  expect((await read("cluster/roles/deploy")).data).toMatchObject({
    allowed_kubernetes_namespaces: ["shop"],
    kubernetes_role_name: "deployer",
    kubernetes_role_type: "Role",
    token_default_audiences: ["https://kubernetes.default.svc"],
    token_default_ttl: 600,
    token_max_ttl: 600,
  });
  expect(await stand.pulumi(["preview", "--expect-no-changes"])).toBe("done");
  expect(await stand.pulumi(["refresh", "--yes", "--skip-preview", "--expect-no-changes"])).toBe("done");
}, 120_000);

it("asks STS for a session of the role, narrowed, tagged and short; revoking it asks nothing", async () => {
  calls = [];
  const minted = await stand.call<Minted>("GET", "aws/sts/reports");
  expect(minted.data).toMatchObject({ access_key: "ASIAOFTHESESSION0000" });
  const asked = new URLSearchParams(
    calls.map(({ body }) => body).find((body) => body.includes("AssumeRole")),
  );
  expect(Object.fromEntries(asked)).toMatchObject({
    Action: "AssumeRole",
    RoleArn: "arn:aws:iam::123456789012:role/reports",
    DurationSeconds: "900",
    ExternalId: "reports-1",
    "Tags.member.1.Key": "team",
    "Tags.member.1.Value": "shop",
  });
  expect(asked.get("Policy")).toContain("arn:aws:s3:::reports/*");
  expect(minted.renewable).toBe(false);
  calls = [];
  await revoke(minted.lease_id);
  expect(calls).toEqual([]);
});

it("makes a service account for one lease, with a token for the audience, and deletes it with the lease", async () => {
  calls = [];
  const minted = await stand.call<Minted>("POST", "cluster/creds/deploy", { kubernetes_namespace: "shop" });
  expect(minted.data.service_account_token?.split(".")).toHaveLength(3);
  expect(minted.lease_duration).toBeLessThanOrEqual(600);
  const token = calls.find(({ path }) => path.endsWith("/token"));
  // The body is protobuf, in which texts stand as they are.
  expect(token?.body).toContain("https://kubernetes.default.svc");
  const binding = calls.find(({ path }) => path.endsWith("/rolebindings"));
  expect(binding?.body).toContain("deployer");
  calls = [];
  await revoke(minted.lease_id);
  expect(calls.map(({ method }) => method)).toContain("DELETE");
});

it("gives a token of a service account that exists, for its own audience, and can't end that", async () => {
  calls = [];
  const minted = await stand.call<Minted>("POST", "cluster/creds/read", { kubernetes_namespace: "shop" });
  expect(calls.map(({ path }) => path)).toEqual(["/api/v1/namespaces/shop/serviceaccounts/reader/token"]);
  calls = [];
  await revoke(minted.lease_id);
  expect(calls).toEqual([]);
});

it("gives nothing for a namespace that the role does not name", async () => {
  await expect(
    stand.call("POST", "cluster/creds/deploy", { kubernetes_namespace: "kube-system" }),
  ).rejects.toThrow(
    "kubernetes_namespace 'kube-system' is not present in role's allowed_kubernetes_namespaces",
  );
});

/** A token that may do what the role's policy says, and no more. */
async function tokenWith(policy: string): Promise<string> {
  const { auth } = await stand.call<{ auth: { client_token: string } }>("POST", "auth/token/create", {
    policies: [policy],
    no_default_policy: true,
  });
  return auth.client_token;
}

it("lets a job choose the namespace and a time, and neither other audiences nor the whole cluster", async () => {
  const token = await tokenWith("nhi.cluster.deploy");
  const ask = (more: object) =>
    stand.call<Minted>("POST", "cluster/creds/deploy", { kubernetes_namespace: "shop", ...more }, token);
  expect((await ask({ ttl: "600s" })).data.service_account_namespace).toBe("shop");
  calls = [];
  for (const more of [{ audiences: ["https://other.example.com"] }, { cluster_role_binding: true }])
    await expect(ask(more)).rejects.toThrow("POST cluster/creds/deploy: 403");
  expect(calls).toEqual([]);
});

it("names the session itself, so that CloudTrail says who asked", async () => {
  const token = await tokenWith("nhi.aws.reports");
  const ask = (query: string) => stand.call<Minted>("GET", `aws/sts/reports${query}`, undefined, token);
  expect((await ask("?ttl=900s")).data).toMatchObject({ access_key: "ASIAOFTHESESSION0000" });
  calls = [];
  await expect(ask("?role_session_name=somebody-else")).rejects.toThrow("403");
  expect(calls).toEqual([]);
});

it("takes a longer time at the next up, and has the cluster's token encrypted in the state, if at all", async () => {
  expect(await stand.up({ TTL: "3600", TOKEN: "not sent" })).toBe("done");
  expect((await stand.call<{ data: object }>("GET", "aws/roles/reports")).data).toMatchObject({
    max_sts_ttl: 3600,
  });
  expect(stand.written()).not.toContain("canary-of-the-cluster");
}, 60_000);

it.each(["gcp", "azure"])(
  "says whose identity the server lacks at %s, and has its engine configured",
  async (cloud) => {
    const failed = await stand.up({ CLOUD: cloud, TTL: "3600" });
    expect(failed).toMatch(
      cloud === "gcp"
        ? /could not find default credentials/
        : /ManagedIdentityCredential authentication failed/,
    );
    const { data } = await stand.call<{ data: Record<string, string> }>("GET", `${cloud}/config`);
    expect(data).toMatchObject(
      cloud === "gcp"
        ? { identity_token_audience: "", service_account_email: "" }
        : { subscription_id: "11111111-2222-4333-8444-555555555555", client_id: "" },
    );
  },
  120_000,
);

it.each([
  { path: "aws/config/root", config: { role_arn: "arn:aws:iam::123456789012:role/vault" } },
  {
    path: "gcp/config",
    config: { service_account_email: "vault@shop-reports.iam.gserviceaccount.com" },
  },
  { path: "azure/config", config: {} },
])("is told at $path that federation is for Vault Enterprise", async ({ path, config }) => {
  const federated = { ...config, identity_token_audience: "vault.example.com" };
  await expect(stand.call("POST", path, federated)).rejects.toThrow(
    "plugin workload identity not supported in Vault community edition",
  );
});

it("ends with its leases", async () => {
  calls = [];
  await stand.call("POST", "cluster/creds/deploy", { kubernetes_namespace: "shop" });
  expect(await stand.pulumi(["destroy", "--yes", "--skip-preview"], { TTL: "3600" })).toBe("done");
  expect(calls.map(({ method }) => method)).toContain("DELETE");
}, 60_000);
