import type { Problem } from "../../refusal";
import type { Proof } from "../proof";

/** Where workloads run: what its list in `workloads` takes, and what such a workload can show. */
export interface Source<Workload> {
  /** As it is called by those who run it: `GitHub Actions`. */
  title: string;
  /** Checks the list, `workloads.<key>`, of a component whose metadata names `environment`. */
  problem(workloads: readonly Workload[], environment: string): Problem;
  /** What a workload that passed the checks can show. Pure. */
  proof(workload: Workload): Omit<Proof, "where">;
  /** Workloads as one would write them, for the matrix in the documentation. */
  examples: readonly Workload[];
  /** Why workloads from here can't sign in at a target, where they can't, and what to use instead. One or two sentences. */
  not?: { aws?: string; gcp?: string; vault?: string };
}
