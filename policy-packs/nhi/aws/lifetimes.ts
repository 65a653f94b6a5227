import { isoDuration, seconds } from "../duration";
import { session } from "../lifetime";
import type { Resource } from "../rule";
import type { Finding } from "../verdict";

/** AWS takes no shorter maximum for a role: what is shorter is asked for with each session. */
const leastOfRoles = 3600;

/** How long sessions of AWS live. */
export const awsLifetimes: Record<string, (resource: Resource) => Finding[]> = {
  "aws:iam/role:Role": session("maxSessionDuration", seconds, leastOfRoles),
  "aws:rolesanywhere/profile:Profile": session("durationSeconds", seconds),
  "aws:ssoadmin/permissionSet:PermissionSet": session("sessionDuration", isoDuration),
  "aws-native:iam:Role": session("maxSessionDuration", seconds, leastOfRoles),
  "aws-native:rolesanywhere:Profile": session("durationSeconds", seconds),
  "aws-native:sso:PermissionSet": session("sessionDuration", isoDuration),
};
