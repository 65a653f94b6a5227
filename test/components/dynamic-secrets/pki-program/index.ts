import { NhiKind, PkiIssuer, PkiUsage } from "../../../../components";

const { ENTITY = "", MAX_TTL = "3600", ISSUER_VERSION = "1", SIGNED, ROOT, SERVER = "" } = process.env;

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
  serverUrl: SERVER,
  rootMountPath: ROOT === "" ? undefined : ROOT,
  signedCertificate: SIGNED,
  issuerVersion: Number(ISSUER_VERSION),
  roles: [
    {
      name: "cart",
      domains: ["cart.shop.example.com"],
      uris: ["spiffe://shop.example.com/cart"],
      usages: [PkiUsage.Server, PkiUsage.Client],
      maxTtlSeconds: Number(MAX_TTL),
    },
    {
      name: "edge",
      subdomainsOf: ["edge.shop.example.com"],
      wildcards: true,
      usages: [PkiUsage.Server],
      endsWithToken: true,
    },
    { name: "legacy", domains: ["old.shop.example.com"], usages: [PkiUsage.Client], keyFromServer: true },
  ],
  consumers: ENTITY === "" ? [] : [{ name: "cart", roles: ["cart", "edge"], entityIds: [ENTITY] }],
});

export const csr = issuer.csr;
export const certificate = issuer.certificate;
