import { shown, type Problem } from "../../refusal";
import { formProblem, type Form } from "./exact";
import { each, type Source } from "./source";

/**
 * One environment of Pulumi ESC. Whoever may open it can use what it signs in to. It must be opened by its own name:
 * a stack that imports it asks with the subject of no environment at all.
 */
export interface PulumiEscWorkload {
  /** The organisation's name in Pulumi Cloud. */
  organization: string;
  /** The project of the environment. The one named `default` is refused: its audience is that of the whole organisation. */
  project: string;
  /** The environment's name in Pulumi ESC, which is not that of the metadata. */
  escEnvironment: string;
}

/** Pulumi ESC, with `fn::open::aws-login` and its like. */
export const pulumiEsc: Source<PulumiEscWorkload> = {
  title: "Pulumi ESC",
  problem: each(
    "pulumiEsc",
    ({ organization, project, escEnvironment }, where) =>
      formProblem(`${where}.organization`, organization, name) ??
      formProblem(`${where}.project`, project, name) ??
      formProblem(`${where}.escEnvironment`, escEnvironment, name) ??
      (project === "default"
        ? `${where}.project must not be "default", whose tokens name the organisation only. Move the environment to a project of its own.`
        : undefined),
  ),
  proof: ({ organization, project, escEnvironment }) => ({
    token: {
      issuer,
      subjects: [`pulumi:environments:org:${organization}:env:${project}/${escEnvironment}`],
      claims: {},
      awsClaims: [],
      audience: {
        aws: `aws:${organization}`,
        gcp: `gcp:${organization}`,
        vault: `vault:${organization}`,
      },
      choosesAudience: false,
      identity: "sub",
      trail: [],
    },
  }),
  examples: [{ organization: "octo", project: "shop", escEnvironment: "aws-production" }],
};

/** What Pulumi Deployments run. */
export const PulumiOperation = {
  /** Reads, on every change that somebody proposes. Give it a role of its own. */
  Preview: "preview",
  Update: "update",
  Refresh: "refresh",
  Destroy: "destroy",
} as const;
export type PulumiOperation = (typeof PulumiOperation)[keyof typeof PulumiOperation];

/** Deployments of one stack that run one operation. */
export interface PulumiDeploymentsWorkload {
  /** The organisation's name in Pulumi Cloud. */
  organization: string;
  /** The project's name. */
  project: string;
  /** The stack's name. */
  stack: string;
  /** What runs. At least one. `preview` runs what a pull request proposes, so it stands alone. */
  operations: PulumiOperation[];
}

/** Pulumi Deployments. */
export const pulumiDeployments: Source<PulumiDeploymentsWorkload> = {
  title: "Pulumi Deployments",
  problem: each(
    "pulumiDeployments",
    ({ organization, project, stack, operations }, where) =>
      formProblem(`${where}.organization`, organization, name) ??
      formProblem(`${where}.project`, project, name) ??
      formProblem(`${where}.stack`, stack, name) ??
      operationsProblem(`${where}.operations`, operations),
  ),
  proof: ({ organization, project, stack, operations }) => ({
    token: {
      issuer,
      subjects: operations.map(
        (operation) =>
          `pulumi:deploy:org:${organization}:project:${project}:stack:${stack}:operation:${operation}:scope:write`,
      ),
      claims: {},
      awsClaims: [],
      audience: { aws: organization, gcp: organization, vault: organization },
      choosesAudience: false,
      identity: "sub",
      trail: [],
    },
  }),
  examples: [
    {
      organization: "octo",
      project: "shop",
      stack: "production",
      operations: [PulumiOperation.Update, PulumiOperation.Refresh],
    },
  ],
};

const issuer = "api.pulumi.com/oidc";
const name: Form = { pattern: /^[\w.-]{1,100}$/, says: "its name (letters, digits, - _ and .)" };
const known: string[] = Object.values(PulumiOperation);

function operationsProblem(argument: string, operations: readonly string[]): Problem {
  if (operations.length === 0) return `${argument} must name at least one of ${known.join(", ")}.`;
  const wrong = operations.find((operation) => !known.includes(operation));
  if (wrong !== undefined) return `${argument} must be of ${known.join(", ")}, got ${shown(wrong)}.`;
  if (new Set(operations).size < operations.length) return `${argument} must name each operation once.`;
  return operations.length > 1 && operations.includes(PulumiOperation.Preview)
    ? `${argument} must not mix preview with what writes: pull requests run it. Give it a role of its own.`
    : undefined;
}
