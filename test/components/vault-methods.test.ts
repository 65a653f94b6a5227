import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { NhiKind, VaultFederatedRole, type VaultFederatedRoleArgs } from "pulumi-nhi";
import { registeredBy } from "../support/mocks";
import { authority } from "./authority";
import { jwt, startVault, type Answer, type VaultServer } from "./vault-server";

/**
 * The methods other than a token at a real Vault. What Vault asks others is answered by a server of these tests that
 * speaks as much of Kubernetes' and AWS's protocols as Vault needs. Never asked: a real cluster, AWS or Google. Sign-ins
 * with Google's keys and with certificates need what can't be made here; their roles are written and read back.
 */
const args: Omit<VaultFederatedRoleArgs, "workloads"> = {
  metadata: {
    owner: "team-shop",
    purpose: "serve orders",
    environment: "production",
    kind: NhiKind.Workload,
    reviewBy: "2027-06-30",
  },
  mount: "door",
  policies: ["orders"],
};
const accounts: Record<string, string> = {
  "token-of-orders": "system:serviceaccount:shop:orders",
  "token-of-refunds": "system:serviceaccount:shop:refunds",
  "token-of-billing": "system:serviceaccount:billing:orders",
};
const cloudAccount = "210987654321";

let vault: VaultServer;
let cloud: Server;
let cloudUrl: string;

beforeAll(async () => {
  cloud = createServer((request, response) => {
    let body = "";
    request.on("data", (part) => (body += String(part)));
    request.on("end", () => {
      const { type, answer } = request.url?.includes("tokenreviews")
        ? { type: "application/json", answer: tokenReview(body) }
        : { type: "text/xml", answer: awsAnswer(body, String(request.headers["x-caller"] ?? "")) };
      // A review is a thing that the API server makes.
      response.writeHead(type === "text/xml" ? 200 : 201, { "content-type": type }).end(answer);
    });
  });
  await new Promise<void>((resolve) => cloud.listen(0, "127.0.0.1", resolve));
  cloudUrl = `http://127.0.0.1:${(cloud.address() as AddressInfo).port}`;
  vault = await startVault();
}, 30 * 60_000);

afterAll(async () => {
  await vault.stop();
  cloud.close();
});

/** Kubernetes' TokenReview API, authentication.k8s.io/v1: whose a token is, and for whom. */
function tokenReview(body: string): string {
  const { spec } = JSON.parse(body) as { spec: { token: string; audiences?: string[] } };
  const { name, aud } = JSON.parse(Buffer.from(spec.token.split(".")[1] ?? "", "base64url").toString()) as {
    name: string;
    aud: string;
  };
  const username = accounts[name];
  const isForIt = spec.audiences === undefined || spec.audiences.some((wanted) => aud.includes(wanted));
  return JSON.stringify({
    apiVersion: "authentication.k8s.io/v1",
    kind: "TokenReview",
    status: {
      authenticated: username !== undefined && isForIt,
      user: { username, uid: `uid of ${String(username)}`, groups: [] },
      audiences: aud,
    },
  });
}

/** GetCallerIdentity and GetRole as AWS's query APIs answer them. The caller's role stands in a header of these tests'. */
function awsAnswer(body: string, caller: string): string {
  const role = new URLSearchParams(body).get("RoleName");
  return role === null
    ? `<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:sts::${cloudAccount}:assumed-role/${caller}/i-1</Arn><UserId>AROA${caller.toUpperCase()}:i-1</UserId><Account>${cloudAccount}</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`
    : `<GetRoleResponse><GetRoleResult><Role><Path>/</Path><RoleName>${role}</RoleName><RoleId>AROA${role.toUpperCase()}</RoleId><Arn>arn:aws:iam::${cloudAccount}:role/${role}</Arn><CreateDate>2026-01-01T00:00:00Z</CreateDate></Role></GetRoleResult></GetRoleResponse>`;
}

async function make(type: string, role: Omit<VaultFederatedRoleArgs, "metadata" | "mount" | "policies">) {
  await vault.call("DELETE", "sys/auth/door");
  expect((await vault.call("POST", "sys/auth/door", { type })).status).toBe(204);
  return async () => {
    const registered = await registeredBy(() => new VaultFederatedRole("orders", { ...args, ...role }));
    for (const resource of registered) await vault.write(resource);
  };
}

describe("kubernetes", () => {
  beforeAll(async () => {
    const write = await make("kubernetes", {
      method: "kubernetes",
      audience: "https://vault.example.com",
      workloads: {
        kubernetes: [{ issuer: "https://oidc.k8s.example.com", namespace: "shop", serviceAccount: "orders" }],
      },
    });
    const config = {
      kubernetes_host: cloudUrl,
      token_reviewer_jwt: jwt({ sub: "vault" }),
      disable_local_ca_jwt: true,
    };
    await vault.call("POST", "auth/door/config", config);
    await write();
  });

  const login = (name: string, aud: string): Promise<Answer> => {
    const [, , namespace = "", account = ""] = (accounts[name] ?? "").split(":");
    const now = Math.floor(Date.now() / 1000);
    const token = jwt({
      iss: "https://oidc.k8s.example.com",
      sub: accounts[name],
      name,
      aud: [aud],
      iat: now,
      nbf: now,
      exp: now + 300,
      "kubernetes.io": {
        namespace,
        serviceaccount: { name: account, uid: `uid of ${String(accounts[name])}` },
      },
    });
    return vault.call("POST", "auth/door/login", { role: "orders", jwt: token }, "");
  };

  it("lets the service account in, with its token for Vault", async () => {
    const { status, auth } = await login("token-of-orders", "https://vault.example.com");
    expect(status).toBe(200);
    expect(auth?.token_policies).toContain("orders");
  });

  it.each([
    ["another account of the namespace", "token-of-refunds", "https://vault.example.com"],
    ["the account of that name in another namespace", "token-of-billing", "https://vault.example.com"],
    ["the account with its token for the API server", "token-of-orders", "https://kubernetes.default.svc"],
  ])("not %s", async (_, name, aud) => {
    expect((await login(name, aud)).status).toBe(403);
  });
});

describe("aws", () => {
  beforeAll(async () => {
    const write = await make("aws", {
      method: "aws",
      workloads: { aws: [{ accountId: cloudAccount, roleName: "orders" }] },
    });
    const config = {
      access_key: "AKIAEXAMPLE",
      secret_key: "made up",
      iam_endpoint: cloudUrl,
      sts_endpoint: cloudUrl,
      sts_region: "us-east-1",
      allowed_sts_header_values: "x-caller",
    };
    await vault.call("POST", "auth/door/config/client", config);
    await write();
  });

  const login = (caller: string): Promise<Answer> => {
    const base64 = (text: string) => Buffer.from(text).toString("base64");
    const headers = { "X-Caller": [caller], Authorization: ["AWS4-HMAC-SHA256 Credential=made/up"] };
    return vault.call(
      "POST",
      "auth/door/login",
      {
        role: "orders",
        iam_http_request_method: "POST",
        iam_request_url: base64("https://sts.amazonaws.com/"),
        iam_request_body: base64("Action=GetCallerIdentity&Version=2011-06-15"),
        iam_request_headers: base64(JSON.stringify(headers)),
      },
      "",
    );
  };

  it("lets the role in", async () => {
    const { status, auth, errors } = await login("orders");
    expect([status, errors]).toEqual([200, undefined]);
    expect(auth?.token_policies).toContain("orders");
  });

  it("not another role of the account", async () => {
    expect((await login("refunds")).status).toBe(400);
  });
});

it("gcp: the role is kept as it was written", async () => {
  const write = await make("gcp", {
    method: "gcp",
    workloads: {
      gcp: [{ email: "orders@octo-shop.iam.gserviceaccount.com", uniqueId: "112233445566778899001" }],
    },
  });
  await write();
  const { data } = await vault.call("GET", "auth/door/role/orders");
  expect(data).toMatchObject({
    type: "iam",
    bound_service_accounts: ["112233445566778899001"],
    max_jwt_exp: 900,
    token_explicit_max_ttl: 1800,
    token_no_default_policy: true,
  });
});

it("cert: the role is kept as it was written", async () => {
  const write = await make("cert", {
    method: "cert",
    certificateAuthorities: authority,
    workloads: { certificate: [{ uri: "spiffe://example.org/shop/orders" }] },
  });
  await write();
  const { data } = await vault.call("GET", "auth/door/certs/orders");
  expect(data).toMatchObject({
    allowed_uri_sans: ["spiffe://example.org/shop/orders"],
    certificate: authority,
    token_explicit_max_ttl: 1800,
    token_no_default_policy: true,
  });
});
