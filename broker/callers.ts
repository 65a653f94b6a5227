import type { Caller } from "./grant";
import type { Settings } from "./settings";

/**
 * The role whose grant this caller's own session is, or nothing. Such a caller is somebody's grant: letting it ask
 * would let rights be passed on.
 */
export function roleOfGrant({ id }: Caller, { roles }: Settings): string | undefined {
  return Object.values(roles).find(({ aws, gcp }) => id === aws?.roleArn || id === gcp?.serviceAccount)?.name;
}

/**
 * Who an AWS session is. The name of a session is chosen by whoever opens it, so all sessions of a role are one
 * caller; only IAM Identity Center gives its sessions the names of its users.
 *
 * `arn:aws:sts::123456789012:assumed-role/ci/run-7` is `arn:aws:iam::123456789012:role/ci`, without the role's path,
 * which a session's ARN does not have.
 */
export function awsCaller(arn: string): Caller | undefined {
  const [, partition = "", account = "", name = "", session = ""] =
    /^arn:(aws[a-z-]*):sts::(\d{12}):assumed-role\/([\w+=,.@-]{1,64})\/([\w+=,.@-]{2,64})$/.exec(arn) ?? [];
  if (account === "") return undefined;
  const role = `arn:${partition}:iam::${account}:role/${name}`;
  return name.startsWith("AWSReservedSSO_")
    ? { id: `${role}/${session}`, tenant: account, kind: "human", claims: { role, session } }
    : { id: role, tenant: account, kind: "workload", claims: { role } };
}
