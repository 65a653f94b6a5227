import { shown, type Problem } from "../refusal";
import type { Proof, TokenClaims } from "./proof";
import { github, type GithubWorkload } from "./sources/github";
import type { Source } from "./sources/source";

/** The jobs and programs that may sign in, one list for each place that they run in. */
export interface Workloads {
  /** Jobs of GitHub Actions on github.com. */
  github?: GithubWorkload[] | undefined;
}

type Sources = { [Key in keyof Workloads]-?: Source<NonNullable<Workloads[Key]>[number]> };

/** Every source by its key in `workloads`, in the order of the documentation. */
export const sources: Sources = { github };

/** The targets that a workload can sign in at. */
export type Target = "aws" | "gcp" | "vault";

const keys = Object.keys(sources) as (keyof Workloads)[];

/** What is wrong with the workloads of a component for `target` whose metadata names `environment`. */
export function workloadsProblem(workloads: Workloads, environment: string, target: Target): Problem {
  const listed = keys.filter((key) => (workloads[key] ?? []).length > 0);
  if (listed.length === 0)
    return "workloads must list at least one workload. Add one to workloads.github or another source's list.";
  for (const key of listed) {
    const source = sources[key] as Source<unknown>;
    const reason = source.not?.[target];
    if (reason !== undefined) return `workloads.${key} must be empty here: ${reason}`;
    const problem = source.problem(workloads[key] ?? [], environment);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** What each workload can show, in the order of the sources and of their lists. */
export function proofsOf(workloads: Workloads): Proof[] {
  return keys.flatMap((key) =>
    (workloads[key] ?? []).map((workload, index) => ({
      where: `workloads.${key}[${index}]`,
      ...(sources[key] as Source<unknown>).proof(workload),
    })),
  );
}

/** The audience that a workload asks its issuer for: the component's argument, the issuer's own, or the target's. */
export function audienceOf(
  token: TokenClaims,
  target: Target,
  asked: string | undefined,
): string | undefined {
  return (token.choosesAudience ? asked : undefined) ?? token.audience[target];
}

export function audienceProblem(audience: string): Problem {
  return /^[^\s*?,\p{C}]+$/u.test(audience) && !audience.includes("${")
    ? undefined
    : `audience must be one exact value, got ${shown(audience)}. Use what the job asks the issuer for.`;
}
