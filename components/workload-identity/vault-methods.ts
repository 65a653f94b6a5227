import * as vault from "@pulumi/vault";
import type * as pulumi from "@pulumi/pulumi";
import { authoritiesProblem } from "./certificate-authorities";
import { shown, type Problem } from "../refusal";
import type { Proof, TokenClaims } from "./proof";
import { audienceOf, audienceProblem } from "./workloads";

/** How a workload proves to Vault who it is. */
export const VaultAuthMethod = {
  /** With a token that its issuer signed (JWT). For every source that has tokens. */
  Jwt: "jwt",
  /** With the token of its service account, which Vault has the cluster's API server review. */
  Kubernetes: "kubernetes",
  /** With a signed request to AWS, as the role that it runs as. Not in OpenBao. */
  Aws: "aws",
  /** With a token that its GCP service account signed. Not in OpenBao. */
  Gcp: "gcp",
  /** With a certificate, in TLS. */
  Cert: "cert",
} as const;
export type VaultAuthMethod = (typeof VaultAuthMethod)[keyof typeof VaultAuthMethod];

/** What a method's roles take beside the token's own settings. */
export interface MethodArgs {
  audience?: string | undefined;
  certificateAuthorities?: string | undefined;
}

/** The part of a role's inputs that is the same for every method. */
export interface TokenSettings {
  tokenPolicies: pulumi.Input<string>[];
  tokenNoDefaultPolicy: boolean;
  tokenTtl: number;
  tokenMaxTtl: number;
  tokenExplicitMaxTtl: number;
  tokenType: string;
}

/** A role to make: the workloads that sign in to it, and where. */
export interface Login {
  backend: pulumi.Input<string>;
  roleName: string;
  proofs: readonly Proof[];
}

export interface Method {
  /** What is wrong with one workload, or with an argument that the method does not have. */
  problem(proof: Proof, args: MethodArgs): Problem;
  /**
   * What two workloads must have in common to share a role. Vault compares claims one by one and takes any of a claim's
   * values: with two repositories in one role, the name of the one with the number of the other would pass.
   */
  sharedBy(proof: Proof, args: MethodArgs): unknown;
  role(
    name: string,
    login: Login,
    args: MethodArgs,
    token: TokenSettings,
    parent: pulumi.Resource,
  ): pulumi.CustomResource;
}

const jwt: Method = {
  problem({ token, where }, args) {
    if (token === undefined) return without(where, "no token that an issuer signed", "jwt");
    const audience = audienceOf(token, "vault", args.audience);
    if (audience === undefined)
      return "audience must be given: what the job asks its issuer for, usually the address of the Vault server.";
    // Vault splits the text of a claim at commas.
    const comma = [...token.subjects, ...Object.values(token.claims)].find((value) => value.includes(","));
    return comma === undefined
      ? audienceProblem(audience, "vault")
      : `${where} must have no comma, got ${shown(comma)}. Vault reads a list there.`;
  },
  sharedBy: ({ token }, args) =>
    token && [
      token.issuer,
      audienceOf(token, "vault", args.audience),
      token.claims,
      token.identity,
      token.trail,
      token.subjectStart === undefined,
    ],
  role(name, { backend, roleName, proofs }, args, settings, parent) {
    const tokens = proofs.flatMap(({ token }) => token ?? []);
    const [first] = tokens;
    if (first === undefined) throw new Error(`${roleName} has no workload`);
    const subjects = tokens.flatMap((token) => token.subjects);
    const starts = tokens.flatMap(({ subjectStart }) => subjectStart ?? []);
    return new vault.jwt.AuthBackendRole(
      name,
      {
        backend,
        roleName,
        roleType: "jwt",
        boundAudiences: [audienceOf(first, "vault", args.audience) ?? ""],
        // A glob only for an issuer that ends every subject anew. It begins with all that names the workload.
        boundClaimsType: starts.length > 0 ? "glob" : "string",
        boundClaims: {
          ...first.claims,
          sub: (starts.length > 0 ? starts.map((start) => `${start}*`) : subjects).join(","),
        },
        // The entity in Vault, and so all that is granted to it, stays with the workload and not with its name.
        userClaim: first.identity,
        claimMappings: Object.fromEntries(
          [...new Set(["sub", ...first.trail])].map((claim) => [claim, metadataKey(claim)]),
        ),
        // Seconds that clocks may differ by: Vault's own default is 60.
        clockSkewLeeway: 30,
        // A token that does not say when it ends, or begins, is given no time of its own: the default is 150 seconds.
        expirationLeeway: -1,
        notBeforeLeeway: -1,
        ...settings,
      },
      { parent },
    );
  },
};

/** Vault takes no slash in a key of an alias's metadata: `oidc.circleci.com/job-id` is kept as `job-id`. */
const metadataKey = (claim: string) => claim.slice(claim.lastIndexOf("/") + 1);

/** The service account that a token of a cluster is for. */
function serviceAccountOf({ token, gkeServiceAccount }: Proof) {
  if (gkeServiceAccount !== undefined) return gkeServiceAccount;
  const found = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(token?.subjects[0] ?? "");
  return found === null ? undefined : { namespace: found[1] ?? "", serviceAccount: found[2] ?? "" };
}

const kubernetes: Method = {
  problem(proof, { audience }) {
    if (serviceAccountOf(proof) === undefined)
      return without(proof.where, "no service account of a Kubernetes cluster", "kubernetes");
    return audience === undefined
      ? "audience must be given: what the pod's token is projected for, usually the address of the Vault server."
      : audienceProblem(audience, "vault");
  },
  // Names and namespaces are two lists, of which Vault takes any pair.
  sharedBy: ({ where }) => where,
  role(name, { backend, roleName, proofs }, args, settings, parent) {
    const account = proofs[0] && serviceAccountOf(proofs[0]);
    return new vault.kubernetes.AuthBackendRole(
      name,
      {
        backend,
        roleName,
        boundServiceAccountNames: [account?.serviceAccount ?? ""],
        boundServiceAccountNamespaces: [account?.namespace ?? ""],
        audience: args.audience ?? "",
        // Who deletes an account and makes one of the same name does not get what was granted to the first one.
        aliasNameSource: "serviceaccount_uid",
        ...settings,
      },
      { parent },
    );
  },
};

const aws: Method = {
  problem: ({ awsRole, where }, args) =>
    awsRole === undefined ? without(where, "no role of AWS", "aws") : noAudience(args, "aws"),
  sharedBy: () => "every role",
  role(name, { backend, roleName, proofs }, _args, settings, parent) {
    return new vault.aws.AuthBackendRole(
      name,
      {
        backend,
        role: roleName,
        authType: "iam",
        boundIamPrincipalArns: proofs.flatMap(({ awsRole: role }) =>
          role ? [`arn:${role.partition}:iam::${role.accountId}:role/${role.roleName}`] : [],
        ),
        // Vault keeps the role's own id: one that is made again under the name is another one.
        resolveAwsUniqueIds: true,
        ...settings,
      },
      { parent },
    );
  },
};

/** The longest life of the token that a service account signs for a login, in seconds. Vault's default is 900. */
const longestProof = "900";

const gcp: Method = {
  problem: ({ gcpServiceAccount, where }, args) =>
    gcpServiceAccount === undefined
      ? without(where, "no service account of GCP", "gcp")
      : noAudience(args, "gcp"),
  sharedBy: () => "every account",
  role(name, { backend, roleName, proofs }, _args, settings, parent) {
    return new vault.gcp.AuthBackendRole(
      name,
      {
        backend,
        role: roleName,
        type: "iam",
        // By number: an email can be given to another account when the first one is gone.
        boundServiceAccounts: proofs.flatMap(({ gcpServiceAccount: account }) =>
          account ? [account.uniqueId] : [],
        ),
        maxJwtExp: longestProof,
        ...settings,
      },
      { parent },
    );
  },
};

const cert: Method = {
  problem({ certificate, where }, args) {
    if (certificate === undefined) return without(where, "no certificate", "cert");
    if (args.certificateAuthorities === undefined)
      return "certificateAuthorities must be given: the authorities that issue the workloads' certificates, as PEM.";
    return (
      authoritiesProblem("certificateAuthorities", args.certificateAuthorities) ?? noAudience(args, "cert")
    );
  },
  sharedBy: () => "every holder",
  role(name, { backend, roleName, proofs }, args, settings, parent) {
    return new vault.CertAuthBackendRole(
      name,
      {
        backend,
        name: roleName,
        certificate: args.certificateAuthorities ?? "",
        allowedUriSans: proofs.flatMap(({ certificate }) => certificate?.uri ?? []),
        ...settings,
      },
      { parent },
    );
  },
};

export const methods: Record<VaultAuthMethod, Method> = { jwt, kubernetes, aws, gcp, cert };

/** What Vault calls each workload, by its place. The other methods leave it to their mount's configuration. */
export function aliasNames(method: VaultAuthMethod, proofs: readonly Proof[]): Record<string, string> {
  if (method !== VaultAuthMethod.Jwt) return {};
  return Object.fromEntries(
    proofs.flatMap(({ where, token }) => {
      const [name, ...more] = token === undefined ? [] : identitiesOf(token);
      return name === undefined || more.length > 0 ? [] : [[where, name]];
    }),
  );
}

/** The values that the claim can have by which a role tells workloads apart. */
function identitiesOf({ identity, subjects, claims }: TokenClaims): string[] {
  if (identity === "sub") return subjects;
  const value = claims[identity];
  return value === undefined ? [] : [value];
}

const without = (where: string, what: string, method: string): Problem =>
  `${where} must be a workload that can sign in with the method ${method}, and it has ${what}. Choose another method, or list it elsewhere.`;

const noAudience = ({ audience }: MethodArgs, method: string): Problem =>
  audience === undefined
    ? undefined
    : `audience must not be given with the method ${method}, whose proofs have none that can be chosen.`;
