import { NhiKind, VaultTrustedIssuer, type VaultTrustedIssuerArgs } from "pulumi-nhi";
import { refusalOf, registeredBy } from "../../support/mocks";

const args: VaultTrustedIssuerArgs = {
  metadata: {
    owner: "team-platform",
    purpose: "let pipelines in",
    environment: "production",
    kind: NhiKind.Pipeline,
    reviewBy: "2027-06-30",
  },
  issuer: "https://gitlab.com",
};
const inputs = {
  path: "gitlab",
  type: "jwt",
  description:
    "let pipelines in (owner team-platform, environment production, kind pipeline, review by 2027-06-30)",
  boundIssuer: "https://gitlab.com",
  oidcDiscoveryUrl: "https://gitlab.com",
  tune: {
    defaultLeaseTtl: "15m",
    maxLeaseTtl: "1h",
    listingVisibility: "hidden",
    tokenType: "default-service",
  },
};

it("makes a mount for the one issuer, whose tokens end within the hour", async () => {
  const [component, mount] = await registeredBy(() => new VaultTrustedIssuer("gitlab", args));
  expect(mount).toMatchObject({
    type: "vault:jwt/authBackend:AuthBackend",
    name: "gitlab",
    parent: "VaultTrustedIssuer gitlab",
  });
  expect(mount?.inputs).toEqual(inputs);
  expect(component?.outputs).toMatchObject({ mountPath: "gitlab" });
});

it("takes the keys from elsewhere, and a path", async () => {
  const [component, mount] = await registeredBy(
    () =>
      new VaultTrustedIssuer("cluster", {
        ...args,
        issuer: "https://oidc.k8s.example.com",
        jwksUrl: "https://k8s.example.com:6443/openid/v1/jwks",
        path: "ci/cluster",
      }),
  );
  expect(mount?.inputs).toEqual({
    type: "jwt",
    description: inputs.description,
    tune: inputs.tune,
    path: "ci/cluster",
    boundIssuer: "https://oidc.k8s.example.com",
    jwksUrl: "https://k8s.example.com:6443/openid/v1/jwks",
  });
  expect(component?.outputs).toMatchObject({ mountPath: "ci/cluster" });
});

const url = (argument: string, got: string) =>
  `${argument} must be a URL as its owner writes it: https, the host in lower case, no slash at the end, got "${got}".`;

it.each<[string, Partial<VaultTrustedIssuerArgs>, string]>([
  ["an issuer without https", { issuer: "http://gitlab.com" }, url("issuer", "http://gitlab.com")],
  ["an issuer in upper case", { issuer: "https://GitLab.com" }, url("issuer", "https://GitLab.com")],
  [
    "an issuer with a slash at its end",
    { issuer: "https://gitlab.com/" },
    url("issuer", "https://gitlab.com/"),
  ],
  ["keys without https", { jwksUrl: "http://k8s/keys" }, url("jwksUrl", "http://k8s/keys")],
  ["a path with auth/", { path: "auth/gitlab" }, 'path must be without "auth/", got "auth/gitlab".'],
  [
    "a path of a pattern",
    { path: "git*" },
    'path must be letters, digits, _ . or - with slashes between them, got "git*".',
  ],
  [
    "a private key, which is not shown",
    { certificateAuthorities: "-----BEGIN PRIVATE KEY-----\ncanary\n-----END PRIVATE KEY-----" },
    "certificateAuthorities must hold certificates only, and a private key is in it. Remove it and consider it known.",
  ],
])("refuses %s", async (_, change, says) => {
  expect(await refusalOf(() => new VaultTrustedIssuer("gitlab", { ...args, ...change }))).toBe(
    `VaultTrustedIssuer "gitlab": ${says}`,
  );
});
