import * as pulumi from "@pulumi/pulumi";
import { refuse, type Problem } from "../refusal";
import { awsAccessKey, awsKeyProblem, type AwsKeyException } from "./aws-access-key";
import { knownFindingsProblem, type KnownFinding } from "./known-findings";
import { recordProblem, type ExceptionRecord } from "./record";
import {
  mountPathOf,
  policyNameOf,
  vaultSecret,
  vaultSecretProblem,
  type VaultSecretException,
} from "./vault-secret";

/** One of `awsAccessKey`, `vaultSecret` and `existing`: an exception is for one credential. */
export interface StaticCredentialExceptionArgs extends ExceptionRecord {
  /** Makes an access key of AWS. */
  awsAccessKey?: AwsKeyException | undefined;
  /** Makes a secret in Vault. */
  vaultSecret?: VaultSecretException | undefined;
  /**
   * What the policy pack finds at a credential that comes from elsewhere, such as a vendor's API key. The record alone:
   * nothing is made. Those resources say `dependsOn` this one, so that the engine hears of it first.
   */
  existing?: KnownFinding[] | undefined;
}

/**
 * The only way to a static credential: for a consumer that can't ask for one that ends, with an owner, a reason, a
 * control beside it, somebody else's approval, and an end within 90 days.
 *
 * What it makes is isolated. A key of AWS belongs to a user of its own, goes from AWS into a secret that only `readers`
 * read, works from the networks that are named and until the last day, and tells the topics of each use. A secret of
 * Vault has a mount of its own and one reader.
 *
 * The policy pack takes the finding of this one credential for excepted as long as all of that is there, and refuses it
 * from the day after `expires`. The state has the credential, encrypted: nothing that AWS or Vault is told by a program
 * stays out of it.
 *
 * @example
 * ```typescript
 * const erp = new StaticCredentialException("legacy-erp", {
 *   metadata,
 *   reason: "the ERP takes nothing but an access key",
 *   compensatingControl: "its network is reached by two administrators",
 *   approvedBy: "security",
 *   approvedOn: "2027-01-04",
 *   expires: "2027-03-31",
 *   awsAccessKey: {
 *     accountId: "123456789012",
 *     grants: { buckets: [{ bucket: "octo-invoices", prefix: "outgoing/", access: "read" }] },
 *     permissionsBoundaryArn: "arn:aws:iam::123456789012:policy/exceptions",
 *     sourceCidrs: ["203.0.113.16/28"],
 *     readers: ["arn:aws:iam::123456789012:role/erp-operator"],
 *     administrators: ["arn:aws:iam::123456789012:role/deploy-exceptions"],
 *     alarmTopicArns: ["arn:aws:sns:eu-central-1:123456789012:security-alerts"],
 *   },
 * });
 * ```
 */
export class StaticCredentialException extends pulumi.ComponentResource {
  /** ARN of the secret with the access key, as `{"accessKeyId", "secretAccessKey"}`. Only with `awsAccessKey`. */
  readonly secretArn: pulumi.Output<string> | undefined;
  /** The path that the consumer reads in Vault. Only with `vaultSecret`. Known at preview. */
  readonly secretPath: pulumi.Output<string> | undefined;
  /** The policy of Vault that lets the consumer read it. Only with `vaultSecret`. Known at preview. */
  readonly policyName: pulumi.Output<string> | undefined;

  constructor(name: string, args: StaticCredentialExceptionArgs, opts?: pulumi.ComponentResourceOptions) {
    refuse("StaticCredentialException", name, exceptionProblem(name, args));
    const { vaultSecret: inVault, awsAccessKey: inAws, ...record } = args;
    super(
      "nhi:index:StaticCredentialException",
      name,
      {
        ...record,
        ...(inAws && { awsAccessKey: { ...inAws } }),
        // Without the values, which the child keeps.
        ...(inVault && {
          vaultSecret: { consumer: inVault.consumer, mountPath: mountPathOf(name, inVault) },
        }),
      },
      opts,
    );

    this.secretArn = inAws && awsAccessKey(name, args, inAws, this).arn;
    const secret = inVault && vaultSecret(name, args, inVault, this);
    this.secretPath =
      inVault && secret?.urn.apply(() => `${mountPathOf(name, inVault)}/data/${inVault.consumer}`);
    this.policyName = inVault && secret?.urn.apply(() => policyNameOf(name, inVault));
    this.registerOutputs({
      secretArn: this.secretArn,
      secretPath: this.secretPath,
      policyName: this.policyName,
    });
  }
}

function exceptionProblem(name: string, args: StaticCredentialExceptionArgs): Problem {
  const { awsAccessKey: inAws, vaultSecret: inVault, existing } = args;
  const given = Object.entries({ awsAccessKey: inAws, vaultSecret: inVault, existing })
    .filter(([, value]) => value !== undefined)
    .map(([key]) => key);
  if (given.length !== 1)
    return `awsAccessKey, vaultSecret or existing must be given, and one of them only, got ${given.length === 0 ? "none" : given.join(" and ")}. An exception is for one credential.`;
  return (
    recordProblem(args) ??
    (inAws && awsKeyProblem(name, args, inAws)) ??
    (inVault && vaultSecretProblem(name, inVault)) ??
    (existing && knownFindingsProblem(existing))
  );
}
