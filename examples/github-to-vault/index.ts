import * as pulumi from "@pulumi/pulumi";
import * as vault from "@pulumi/vault";
import { NhiKind, VaultFederatedRole, VaultTrustedIssuer } from "pulumi-nhi";

const config = new pulumi.Config();

const metadata = {
  owner: "team-release",
  purpose: "sign releases",
  environment: "production",
  kind: NhiKind.Pipeline,
  reviewBy: "2027-06-30",
};

// A Vault has one such mount for each issuer. By itself it lets nobody in.
const github = new VaultTrustedIssuer("github", {
  metadata,
  issuer: "https://token.actions.githubusercontent.com",
  jwksUrl: config.get("jwksUrl"),
});

// The key stays in Vault's transit engine: the job sends a digest and gets a signature.
const sign = new vault.Policy("sign-releases", {
  name: "sign-releases",
  policy: `path "transit/sign/releases" {
  capabilities = ["update"]
}
`,
});

const release = new VaultFederatedRole("release", {
  metadata,
  mount: github.mountPath,
  audience: config.get("vaultAddress") ?? "https://vault.example.com",
  workloads: {
    github: [
      {
        owner: "octo",
        ownerId: "123456",
        repository: "app",
        repositoryId: "456789",
        environment: "production",
      },
    ],
  },
  policies: [sign.name],
  // A signature takes seconds.
  tokenTtlSeconds: 120,
  tokenMaxTtlSeconds: 120,
});

export const loginPath = pulumi.interpolate`auth/${github.mountPath}/login`;
export const loginRole = release.roleName;
