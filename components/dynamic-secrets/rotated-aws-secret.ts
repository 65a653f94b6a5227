import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { roleArnProblem } from "../aws-names";
import { awsTags, awsTagsProblem, metadataLine, metadataProblem, type NhiMetadata } from "../identity";
import { firstProblem, refuse, shown, type Problem } from "../refusal";

export interface RotatedAwsSecretArgs {
  /** Who answers for the secret and why it exists. Becomes its tags `nhi:*`. */
  metadata: NhiMetadata;
  /**
   * ARN of the function that renews the secret. It makes the first value as well: the program never has one. Secrets Manager
   * has to be allowed to call it.
   */
  rotationFunctionArn: string;
  /** ARN of the role that the function has: beside the administrators the only one that writes. */
  rotationRoleArn: string;
  /** ARNs of the roles that may read the secret. At least one. */
  readers: string[];
  /** ARNs of the roles that may change and delete the secret. The one that runs `pulumi up` must be among them. */
  administrators: string[];
  /** How often it is renewed, in days. Default: 7. At most 30. */
  rotateEveryDays?: number | undefined;
  /** The key that it is encrypted with: an ARN, an id or an alias of KMS. Default: AWS's own for Secrets Manager. */
  kmsKeyId?: pulumi.Input<string> | undefined;
  /** The secret's name in AWS. Default: the component's name. */
  secretName?: string | undefined;
}

const defaultDays = 7;
/** A leaked value is of use until the next renewal: no more than a month. */
const longestDays = 30;

/**
 * A secret of AWS Secrets Manager that a function renews at least once a month, for what takes nothing better than a
 * password. Nobody reads it but the named roles, whatever else the account allows; no value of it stands in the program
 * or its state.
 *
 * Where the other side takes IAM, there is no need of one: `RdsIamAccess` for a database, a role for everything of AWS's.
 * RDS and Redshift renew the passwords of their own users: set `manageMasterUserPassword` there instead.
 *
 * @example
 * ```typescript
 * new RotatedAwsSecret("partner-api", {
 *   metadata,
 *   rotationFunctionArn: "arn:aws:lambda:eu-central-1:123456789012:function:rotate-partner-api",
 *   rotationRoleArn: "arn:aws:iam::123456789012:role/rotate-partner-api",
 *   readers: ["arn:aws:iam::123456789012:role/orders"],
 *   administrators: ["arn:aws:iam::123456789012:role/deploy"],
 * });
 * ```
 */
export class RotatedAwsSecret extends pulumi.ComponentResource {
  /** The secret's name. Known at preview. */
  readonly secretName: pulumi.Output<string>;
  /** The secret's ARN. AWS adds six letters to the name, so it is known after the first `up`. */
  readonly secretArn: pulumi.Output<string>;

  constructor(name: string, args: RotatedAwsSecretArgs, opts?: pulumi.ComponentResourceOptions) {
    refuse("RotatedAwsSecret", name, rotatedAwsSecretProblem(name, args));
    super("nhi:index:RotatedAwsSecret", name, { ...args }, opts);

    const secretName = args.secretName ?? name;
    const secret = new aws.secretsmanager.Secret(
      name,
      {
        name: secretName,
        description: metadataLine(args.metadata),
        // The longest that AWS gives: deleted by mistake, it can be brought back.
        recoveryWindowInDays: 30,
        ...(args.kmsKeyId !== undefined && { kmsKeyId: args.kmsKeyId }),
        tags: awsTags(args.metadata),
      },
      { parent: this },
    );
    const policy = new aws.secretsmanager.SecretPolicy(
      name,
      { secretArn: secret.arn, policy: secretPolicy(args), blockPublicPolicy: true },
      { parent: this },
    );
    new aws.secretsmanager.SecretRotation(
      name,
      {
        secretId: secret.id,
        rotationLambdaArn: args.rotationFunctionArn,
        rotationRules: { automaticallyAfterDays: args.rotateEveryDays ?? defaultDays },
        rotateImmediately: true,
      },
      // Before there is a value, nobody but the readers may ask for it.
      { parent: this, dependsOn: policy },
    );

    this.secretName = secret.urn.apply(() => secretName);
    this.secretArn = secret.arn;
    this.registerOutputs({ secretName: this.secretName, secretArn: this.secretArn });
  }
}

/** A deny holds against the policies of everybody else's roles, those of the account's administrators included. */
function secretPolicy({ readers, administrators, rotationRoleArn }: RotatedAwsSecretArgs): string {
  const unless = (arns: readonly string[]) => ({ ArnNotEquals: { "aws:PrincipalArn": arns } });
  const writing = ["secretsmanager:PutSecretValue", "secretsmanager:UpdateSecretVersionStage"];
  const changing = [
    "secretsmanager:CancelRotateSecret",
    "secretsmanager:DeleteResourcePolicy",
    "secretsmanager:DeleteSecret",
    "secretsmanager:PutResourcePolicy",
    // A copy in another region is read under that region's policy, not under this one.
    "secretsmanager:ReplicateSecretToRegions",
    "secretsmanager:RotateSecret",
    "secretsmanager:UpdateSecret",
  ];
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "ReadersRead",
        Effect: "Allow",
        Principal: { AWS: readers },
        Action: ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"],
        Resource: "*",
      },
      {
        Sid: "NobodyElseReads",
        Effect: "Deny",
        Principal: "*",
        Action: ["secretsmanager:BatchGetSecretValue", "secretsmanager:GetSecretValue"],
        Resource: "*",
        Condition: unless([...readers, rotationRoleArn]),
      },
      {
        Sid: "OnlyTheRotationWrites",
        Effect: "Deny",
        Principal: "*",
        Action: writing,
        Resource: "*",
        Condition: unless([...administrators, rotationRoleArn]),
      },
      {
        Sid: "OnlyAdministratorsChange",
        Effect: "Deny",
        Principal: "*",
        Action: changing,
        Resource: "*",
        Condition: unless(administrators),
      },
    ],
  });
}

function rotatedAwsSecretProblem(name: string, args: RotatedAwsSecretArgs): Problem {
  const { rotateEveryDays = defaultDays, secretName = name } = args;
  return (
    metadataProblem(args.metadata) ??
    awsTagsProblem(args.metadata) ??
    (/^arn:aws(-[a-z]+)*:lambda:[a-z0-9-]+:\d{12}:function:[\w-]{1,64}(:[\w$-]{1,128})?$/.test(
      args.rotationFunctionArn,
    )
      ? undefined
      : `rotationFunctionArn must be the ARN of one function, got ${shown(args.rotationFunctionArn)}.`) ??
    roleArnProblem("rotationRoleArn", args.rotationRoleArn) ??
    (args.readers.length === 0
      ? "readers must have at least one role. A secret that nobody reads is not needed."
      : firstProblem(args.readers, (arn, index) => roleArnProblem(`readers[${index}]`, arn))) ??
    (args.administrators.length === 0
      ? "administrators must name at least the role that runs pulumi up. Nobody could mend the secret."
      : firstProblem(args.administrators, (arn, index) => roleArnProblem(`administrators[${index}]`, arn))) ??
    (Number.isInteger(rotateEveryDays) && rotateEveryDays >= 1 && rotateEveryDays <= longestDays
      ? undefined
      : `rotateEveryDays must be a whole number from 1 to ${longestDays} days, got ${rotateEveryDays}. Until the next renewal a leaked value is good.`) ??
    (/^[\w/+=.@-]{1,512}$/.test(secretName)
      ? undefined
      : `secretName must be 1 to 512 letters, digits or _ / + = . @ - (AWS's limit), got ${shown(secretName)}.`)
  );
}
