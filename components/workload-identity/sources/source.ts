import { firstProblem, type Problem } from "../../refusal";
import type { Proof } from "../proof";

/** The targets that a workload can sign in at. */
export type Target = "aws" | "gcp" | "vault";

/** Where workloads run: what its list in `workloads` takes, and what such a workload can show. */
export interface Source<Workload> {
  /** As it is called by those who run it: `GitHub Actions`. */
  title: string;
  /**
   * Checks the list, `workloads.<key>`, of a component for `target` whose metadata names `environment`. The environment
   * is compared where the issuer puts one into its token. Elsewhere there is nothing to compare it with.
   */
  problem(workloads: readonly Workload[], environment: string, target: Target): Problem;
  /** What a workload that passed the checks can show. Pure. */
  proof(workload: Workload): Omit<Proof, "where">;
  /** Workloads as one would write them, for the matrix in the documentation. */
  examples: readonly Workload[];
  /** Why workloads from here can't sign in at a target, where they can't, and what to use instead. One or two sentences. */
  not?: { aws?: string; gcp?: string; vault?: string };
}

/** The check of a list in which each workload stands for itself. */
export function each<Workload>(
  key: string,
  check: (workload: Workload, where: string, target: Target, environment: string) => Problem,
): Source<Workload>["problem"] {
  return (workloads, environment, target) =>
    firstProblem(workloads, (workload, index) =>
      check(workload, `workloads.${key}[${index}]`, target, environment),
    );
}
