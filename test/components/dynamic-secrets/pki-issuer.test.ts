import { NhiKind, PkiIssuer, PkiKeyType, PkiUsage, type PkiIssuerArgs, type PkiRole } from "pulumi-nhi";
import { refusalOf, registeredBy, type Registered } from "../../support/mocks";

const line =
  "certificates of the shop (owner team-shop, environment production, kind workload, review by 2027-06-30)";
const metadata = {
  owner: "team-shop",
  purpose: "certificates of the shop",
  environment: "production",
  kind: NhiKind.Workload,
  reviewBy: "2027-06-30",
};
const role: PkiRole = { name: "cart", domains: ["cart.shop.example.com"], usages: [PkiUsage.Server] };
const args: PkiIssuerArgs = {
  metadata,
  commonName: "Shop workloads",
  permittedDomains: ["shop.example.com"],
  serverUrl: "http://vault.example.com:8200",
  rootMountPath: "pki-root",
  roles: [role],
};
const policy = `# ${line}
path "shop-pki/sign/cart" {
  capabilities = ["update"]
  allowed_parameters = {
    "csr" = []
    "ttl" = []
    "format" = []
    "remove_roots_from_chain" = []
  }
}
path "shop-pki/revoke-with-key" {
  capabilities = ["update"]
}
`;
const roleInputs = {
  backend: "shop-pki",
  name: "cart",
  issuerRef: "default",
  allowedDomains: ["cart.shop.example.com"],
  allowBareDomains: true,
  allowSubdomains: false,
  allowWildcardCertificates: false,
  allowedUriSans: [],
  allowLocalhost: false,
  allowIpSans: false,
  cnValidations: ["hostname"],
  allowGlobDomains: false,
  allowAnyName: false,
  enforceHostnames: true,
  requireCn: false,
  serverFlag: true,
  clientFlag: false,
  codeSigningFlag: false,
  emailProtectionFlag: false,
  keyUsages: ["DigitalSignature"],
  keyType: "ec",
  keyBits: 256,
  ttl: "3600",
  maxTtl: "3600",
  noStore: false,
  generateLease: false,
};
const typed = (registered: Registered[], kind: string) =>
  registered.filter(({ type }) => type.endsWith(`:${kind}`));

describe("what is registered", () => {
  it("is the mount, its key and certificate, where revocations stand, and for each role a role and a policy", async () => {
    const inMount = { parent: "PkiIssuer shop-pki", deletedWith: "Mount shop-pki" };
    const registered = await registeredBy(() => new PkiIssuer("shop-pki", args), { preview: true });
    expect(registered).toEqual([
      {
        type: "nhi:index:PkiIssuer",
        name: "shop-pki",
        inputs: args,
        outputs: {
          mountPath: "shop-pki",
          csr: "<unknown>",
          certificate: "<unknown>",
          credentialPaths: { cart: "shop-pki/sign/cart" },
          policyNames: { cart: "nhi.shop-pki.cart" },
        },
      },
      {
        parent: "PkiIssuer shop-pki",
        type: "vault:index/mount:Mount",
        name: "shop-pki",
        inputs: {
          path: "shop-pki",
          type: "pki",
          description: line,
          defaultLeaseTtlSeconds: 3600,
          maxLeaseTtlSeconds: 86_400,
          auditNonHmacRequestKeys: ["csr", "common_name", "alt_names", "uri_sans", "serial_number"],
          auditNonHmacResponseKeys: ["serial_number", "certificate"],
        },
      },
      {
        parent: "PkiIssuer shop-pki",
        type: "vault:index/policy:Policy",
        name: "shop-pki-cart",
        inputs: { name: "nhi.shop-pki.cart", policy },
      },
      {
        parent: "PkiIssuer shop-pki",
        type: "vault:index/quotaRateLimit:QuotaRateLimit",
        name: "shop-pki",
        inputs: { name: "nhi.shop-pki.requests", path: "shop-pki", rate: 100 },
        after: ["Mount shop-pki"],
      },
      {
        ...inMount,
        type: "vault:pkiSecret/backendConfigAutoTidy:BackendConfigAutoTidy",
        name: "shop-pki",
        inputs: {
          backend: "shop-pki",
          enabled: true,
          intervalDuration: "1h",
          safetyBuffer: "1h",
          tidyCertStore: true,
          tidyRevokedCerts: true,
          tidyRevokedCertIssuerAssociations: true,
          tidyExpiredIssuers: true,
        },
        after: ["Mount shop-pki"],
      },
      {
        ...inMount,
        type: "vault:pkiSecret/secretBackendConfigIssuers:SecretBackendConfigIssuers",
        name: "shop-pki",
        inputs: { backend: "shop-pki", default: "<unknown>", defaultFollowsLatestIssuer: false },
        after: ["Mount shop-pki", "SecretBackendIntermediateSetSigned shop-pki"],
      },
      {
        ...inMount,
        type: "vault:pkiSecret/secretBackendConfigUrls:SecretBackendConfigUrls",
        name: "shop-pki",
        inputs: {
          backend: "shop-pki",
          enableTemplating: true,
          issuingCertificates: ["http://vault.example.com:8200/v1/shop-pki/issuer/{{issuer_id}}/der"],
          crlDistributionPoints: ["http://vault.example.com:8200/v1/shop-pki/issuer/{{issuer_id}}/crl/der"],
          ocspServers: ["http://vault.example.com:8200/v1/shop-pki/ocsp"],
        },
        after: ["Mount shop-pki"],
      },
      {
        ...inMount,
        type: "vault:pkiSecret/secretBackendCrlConfig:SecretBackendCrlConfig",
        name: "shop-pki",
        inputs: {
          backend: "shop-pki",
          disable: false,
          ocspDisable: false,
          autoRebuild: true,
          expiry: "1h",
          autoRebuildGracePeriod: "55m",
          ocspExpiry: "5m",
        },
        after: ["Mount shop-pki"],
      },
      {
        ...inMount,
        type: "vault:pkiSecret/secretBackendIntermediateCertRequest:SecretBackendIntermediateCertRequest",
        name: "shop-pki",
        inputs: {
          backend: "shop-pki",
          type: "internal",
          commonName: "Shop workloads",
          excludeCnFromSans: true,
          keyName: "v1",
          keyType: "ec",
          keyBits: 256,
        },
        after: ["Mount shop-pki"],
        additionalSecretOutputs: ["privateKey"],
      },
      {
        ...inMount,
        type: "vault:pkiSecret/secretBackendIntermediateSetSigned:SecretBackendIntermediateSetSigned",
        name: "shop-pki",
        inputs: { backend: "shop-pki", certificate: "<unknown>" },
        after: ["Mount shop-pki", "SecretBackendRootSignIntermediate shop-pki"],
      },
      {
        ...inMount,
        type: "vault:pkiSecret/secretBackendRole:SecretBackendRole",
        name: "shop-pki-cart",
        inputs: roleInputs,
        after: [
          "BackendConfigAutoTidy shop-pki",
          "SecretBackendConfigIssuers shop-pki",
          "SecretBackendConfigUrls shop-pki",
          "SecretBackendCrlConfig shop-pki",
        ],
      },
      {
        parent: "PkiIssuer shop-pki",
        type: "vault:pkiSecret/secretBackendRootSignIntermediate:SecretBackendRootSignIntermediate",
        name: "shop-pki",
        inputs: {
          backend: "pki-root",
          csr: "<unknown>",
          commonName: "Shop workloads",
          excludeCnFromSans: true,
          ttl: "31536000",
          maxPathLength: 0,
          permittedDnsDomains: ["shop.example.com"],
          permittedUriDomains: ["shop.example.com"],
          excludedIpRanges: ["0.0.0.0/0", "::/0"],
          excludedEmailAddresses: ["shop.example.com", ".shop.example.com"],
        },
        after: ["SecretBackendIntermediateCertRequest shop-pki"],
      },
    ]);
  });

  it("is roles of every kind", async () => {
    const registered = await registeredBy(
      () =>
        new PkiIssuer("shop-pki", {
          ...args,
          roles: [
            { ...role, uris: ["spiffe://shop.example.com/cart"], keyType: PkiKeyType.Ed25519 },
            {
              name: "edge",
              subdomainsOf: ["shop.example.com"],
              wildcards: true,
              usages: [PkiUsage.Client],
              keyType: PkiKeyType.Rsa3072,
              maxTtlSeconds: 600,
              endsWithToken: true,
              keyFromServer: true,
            },
          ],
        }),
    );
    const [cart, edge] = typed(registered, "SecretBackendRole").map(({ inputs }) => inputs);
    expect(cart).toEqual({
      ...roleInputs,
      allowedUriSans: ["spiffe://shop.example.com/cart"],
      keyType: "ed25519",
      keyBits: 0,
    });
    expect(edge).toEqual({
      ...roleInputs,
      name: "edge",
      allowedDomains: ["shop.example.com"],
      allowBareDomains: false,
      allowSubdomains: true,
      allowWildcardCertificates: true,
      serverFlag: false,
      clientFlag: true,
      keyType: "rsa",
      keyBits: 3072,
      ttl: "600",
      maxTtl: "600",
      generateLease: true,
    });
    expect(typed(registered, "Policy")[1]?.inputs).toEqual({
      name: "nhi.shop-pki.edge",
      policy: `# ${line}
path "shop-pki/issue/edge" {
  capabilities = ["update"]
  allowed_parameters = {
    "common_name" = []
    "alt_names" = []
    "uri_sans" = []
    "ttl" = []
    "format" = []
    "private_key_format" = []
  }
}
path "sys/leases/renew" {
  capabilities = ["update"]
  allowed_parameters = {
    "lease_id" = ["shop-pki/issue/edge/*"]
    "increment" = []
  }
}
path "sys/leases/revoke" {
  capabilities = ["update"]
  allowed_parameters = {
    "lease_id" = ["shop-pki/issue/edge/*"]
    "sync" = []
  }
}
path "shop-pki/revoke-with-key" {
  capabilities = ["update"]
}
`,
    });
  });

  it("is no signature of a root where the certificate comes from elsewhere", async () => {
    const outside = { ...args, rootMountPath: undefined };
    const unsigned = await registeredBy(() => new PkiIssuer("shop-pki", outside));
    expect(typed(unsigned, "SecretBackendRootSignIntermediate")).toEqual([]);
    expect(typed(unsigned, "SecretBackendIntermediateSetSigned")).toEqual([]);
    expect(typed(unsigned, "PkiIssuer")[0]?.outputs).toMatchObject({ certificate: "" });

    const signedCertificate = "-----BEGIN CERTIFICATE-----\nMIIB";
    const signed = await registeredBy(() => new PkiIssuer("shop-pki", { ...outside, signedCertificate }));
    expect(typed(signed, "SecretBackendRootSignIntermediate")).toEqual([]);
    expect(typed(signed, "SecretBackendIntermediateSetSigned")[0]?.inputs).toEqual({
      backend: "shop-pki",
      certificate: signedCertificate,
    });
  });
});

describe("what is refused", () => {
  const roleWith = (change: Partial<PkiRole>) => ({ roles: [{ ...role, ...change }] });
  const oneName = (where: string, got: string) =>
    `${where} must be one host name in lower case, without wildcard, got "${got}".`;
  const uri = (got: string) =>
    `roles[0].uris[0] must be one URI with a host name, without wildcard, query or fragment, got "${got}".`;
  const permitted = (where: string, got: string) =>
    `${where} must be in permittedDomains (shop.example.com), got "${got}". The issuer's own certificate holds it to them.`;
  const lifetime = (got: number) =>
    `roles[0].maxTtlSeconds must be a whole number from 60 to 86400 seconds, got ${got}. Let the workload ask again before it ends.`;

  it.each<{ what: string; change: Partial<PkiIssuerArgs>; says: string }>([
    {
      what: "no owner",
      change: { metadata: { ...metadata, owner: "" } },
      says: 'metadata.owner must say something, got "".',
    },
    {
      what: "an issuer without a name",
      change: { commonName: " " },
      says: "commonName must name the issuer, got none.",
    },
    {
      what: "no permitted domain",
      change: { permittedDomains: [] },
      says: "permittedDomains must have at least one domain. Without one a role that somebody adds signs for any name.",
    },
    {
      what: "a permitted wildcard",
      change: { permittedDomains: ["*.example.com"] },
      says: oneName("permittedDomains[0]", "*.example.com"),
    },
    {
      what: "a server with a path",
      change: { serverUrl: "https://vault.example.com/v1" },
      says: 'serverUrl must be http:// or https:// and a host in lower case, without a path, got "https://vault.example.com/v1".',
    },
    {
      what: "two signatures",
      change: { signedCertificate: "-----BEGIN CERTIFICATE-----" },
      says: "signedCertificate must be left out with rootMountPath, whose issuer signs. Give one of the two.",
    },
    {
      what: "a key in place of a certificate, which the message keeps to itself",
      change: { rootMountPath: undefined, signedCertificate: "-----BEGIN PRIVATE KEY-----canary" },
      says: "signedCertificate must be the certificate that was made of csr, as PEM, and nothing else. The key is in Vault already.",
    },
    {
      what: "an issuer for ten years",
      change: { issuerTtlSeconds: 315_360_000 },
      says: "issuerTtlSeconds must be a whole number from 86400 to 94608000 seconds, got 315360000. Raise issuerVersion for a new one before it ends.",
    },
    {
      what: "a version of zero",
      change: { issuerVersion: 0 },
      says: "issuerVersion must be a whole number from 1 up, got 0.",
    },
    {
      what: "a weak key of the issuer",
      change: { keyType: "rsa-1024" as PkiKeyType },
      says: 'keyType must be one of ec-p256, ec-p384, ed25519, rsa-3072, rsa-4096, got "rsa-1024".',
    },
    {
      what: "no roles",
      change: { roles: [] },
      says: "roles must have at least one role. Without one nobody can get a certificate.",
    },
    {
      what: "a role of all",
      change: roleWith({ name: "*" }),
      says: 'roles[0].name must be lower-case letters, digits, _ or -, got "*".',
    },
    {
      what: "two roles of one name",
      change: { roles: [role, role] },
      says: 'roles[1].name must be used once, got "cart" again.',
    },
    {
      what: "a role without names",
      change: roleWith({ domains: [] }),
      says: "roles[0] must name at least one of domains, subdomainsOf and uris. Without a name nobody can tell whose certificate it is.",
    },
    {
      what: "a wildcard among exact names",
      change: roleWith({ domains: ["*.shop.example.com"] }),
      says: oneName("roles[0].domains[0]", "*.shop.example.com"),
    },
    {
      what: "a name in capitals",
      change: roleWith({ domains: ["Cart.shop.example.com"] }),
      says: oneName("roles[0].domains[0]", "Cart.shop.example.com"),
    },
    {
      what: "a name elsewhere that ends alike",
      change: roleWith({ domains: ["evilshop.example.com"] }),
      says: permitted("roles[0].domains[0]", "evilshop.example.com"),
    },
    {
      what: "names below a domain elsewhere",
      change: roleWith({ domains: [], subdomainsOf: ["example.com"] }),
      says: permitted("roles[0].subdomainsOf[0]", "example.com"),
    },
    {
      what: "exact names beside names below",
      change: roleWith({ subdomainsOf: ["edge.shop.example.com"] }),
      says: "roles[0] must have domains or subdomainsOf, not both: Vault would allow names below the domains as well. Make two roles.",
    },
    {
      what: "wildcards of exact names",
      change: roleWith({ wildcards: true }),
      says: "roles[0].wildcards must come with subdomainsOf, which says below which domains.",
    },
    {
      what: "every URI of a host",
      change: roleWith({ uris: ["spiffe://shop.example.com/*"] }),
      says: uri("spiffe://shop.example.com/*"),
    },
    { what: "a URI without a host", change: roleWith({ uris: ["urn:cart"] }), says: uri("urn:cart") },
    {
      what: "a URI of another trust domain",
      change: roleWith({ uris: ["spiffe://acme.example/cart"] }),
      says: permitted("roles[0].uris[0]", "spiffe://acme.example/cart"),
    },
    {
      what: "a certificate that is good for nothing",
      change: roleWith({ usages: [] }),
      says: "roles[0].usages must have at least one of server, client, got none.",
    },
    {
      what: "a certificate that signs code",
      change: roleWith({ usages: ["code" as PkiUsage] }),
      says: 'roles[0].usages must be of server, client, got "code".',
    },
    {
      what: "a weak key",
      change: roleWith({ keyType: "any" as PkiKeyType }),
      says: 'roles[0].keyType must be one of ec-p256, ec-p384, ed25519, rsa-3072, rsa-4096, got "any".',
    },
    {
      what: "a certificate for a year",
      change: roleWith({ maxTtlSeconds: 31_536_000 }),
      says: lifetime(31_536_000),
    },
    { what: "a certificate without end", change: roleWith({ maxTtlSeconds: 0 }), says: lifetime(0) },
    {
      what: "a consumer that can't ask again",
      change: { consumers: [{ name: "old", roles: ["cart"], entityIds: ["e"], canRefresh: false }] },
      says: 'consumers[0].canRefresh must be true: a credential of this engine ends and is asked for again. For "old", which can\'t, make a StaticCredentialException, which has an owner and an end.',
    },
    {
      what: "a consumer of another role",
      change: { consumers: [{ name: "cart", roles: ["admin"], entityIds: ["e"] }] },
      says: 'consumers[0].roles must be roles of this engine (cart), got "admin".',
    },
  ])("$what", async ({ change, says }) => {
    const message = await refusalOf(() => new PkiIssuer("shop-pki", { ...args, ...change }));
    expect(message).toBe(`PkiIssuer "shop-pki": ${says}`);
  });
});
