import { regionPattern } from "./aws-names";
import { firstProblem, shown, type Problem } from "./refusal";

/** What may be done with data that is granted. */
export const AwsAccess = {
  /** Read it, and list what there is. */
  Read: "read",
  /** Add and replace it, without reading or deleting. */
  Write: "write",
  /** Read, add, replace and delete it. */
  ReadWrite: "read-write",
} as const;
export type AwsAccess = (typeof AwsAccess)[keyof typeof AwsAccess];

/** What may be done with an image repository of ECR. */
export const AwsImageAccess = {
  /** Pull images. */
  Pull: "pull",
  /** Pull and push images. */
  Push: "push",
} as const;
export type AwsImageAccess = (typeof AwsImageAccess)[keyof typeof AwsImageAccess];

/** What may be done with a Lambda function. */
export const AwsFunctionAccess = {
  /** Call it. */
  Invoke: "invoke",
  /** Replace its code and publish versions. Not its role, its environment or who may call it. */
  Deploy: "deploy",
} as const;
export type AwsFunctionAccess = (typeof AwsFunctionAccess)[keyof typeof AwsFunctionAccess];

/** What may be done with a key of KMS. */
export const AwsKeyAccess = {
  /** Decrypt, and generate data keys to encrypt with. */
  Encrypt: "encrypt",
  /** Decrypt only. */
  Decrypt: "decrypt",
  /** Sign, and read the public key. */
  Sign: "sign",
} as const;
export type AwsKeyAccess = (typeof AwsKeyAccess)[keyof typeof AwsKeyAccess];

/** Objects of one bucket. */
export interface BucketGrant {
  /** The bucket's name. */
  bucket: string;
  /** Only objects whose keys begin so, for example `releases/`. It ends in `/`. Default: every object of the bucket. */
  prefix?: string | undefined;
  /** What may be done with them. */
  access: AwsAccess;
}

/** One secret of Secrets Manager, to read. */
export interface SecretGrant {
  /** The region that it is in. */
  region: string;
  /** The secret's name, without the six characters that AWS adds in its ARN. */
  name: string;
}

/** Parameters of Systems Manager, to read. */
export interface ParameterGrant {
  /** The region that they are in. */
  region: string;
  /** A parameter's whole name, or a path that ends in `/` for all that lies below it. With a leading slash. */
  path: string;
}

/** Items of one table of DynamoDB and its indexes. */
export interface TableGrant {
  /** The region that it is in. */
  region: string;
  /** The table's name. */
  table: string;
  /** What may be done with its items. */
  access: AwsAccess;
}

/** One key of KMS. */
export interface KeyGrant {
  /** The region that it is in. */
  region: string;
  /** The key's id, a UUID or `mrk-…`. An alias can be moved to another key. */
  keyId: string;
  /** What may be done with it. */
  access: AwsKeyAccess;
}

/** One function of Lambda. */
export interface FunctionGrant {
  /** The region that it is in. */
  region: string;
  /** The function's name. */
  function: string;
  /** What may be done with it. */
  access: AwsFunctionAccess;
}

/** One image repository of ECR. */
export interface RepositoryGrant {
  /** The region that it is in. */
  region: string;
  /** The repository's name. */
  repository: string;
  /** What may be done with its images. */
  access: AwsImageAccess;
}

/**
 * What a role may do, thing by thing, so that nobody writes a policy by hand: each grant names one thing in the role's own
 * account and becomes the fewest actions that the task takes (Service Authorization Reference of each service).
 */
export interface AwsGrants {
  /** Objects in S3. Default: none. */
  buckets?: BucketGrant[] | undefined;
  /** Secrets of Secrets Manager, to read. Default: none. */
  secrets?: SecretGrant[] | undefined;
  /** Parameters of Systems Manager, to read. Default: none. */
  parameters?: ParameterGrant[] | undefined;
  /** Tables of DynamoDB. Default: none. */
  tables?: TableGrant[] | undefined;
  /** Keys of KMS. Default: none. */
  keys?: KeyGrant[] | undefined;
  /** Functions of Lambda. Default: none. */
  functions?: FunctionGrant[] | undefined;
  /** Image repositories of ECR. Default: none. */
  repositories?: RepositoryGrant[] | undefined;
}

interface Account {
  partition: string;
  accountId: string;
}
interface Allow {
  Effect: "Allow";
  Action: string[];
  Resource: string[] | string;
  Condition?: Record<string, Record<string, string[]>>;
}

/** One kind of grant: what a valid one looks like, and what it allows. */
interface Kind<Grant> {
  fields: { [Field in keyof Grant]-?: Rule };
  allow(grant: Grant, account: Account): Allow[];
}
interface Rule {
  pattern: RegExp;
  says: string;
  optional?: true;
}

const region: Rule = { pattern: regionPattern, says: 'a region, for example "eu-central-1"' };
const oneOf = (values: Record<string, string>): Rule => ({
  pattern: new RegExp(`^(${Object.values(values).join("|")})$`),
  says: `one of ${Object.values(values).join(", ")}`,
});
const allow = (actions: string[], ...resources: string[]): Allow => ({
  Effect: "Allow",
  Action: actions,
  Resource: resources,
});
const arn = (service: string, { partition, accountId }: Account, place: string, rest: string) =>
  `arn:${partition}:${service}:${place}:${accountId}:${rest}`;

const kinds: { [Key in keyof AwsGrants]-?: Kind<NonNullable<AwsGrants[Key]>[number]> } = {
  buckets: {
    fields: {
      bucket: { pattern: /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, says: "the whole name of a bucket" },
      prefix: {
        pattern: /^[\w!.'()-][\w!.'()/-]*\/$/,
        says: "the whole beginning of a key up to a slash",
        optional: true,
      },
      access: oneOf(AwsAccess),
    },
    allow({ bucket, prefix = "", access }, { partition }) {
      const name = `arn:${partition}:s3:::${bucket}`;
      const list: Allow = {
        ...allow(["s3:ListBucket"], name),
        ...(prefix !== "" && { Condition: { StringLike: { "s3:prefix": [`${prefix}*`] } } }),
      };
      const objects = allow(
        {
          read: ["s3:GetObject"],
          write: ["s3:PutObject", "s3:AbortMultipartUpload"],
          "read-write": ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload"],
        }[access],
        `${name}/${prefix}*`,
      );
      return access === "write" ? [objects] : [list, objects];
    },
  },
  secrets: {
    fields: { region, name: { pattern: /^[\w/+=.@-]{1,512}$/, says: "the whole name of a secret" } },
    allow: ({ region: place, name }, account) => [
      allow(
        ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"],
        // AWS ends every secret's ARN in a dash and six characters of its own.
        arn("secretsmanager", account, place, `secret:${name}-??????`),
      ),
    ],
  },
  parameters: {
    fields: { region, path: { pattern: /^(\/[\w.-]+)+\/?$/, says: 'a path, for example "/app/config/"' } },
    allow: ({ region: place, path }, account) => {
      const all = path.endsWith("/");
      return [
        allow(
          ["ssm:GetParameter", "ssm:GetParameters", ...(all ? ["ssm:GetParametersByPath"] : [])],
          arn("ssm", account, place, `parameter${path}${all ? "*" : ""}`),
          ...(all ? [arn("ssm", account, place, `parameter${path.slice(0, -1)}`)] : []),
        ),
      ];
    },
  },
  tables: {
    fields: {
      region,
      table: { pattern: /^[\w.-]{3,255}$/, says: "the whole name of a table" },
      access: oneOf(AwsAccess),
    },
    allow({ region: place, table, access }, account) {
      const read = ["GetItem", "BatchGetItem", "Query", "Scan", "ConditionCheckItem"];
      // BatchWriteItem deletes as well, so that it is no part of writing alone.
      const write = ["PutItem", "UpdateItem"];
      const actions = { read, write, "read-write": [...read, ...write, "BatchWriteItem", "DeleteItem"] }[
        access
      ];
      const name = arn("dynamodb", account, place, `table/${table}`);
      return [
        allow(
          actions.map((action) => `dynamodb:${action}`),
          name,
          ...(access === "write" ? [] : [`${name}/index/*`]),
        ),
      ];
    },
  },
  keys: {
    fields: {
      region,
      keyId: {
        pattern: /^(mrk-[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$/,
        says: "a key's id",
      },
      access: oneOf(AwsKeyAccess),
    },
    allow: ({ region: place, keyId, access }, account) => [
      allow(
        {
          encrypt: ["kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey"],
          decrypt: ["kms:Decrypt"],
          sign: ["kms:Sign", "kms:GetPublicKey"],
        }[access],
        arn("kms", account, place, `key/${keyId}`),
      ),
    ],
  },
  functions: {
    fields: {
      region,
      function: { pattern: /^[\w-]{1,64}$/, says: "the whole name of a function" },
      access: oneOf(AwsFunctionAccess),
    },
    allow: ({ region: place, function: name, access }, account) => [
      allow(
        {
          invoke: ["lambda:InvokeFunction"],
          deploy: ["lambda:UpdateFunctionCode", "lambda:PublishVersion", "lambda:GetFunction"],
        }[access],
        arn("lambda", account, place, `function:${name}`),
      ),
    ],
  },
  repositories: {
    fields: {
      region,
      repository: {
        pattern: /^[a-z0-9]+([._/-][a-z0-9]+)*$/,
        says: "the whole name of a repository, in lower case",
      },
      access: oneOf(AwsImageAccess),
    },
    allow({ region: place, repository, access }, account) {
      const pull = ["BatchCheckLayerAvailability", "BatchGetImage", "GetDownloadUrlForLayer"];
      const push = ["InitiateLayerUpload", "UploadLayerPart", "CompleteLayerUpload", "PutImage"];
      return [
        allow(
          (access === "push" ? [...pull, ...push] : pull).map((action) => `ecr:${action}`),
          arn("ecr", account, place, `repository/${repository}`),
        ),
        // The registry's login belongs to no repository: AWS takes nothing but `*` here.
        { Effect: "Allow", Action: ["ecr:GetAuthorizationToken"], Resource: "*" },
      ];
    },
  },
};

const keysOf = Object.keys(kinds) as (keyof AwsGrants)[];
const kindOf = (key: keyof AwsGrants) => kinds[key] as Kind<unknown>;
const listOf = (grants: AwsGrants, key: keyof AwsGrants) =>
  (grants[key] ?? []).map((grant) => ({ ...grant })) as Record<string, unknown>[];

export function grantsProblem(grants: AwsGrants): Problem {
  return firstProblem(keysOf, (key) =>
    firstProblem(listOf(grants, key), (grant, index) =>
      firstProblem(Object.entries<Rule>(kindOf(key).fields), ([field, { pattern, says, optional }]) => {
        const value = grant[field];
        if (value === undefined && optional) return undefined;
        return typeof value === "string" && pattern.test(value)
          ? undefined
          : `grants.${key}[${index}].${field} must be ${says}, got ${shown(String(value))}.`;
      }),
    ),
  );
}

/** The grants as one policy, or nothing when there are none. Equal statements stand there once. */
export function grantsPolicy(grants: AwsGrants, account: Account): string | undefined {
  const statements = keysOf.flatMap((key) =>
    listOf(grants, key).flatMap((grant) => kindOf(key).allow(grant, account)),
  );
  const different = [
    ...new Map(statements.map((statement) => [JSON.stringify(statement), statement])).values(),
  ];
  return different.length === 0 ? undefined : JSON.stringify({ Version: "2012-10-17", Statement: different });
}
