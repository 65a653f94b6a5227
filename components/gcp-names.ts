import { shown, type Problem } from "./refusal";

/** What GCP calls its projects and roles, as every component that takes one of them checks it. */
export function projectIdProblem(argument: string, project: string): Problem {
  return /^([a-z0-9.-]+:)?[a-z][a-z0-9-]{4,28}[a-z0-9]$/.test(project)
    ? undefined
    : `${argument} must be a project's id, not its number or name, got ${shown(project)}.`;
}

const roleName = /^(roles|projects\/[a-z0-9.:-]+\/roles|organizations\/\d+\/roles)\/[A-Za-z0-9_.]+$/;
/** The basic roles, by their older and their newer names. */
const basicRole = /^roles\/(owner|editor|viewer|admin|writer|reader)$/;
/** Roles that make keys, tokens, accounts or rights. */
const accessMakers = [
  /^roles\/iam\.(?!.*viewer$|.*reviewer$)/i,
  /^roles\/resourcemanager\.(project|folder|organization|tag)\w*admin$/i,
  /^roles\/(storage\.hmacKeyAdmin|serviceusage\.apiKeysAdmin|orgpolicy\.policyAdmin|privilegedaccessmanager\.admin)$/,
];

/** Whether a role can make keys, tokens or rights of others, which stay when the role is taken away. */
export const makesAccess = (role: string) => accessMakers.some((pattern) => pattern.test(role));

export function roleNameProblem(argument: string, role: string): Problem {
  return roleName.test(role)
    ? undefined
    : `${argument} must be a role's whole name, for example roles/run.developer or ` +
        `projects/PROJECT/roles/ROLE, got ${shown(role)}.`;
}

/** Whether a role is for a task: of one service, and not Google's own. */
export function taskRoleProblem(argument: string, role: string): Problem {
  const problem = roleNameProblem(argument, role);
  if (problem !== undefined) return problem;
  if (basicRole.test(role))
    return `${argument} must not be a basic role, which reaches every service, got ${shown(role)}. Name the role of one service.`;
  return /serviceAgent$/i.test(role)
    ? `${argument} must not be a role of Google's own service agents, got ${shown(role)}. Name the role of one service.`
    : undefined;
}
