import { shown, type Problem } from "../refusal";
import { githubClaims, githubProblem, type GithubWorkload } from "./sources/github";

/** The jobs and programs that may sign in, one list for each place that they run in. */
export interface Workloads {
  /** Jobs of GitHub Actions on github.com. */
  github?: GithubWorkload[] | undefined;
}

/** A workload as its tokens show it. A source knows its issuer, a target compares these values and nothing else. */
export interface TokenClaims {
  /** The issuer's URL without `https://`. */
  issuer: string;
  /** Every form in which the issuer can write the subject of this workload. */
  subjects: string[];
  /** Further claims that must be equal. */
  claims: Record<string, string>;
  /** The claim whose value stays the same for as long as the workload exists. */
  identity: string;
  /** Claims that say which run it was, for the trail. */
  trail: string[];
}

export function workloadsProblem({ github }: Workloads, environment: string): Problem {
  if ((github ?? []).length === 0)
    return "workloads must list at least one workload. Add one to workloads.github.";
  return githubProblem(github ?? [], environment);
}

export function tokenClaims({ github }: Workloads): TokenClaims[] {
  return (github ?? []).map(githubClaims);
}

export function audienceProblem(audience: string): Problem {
  return /^[^\s*?,\p{C}]+$/u.test(audience) && !audience.includes("${")
    ? undefined
    : `audience must be one exact value, got ${shown(audience)}. Use what the job asks the issuer for.`;
}
