import { grantsPolicy, grantsProblem, type AwsGrants, type SecretGrant } from "../aws-grants";
import { regionProblem, roleArnPattern } from "../aws-names";
import { firstProblem, shown, type Problem } from "../refusal";

/** A service of ECS. */
export interface EcsServiceTarget {
  /** Its cluster's name. */
  cluster: string;
  /** Its name. */
  service: string;
  /** The family of its task definitions. */
  taskFamily: string;
  /** ARNs of the roles that its tasks run with. Without them a new task definition can't name them. */
  taskRoleArns: string[];
}

/** Puts out a new version of an application. */
export interface DeployTask {
  /** The region that it runs in. */
  region: string;
  /** Names of its Lambda functions: their code and versions, not their roles. Default: none. */
  functions?: string[] | undefined;
  /** Its services of ECS. Default: none. One function or service is required. */
  services?: EcsServiceTarget[] | undefined;
}

/** Signs in to a database of RDS or Aurora as one of its users. What that user may do is the database's to say. */
export interface DatabaseAdminTask {
  /** The region that the database is in. */
  region: string;
  /** The resource id of the database (`db-…`) or of the Aurora cluster (`cluster-…`). A name can be given to another one. */
  resourceId: string;
  /** The database's user. */
  user: string;
}

/** Reaches the API of one EKS cluster. What is allowed there is the cluster's to say, in access entries or RBAC. */
export interface ClusterOperationsTask {
  /** The region that the cluster is in. */
  region: string;
  /** The cluster's name. */
  cluster: string;
}

/** Reads secrets of Secrets Manager. */
export interface SecretsRetrievalTask {
  /** The secrets, by their whole names. At least one. */
  secrets: SecretGrant[];
}

/** Finds out what happened, and marks machines of one application for quarantine. */
export interface IncidentResponseTask {
  /** The region that the application runs in. */
  region: string;
  /** Names of log groups of CloudWatch Logs to read. At least one. */
  logGroups: string[];
  /**
   * The value of the tag `app` of the EC2 instances that may be given the tag `quarantine`: `true`. What then cuts them off
   * is an automation of the account's own. Default: none.
   */
  quarantinedApp?: string | undefined;
}

/** Pushes images into one repository, and reads what they are built from. */
export interface BuildAgentTask {
  /** The region that the repository is in. */
  region: string;
  /** The repository's name in ECR. */
  repository: string;
  /** The bucket with the artefacts. Default: none. */
  bucket?: string | undefined;
  /** Only objects whose keys begin so. It ends in `/`. Default: the whole bucket. */
  prefix?: string | undefined;
}

/** One of the usual tasks. Exactly one key is given. */
export interface AwsJitPreset {
  /** Puts out a new version of an application. */
  deploy?: DeployTask | undefined;
  /** Signs in to a database as its administrator. */
  databaseAdmin?: DatabaseAdminTask | undefined;
  /** Reaches the API of one EKS cluster. */
  clusterOperations?: ClusterOperationsTask | undefined;
  /** Reads named secrets. */
  secretsRetrieval?: SecretsRetrievalTask | undefined;
  /** Reads logs and CloudTrail, and marks machines for quarantine. */
  incidentResponse?: IncidentResponseTask | undefined;
  /** Pushes images, and reads artefacts. */
  buildAgent?: BuildAgentTask | undefined;
}

/** The policy that a preset makes. */
export const presetName = "preset";

interface Account {
  accountId: string;
  partition: string;
}
interface Statement {
  Effect: "Allow";
  Action: string[];
  Resource: string | string[];
  Condition?: Record<string, Record<string, string | string[]>>;
}
/** One preset: what is wrong with its task, the things that `grants` has words for, and the rest. */
interface Kind<Task> {
  problem?: (task: Task, account: Account) => Problem;
  grants?: (task: Task) => AwsGrants;
  allow?: (task: Task, account: Account) => Statement[];
}

const allow = (
  Action: string[],
  Resource: string | string[],
  Condition?: Statement["Condition"],
): Statement => ({
  Effect: "Allow",
  Action,
  Resource,
  ...(Condition && { Condition }),
});
const arn = (service: string, { partition, accountId }: Account, region: string, rest: string) =>
  `arn:${partition}:${service}:${region}:${accountId}:${rest}`;

/** A whole name: no pattern, no variable. */
function nameProblem(argument: string, pattern: RegExp, says: string, name: string): Problem {
  return pattern.test(name) ? undefined : `${argument} must be ${says}, got ${shown(name)}.`;
}

const ecsName = /^[\w-]{1,255}$/;

const kinds: { [Key in keyof AwsJitPreset]-?: Kind<NonNullable<AwsJitPreset[Key]>> } = {
  deploy: {
    problem: ({ functions = [], services = [] }, account) =>
      functions.length + services.length === 0
        ? "preset.deploy must name at least one of functions and services."
        : firstProblem(services, (service, index) =>
            serviceProblem(`preset.deploy.services[${index}]`, service, account),
          ),
    grants: ({ region, functions = [] }) => ({
      functions: functions.map((name) => ({ region, function: name, access: "deploy" })),
    }),
    allow: ({ region, services = [] }, account) => {
      if (services.length === 0) return [];
      const roles = [...new Set(services.flatMap(({ taskRoleArns }) => taskRoleArns))];
      return [
        allow(
          ["ecs:DescribeServices", "ecs:UpdateService"],
          services.map(({ cluster, service }) =>
            arn("ecs", account, region, `service/${cluster}/${service}`),
          ),
        ),
        allow(
          ["ecs:RegisterTaskDefinition"],
          services.map(({ taskFamily }) => arn("ecs", account, region, `task-definition/${taskFamily}:*`)),
        ),
        // AWS takes nothing but `*` for it.
        allow(["ecs:DescribeTaskDefinition"], "*", { StringEquals: { "aws:RequestedRegion": region } }),
        ...(roles.length === 0
          ? []
          : [
              allow(["iam:PassRole"], roles, {
                StringEquals: { "iam:PassedToService": "ecs-tasks.amazonaws.com" },
              }),
            ]),
      ];
    },
  },
  databaseAdmin: {
    problem: ({ resourceId, user }) =>
      nameProblem(
        "preset.databaseAdmin.resourceId",
        /^(db|cluster)-[A-Z0-9]{10,}$/,
        'a database\'s resource id, for example "db-ABCDEFGHIJKL01234"',
        resourceId,
      ) ??
      nameProblem(
        "preset.databaseAdmin.user",
        /^[\w.@-]{1,63}$/,
        "the whole name of a database's user",
        user,
      ),
    allow: ({ region, resourceId, user }, account) => [
      allow(["rds-db:connect"], arn("rds-db", account, region, `dbuser:${resourceId}/${user}`)),
    ],
  },
  clusterOperations: {
    problem: ({ cluster }) =>
      nameProblem(
        "preset.clusterOperations.cluster",
        /^[0-9A-Za-z][\w-]{0,99}$/,
        "the whole name of a cluster",
        cluster,
      ),
    allow: ({ region, cluster }, account) => [
      allow(
        ["eks:DescribeCluster", "eks:AccessKubernetesApi"],
        arn("eks", account, region, `cluster/${cluster}`),
      ),
    ],
  },
  secretsRetrieval: {
    problem: ({ secrets }) =>
      secrets.length === 0 ? "preset.secretsRetrieval.secrets must name at least one secret." : undefined,
    grants: ({ secrets }) => ({ secrets }),
  },
  incidentResponse: {
    problem: ({ logGroups, quarantinedApp }) =>
      (logGroups.length === 0
        ? "preset.incidentResponse.logGroups must name at least one log group."
        : firstProblem(logGroups, (group, index) =>
            nameProblem(
              `preset.incidentResponse.logGroups[${index}]`,
              /^[\w./#-]{1,512}$/,
              "the whole name of a log group",
              group,
            ),
          )) ??
      (quarantinedApp === undefined
        ? undefined
        : nameProblem(
            "preset.incidentResponse.quarantinedApp",
            /^[\w .:/=+@-]{1,256}$/,
            "the whole value of the tag app",
            quarantinedApp,
          )),
    allow: ({ region, logGroups, quarantinedApp }, account) => [
      allow(
        ["logs:FilterLogEvents", "logs:GetLogEvents", "logs:StartQuery"],
        logGroups.flatMap((group) => [
          arn("logs", account, region, `log-group:${group}`),
          arn("logs", account, region, `log-group:${group}:*`),
        ]),
      ),
      // AWS takes nothing but `*` for these.
      allow(["logs:GetQueryResults", "cloudtrail:LookupEvents"], "*", {
        StringEquals: { "aws:RequestedRegion": region },
      }),
      ...(quarantinedApp === undefined
        ? []
        : [
            allow(["ec2:CreateTags"], arn("ec2", account, region, "instance/*"), {
              StringEquals: { "aws:ResourceTag/app": quarantinedApp, "aws:RequestTag/quarantine": "true" },
              "ForAllValues:StringEquals": { "aws:TagKeys": ["quarantine"] },
            }),
          ]),
    ],
  },
  buildAgent: {
    problem: ({ bucket, prefix }) =>
      bucket === undefined && prefix !== undefined
        ? "preset.buildAgent.prefix must be left out without preset.buildAgent.bucket."
        : undefined,
    grants: ({ region, repository, bucket, prefix }) => ({
      repositories: [{ region, repository, access: "push" }],
      buckets: bucket === undefined ? [] : [{ bucket, prefix, access: "read" }],
    }),
  },
};

function serviceProblem(at: string, target: EcsServiceTarget, account: Account): Problem {
  const { taskRoleArns, ...names } = target;
  return (
    firstProblem(Object.entries(names), ([key, name]) =>
      nameProblem(`${at}.${key}`, ecsName, "a whole name of ECS", name),
    ) ??
    firstProblem(taskRoleArns, (role, index) =>
      roleArnPattern.test(role) && role.startsWith(`arn:${account.partition}:iam::${account.accountId}:`)
        ? undefined
        : `${at}.taskRoleArns[${index}] must be the ARN of one role of the account ${account.accountId}, got ${shown(role)}.`,
    )
  );
}

/** What is given, without its key's type: what belongs to it is found by the same key. */
function chosen(preset: AwsJitPreset) {
  return (Object.keys(kinds) as (keyof AwsJitPreset)[]).flatMap((key) => {
    const task: { region?: string; secrets?: SecretGrant[] } | undefined = preset[key];
    return task === undefined ? [] : [{ key, task, kind: kinds[key] as Kind<unknown> }];
  });
}

export function presetProblem(
  preset: AwsJitPreset | undefined,
  { accountId, partition = "aws" }: { accountId: string; partition?: string | undefined },
): Problem {
  if (preset === undefined) return undefined;
  const [one, ...others] = chosen(preset);
  if (one === undefined || others.length > 0)
    return (
      `preset must have exactly one of ${Object.keys(kinds).join(", ")}, ` +
      `got ${one === undefined ? "none" : [one, ...others].map(({ key }) => key).join(", ")}. A role is for one task.`
    );
  const { key, task, kind } = one;
  const granted = kind.grants && grantsProblem(kind.grants(task));
  return (
    (task.region === undefined ? undefined : regionProblem(task.region, `preset.${key}.region`)) ??
    kind.problem?.(task, { accountId, partition }) ??
    // The grants' own words for it, told by the preset that they come from.
    (granted === undefined ? undefined : granted.replace(/^grants\./, `preset.${key}: `))
  );
}

/** What the preset's task takes, as one policy. */
export function presetPolicy(preset: AwsJitPreset | undefined, account: Account): string | undefined {
  const [one] = chosen(preset ?? {});
  if (one === undefined) return undefined;
  const { task, kind } = one;
  const granted = grantsPolicy(kind.grants?.(task) ?? {}, account);
  const statements =
    granted === undefined ? [] : (JSON.parse(granted) as { Statement: Statement[] }).Statement;
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [...statements, ...(kind.allow?.(task, account) ?? [])],
  });
}
