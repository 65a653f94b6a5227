import * as pulumi from "@pulumi/pulumi";
import * as vault from "@pulumi/vault";
import { NhiKind, VaultFederatedRole, VaultTrustedIssuer } from "pulumi-nhi";

const config = new pulumi.Config();

const metadata = {
  owner: "team-orders",
  purpose: "serve orders",
  environment: "production",
  kind: NhiKind.Service,
  reviewBy: "2027-06-30",
};

// SPIRE's OIDC Discovery Provider publishes the keys of the trust domain.
const issuer = config.get("issuer") ?? "https://oidc.spire.example.org";
const spire = new VaultTrustedIssuer("spire", { metadata, issuer, jwksUrl: config.get("jwksUrl") });

const read = new vault.Policy("orders-read", {
  name: "orders-read",
  policy: `path "orders/creds/read" {
  capabilities = ["read"]
}
`,
});

const orders = new VaultFederatedRole("orders-api", {
  metadata,
  mount: spire.mountPath,
  audience: config.get("vaultAddress") ?? "https://vault.example.com",
  workloads: { spiffe: [{ issuer, id: "spiffe://example.org/shop/orders" }] },
  policies: [read.name],
});

export const loginPath = pulumi.interpolate`auth/${spire.mountPath}/login`;
export const loginRole = orders.roleName;
