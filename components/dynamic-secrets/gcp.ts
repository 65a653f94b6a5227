import * as pulumi from "@pulumi/pulumi";
import * as vault from "@pulumi/vault";
import { metadataLine } from "../identity";
import { firstProblem, refuse, secondsProblem, shown, type Problem } from "../refusal";
import type { CredentialAccess } from "./consumers";
import {
  credentialEndsOf,
  credentialPathsOf,
  engineProblem,
  letConsumersIn,
  limitEngine,
  mountPathOf,
  type SecretsEngineArgs,
} from "./engine";
import { federationProblem, federationOf, type EngineFederation } from "./federation";
import { namedRolesProblem } from "./roles";

/** A service account that Vault acts as for a job. */
export interface GcpSecretAccount {
  /** Its name in Vault, in lower case. Its path is `<mountPath>/impersonated-account/<name>/token`. */
  name: string;
  /** The account's email. Vault's own identity needs `roles/iam.serviceAccountTokenCreator` on it. */
  serviceAccountEmail: string;
  /** What the tokens are good for, as OAuth scopes. At least one. */
  scopes: string[];
  /** How long a token lives, in seconds. Default: 900. At most 3600, GCP's own limit. */
  ttlSeconds?: number | undefined;
}

export interface GcpSecretsArgs extends SecretsEngineArgs {
  /**
   * How Vault proves to GCP who it is: by a token that it signs, as the service account `identity`. Vault Enterprise only.
   * Default: by what its server is, an instance's or a pod's service account. There is no argument for a key.
   */
  federation?: EngineFederation | undefined;
  /** The accounts that Vault can act as. At least one. */
  accounts: GcpSecretAccount[];
}

const defaultTtl = 900;
/** GCP gives no longer token unless the organisation allows it (IAM, "Create short-lived credentials"). */
const longestTtl = 3600;

/**
 * Vault's engine for GCP, without a key of GCP's anywhere: Vault acts as a service account for each request and hands out
 * an access token. No key of a service account is ever made. OpenBao does not bring
 * this engine: there it is a plugin to register first.
 *
 * Such a token is *expiry-only*: it has no lease, so nothing ends it before its own end.
 *
 * @example
 * ```typescript
 * new GcpSecrets("gcp", {
 *   metadata,
 *   accounts: [
 *     {
 *       name: "reports",
 *       serviceAccountEmail: "reports@shop-reports.iam.gserviceaccount.com",
 *       scopes: ["https://www.googleapis.com/auth/bigquery.readonly"],
 *     },
 *   ],
 * });
 * ```
 */
export class GcpSecrets extends pulumi.ComponentResource {
  /** Where the engine is mounted. Known at preview. */
  readonly mountPath: pulumi.Output<string>;
  /** For each account the path that a job reads a token from. Known at preview. */
  readonly credentialPaths: pulumi.Output<Record<string, string>>;
  /** For each account the policy that lets a token of Vault's read it. Known at preview. */
  readonly policyNames: pulumi.Output<Record<string, string>>;
  /** For each account what ends a token early: `expiry-only`, so nothing. Known at preview. */
  readonly credentialEnds: pulumi.Output<Record<string, string>>;

  constructor(name: string, args: GcpSecretsArgs, opts?: pulumi.ComponentResourceOptions) {
    refuse("GcpSecrets", name, gcpSecretsProblem(name, args));
    super("nhi:index:GcpSecrets", name, { ...args }, opts);

    const mountPath = mountPathOf(name, args);
    const mount = new vault.gcp.SecretBackend(
      name,
      {
        path: mountPath,
        description: metadataLine(args.metadata),
        defaultLeaseTtlSeconds: defaultTtl,
        maxLeaseTtlSeconds: longestTtl,
        ...federationOf(args.federation, "serviceAccountEmail"),
      },
      { parent: this },
    );
    const inMount = limitEngine(name, args, mount, this);
    const accounts = args.accounts.map(
      (account) =>
        new vault.gcp.SecretImpersonatedAccount(
          `${name}-${account.name}`,
          {
            backend: mountPath,
            impersonatedAccount: account.name,
            serviceAccountEmail: account.serviceAccountEmail,
            tokenScopes: account.scopes,
            ttl: String(account.ttlSeconds ?? defaultTtl),
          },
          { ...inMount, dependsOn: mount },
        ),
    );

    const accesses = accessOf(mountPath, args);
    this.mountPath = mount.urn.apply(() => mountPath);
    this.credentialPaths = credentialPathsOf(accounts, accesses);
    this.credentialEnds = credentialEndsOf(accounts, accesses);
    this.policyNames = letConsumersIn(name, mountPath, args, accesses, this);
    this.registerOutputs({
      mountPath: this.mountPath,
      credentialPaths: this.credentialPaths,
      credentialEnds: this.credentialEnds,
      policyNames: this.policyNames,
    });
  }
}

const accessOf = (mountPath: string, args: GcpSecretsArgs): CredentialAccess[] =>
  args.accounts.map(({ name }) => ({
    role: name,
    path: `${mountPath}/impersonated-account/${name}/token`,
    capability: "read",
    leased: false,
  }));

const email = /^[a-z]([a-z0-9-]{4,28}[a-z0-9])@[a-z][a-z0-9-]{4,28}[a-z0-9]\.iam\.gserviceaccount\.com$/;
const emailProblem = (argument: string, given: string): Problem =>
  email.test(given)
    ? undefined
    : `${argument} must be the email of a service account, <name>@<project>.iam.gserviceaccount.com, got ${shown(given)}.`;

function gcpSecretsProblem(name: string, args: GcpSecretsArgs): Problem {
  return (
    engineProblem(
      name,
      args,
      args.accounts.map((account) => account.name),
    ) ??
    federationProblem(args.federation, (identity) => emailProblem("federation.identity", identity)) ??
    namedRolesProblem("accounts", args.accounts, accountProblem)
  );
}

function accountProblem(account: GcpSecretAccount, where: string): Problem {
  const { serviceAccountEmail, scopes, ttlSeconds = defaultTtl } = account;
  return (
    emailProblem(`${where}.serviceAccountEmail`, serviceAccountEmail) ??
    (scopes.length === 0
      ? `${where}.scopes must have at least one scope, for example "https://www.googleapis.com/auth/devstorage.read_only".`
      : firstProblem(scopes, (scope) =>
          /^https:\/\/www\.googleapis\.com\/auth\/[a-z0-9._-]+$/.test(scope)
            ? undefined
            : `${where}.scopes must be scopes of GCP, https://www.googleapis.com/auth/…, got ${shown(scope)}.`,
        )) ??
    secondsProblem(`${where}.ttlSeconds`, ttlSeconds, 1, longestTtl, "Let a longer job ask again.")
  );
}
