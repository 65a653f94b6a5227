import * as pulumi from "@pulumi/pulumi";
import * as vault from "@pulumi/vault";
import { regionProblem, roleArnProblem } from "../aws-names";
import { metadataLine } from "../identity";
import { firstProblem, plainProblem, refuse, secondsProblem, shown, type Problem } from "../refusal";
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
import { federationProblem, endpointProblem, federationOf, type EngineFederation } from "./federation";
import { namedRolesProblem } from "./roles";

/** A kind of session that Vault asks AWS for. */
export interface AwsSecretRole {
  /** The role's name in Vault, in lower case. Its path is `<mountPath>/sts/<name>`. */
  name: string;
  /** ARN of the role in AWS that is assumed. Its trust has to name Vault's own role. */
  roleArn: string;
  /** A policy that narrows the session further, as JSON: the session may do what both allow. Default: all of the role's. */
  sessionPolicy?: pulumi.Input<string> | undefined;
  /** Tags of the session, for policies and for the trail. The role's trust has to allow `sts:TagSession`. Default: none. */
  sessionTags?: Record<string, string> | undefined;
  /** The external id that the role's trust asks for. Default: none. */
  externalId?: string | undefined;
  /** How long a session lives unless it is asked for shorter or longer, in seconds. Default: 900, AWS's shortest. */
  defaultTtlSeconds?: number | undefined;
  /** How long a session lives at most, in seconds. Default: 900. At most 3600, where AWS ends chained sessions. */
  maxTtlSeconds?: number | undefined;
}

export interface AwsSecretsArgs extends SecretsEngineArgs {
  /** The region whose STS Vault asks. */
  region: string;
  /**
   * How Vault proves to AWS who it is: by a token that it signs. Vault Enterprise only. Default: by what its server is, an
   * instance's, a pod's or a task's role. There is no argument for a key.
   */
  federation?: EngineFederation | undefined;
  /** Another address of STS, for example of a VPC endpoint. Default: the region's. */
  stsEndpoint?: string | undefined;
  /** What sessions Vault can ask for. At least one. */
  roles: AwsSecretRole[];
}

/** AWS gives no shorter session (STS API reference, `AssumeRole`). */
const shortestTtl = 900;
/** A role that is assumed by a role: AWS ends the session after an hour (IAM User Guide, "Role chaining"). */
const longestTtl = 3600;

/**
 * Vault's engine for AWS, without a key of AWS's anywhere: Vault assumes a role for each request, and the session ends by
 * itself. No IAM user is made, and none is needed. OpenBao does not bring
 * this engine: there it is a plugin to register first.
 *
 * Such a session is *expiry-only*: revoking its lease tells AWS nothing, so it lives until its own end. Where that is too
 * late, use an `AwsJitRole`, whose grants are revoked one by one.
 *
 * @example
 * ```typescript
 * new AwsSecrets("aws", {
 *   metadata,
 *   region: "eu-central-1",
 *   roles: [{ name: "backup", roleArn: "arn:aws:iam::123456789012:role/backup" }],
 * });
 * ```
 */
export class AwsSecrets extends pulumi.ComponentResource {
  /** Where the engine is mounted. Known at preview. */
  readonly mountPath: pulumi.Output<string>;
  /** For each role the path that a job reads a session from. Known at preview. */
  readonly credentialPaths: pulumi.Output<Record<string, string>>;
  /** For each role the policy that lets a token read sessions. Known at preview. */
  readonly policyNames: pulumi.Output<Record<string, string>>;
  /** For each role what ends a session early: `expiry-only`, so nothing. Known at preview. */
  readonly credentialEnds: pulumi.Output<Record<string, string>>;

  constructor(name: string, args: AwsSecretsArgs, opts?: pulumi.ComponentResourceOptions) {
    refuse("AwsSecrets", name, awsSecretsProblem(name, args));
    super("nhi:index:AwsSecrets", name, { ...args }, opts);

    const mountPath = mountPathOf(name, args);
    const mount = new vault.aws.SecretBackend(
      name,
      {
        path: mountPath,
        description: metadataLine(args.metadata),
        defaultLeaseTtlSeconds: shortestTtl,
        maxLeaseTtlSeconds: longestTtl,
        region: args.region,
        stsRegion: args.region,
        stsEndpoint: args.stsEndpoint ?? `https://sts.${args.region}.amazonaws.com`,
        ...federationOf(args.federation),
        // The session's name is no secret, and with it the trail joins a request to CloudTrail's records.
        auditNonHmacResponseKeys: ["arn"],
      },
      { parent: this },
    );
    const inMount = limitEngine(name, args, mount, this);
    const roles = args.roles.map(
      (role) =>
        new vault.aws.SecretBackendRole(
          `${name}-${role.name}`,
          {
            backend: mountPath,
            name: role.name,
            credentialType: "assumed_role",
            roleArns: [role.roleArn],
            defaultStsTtl: role.defaultTtlSeconds ?? shortestTtl,
            maxStsTtl: role.maxTtlSeconds ?? shortestTtl,
            ...(role.sessionPolicy !== undefined && { policyDocument: role.sessionPolicy }),
            ...(role.sessionTags !== undefined && { sessionTags: role.sessionTags }),
            ...(role.externalId !== undefined && { externalId: role.externalId }),
          },
          { ...inMount, dependsOn: mount },
        ),
    );

    const accesses = accessOf(mountPath, args);
    this.mountPath = mount.urn.apply(() => mountPath);
    this.credentialPaths = credentialPathsOf(roles, accesses);
    this.credentialEnds = credentialEndsOf(roles, accesses);
    this.policyNames = letConsumersIn(name, mountPath, args, accesses, this);
    this.registerOutputs({
      mountPath: this.mountPath,
      credentialPaths: this.credentialPaths,
      credentialEnds: this.credentialEnds,
      policyNames: this.policyNames,
    });
  }
}

const accessOf = (mountPath: string, args: AwsSecretsArgs): CredentialAccess[] =>
  args.roles.map(({ name }) => ({
    role: name,
    path: `${mountPath}/sts/${name}`,
    capability: "read",
    // There is a lease, and neither renewing nor revoking it does anything at AWS.
    leased: false,
    // The session's name is Vault's to give: it says in CloudTrail who asked.
    parameters: ["ttl"],
  }));

function awsSecretsProblem(name: string, args: AwsSecretsArgs): Problem {
  return (
    engineProblem(
      name,
      args,
      args.roles.map((role) => role.name),
    ) ??
    regionProblem(args.region) ??
    endpointProblem("stsEndpoint", args.stsEndpoint) ??
    federationProblem(args.federation, (arn) => roleArnProblem("federation.identity", arn)) ??
    namedRolesProblem("roles", args.roles, roleProblem)
  );
}

function roleProblem(role: AwsSecretRole, where: string): Problem {
  const { defaultTtlSeconds = shortestTtl, maxTtlSeconds = shortestTtl, sessionTags = {} } = role;
  return (
    roleArnProblem(`${where}.roleArn`, role.roleArn) ??
    plainProblem(role.sessionPolicy, (policy) => policyProblem(`${where}.sessionPolicy`, policy)) ??
    firstProblem(Object.entries(sessionTags), ([key, value]) =>
      /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,128}$/u.test(key) && /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{0,256}$/u.test(value)
        ? undefined
        : `${where}.sessionTags must be letters, digits, spaces and _ . : / = + - @ (AWS limits session tags to these), got ${shown(key)}.`,
    ) ??
    secondsProblem(
      `${where}.maxTtlSeconds`,
      maxTtlSeconds,
      shortestTtl,
      longestTtl,
      "AWS gives no shorter session, and ends one that Vault's own role asked for after an hour.",
    ) ??
    secondsProblem(
      `${where}.defaultTtlSeconds`,
      defaultTtlSeconds,
      shortestTtl,
      maxTtlSeconds,
      "A session ends with maxTtlSeconds.",
    )
  );
}

function policyProblem(argument: string, policy: string): Problem {
  try {
    const document = JSON.parse(policy) as unknown;
    if (typeof document === "object" && document !== null && "Statement" in document) return undefined;
  } catch {
    // Said below, as for any other text.
  }
  return `${argument} must be an IAM policy as JSON, with a Statement.`;
}
