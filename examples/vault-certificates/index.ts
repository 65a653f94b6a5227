import * as pulumi from "@pulumi/pulumi";
import { NhiKind, PkiIssuer, PkiUsage } from "pulumi-nhi";

const config = new pulumi.Config();

// Its key is made in Vault. The root in the mount pki-root signs for it, and holds it to the shop's domain.
const issuer = new PkiIssuer("shop-pki", {
  metadata: {
    owner: "team-shop",
    purpose: "certificates of the shop's services",
    environment: "production",
    kind: NhiKind.Workload,
    reviewBy: "2027-06-30",
  },
  commonName: "Shop workloads",
  permittedDomains: ["shop.example.com"],
  // Plain HTTP: who checks a certificate asks here before it trusts any.
  serverUrl: config.get("vaultAddress") ?? "http://vault.example.com:8200",
  rootMountPath: config.get("rootMountPath") ?? "pki-root",
  roles: [
    {
      name: "cart",
      domains: ["cart.shop.example.com"],
      uris: ["spiffe://shop.example.com/cart"],
      usages: [PkiUsage.Server, PkiUsage.Client],
    },
  ],
});

export const sendTheRequestTo = issuer.credentialPaths;
export const policies = issuer.policyNames;
