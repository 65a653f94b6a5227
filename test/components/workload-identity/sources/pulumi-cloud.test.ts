import {
  pulumiDeployments,
  pulumiEsc,
  PulumiOperation,
  type PulumiDeploymentsWorkload,
  type PulumiEscWorkload,
} from "../../../../components/workload-identity/sources/pulumi-cloud";

const rest = { claims: {}, awsClaims: [], choosesAudience: false, identity: "sub", trail: [] };

describe("Pulumi ESC", () => {
  const workload: PulumiEscWorkload = { organization: "octo", project: "shop", escEnvironment: "aws-prod" };
  const problem = (change: Partial<PulumiEscWorkload>) =>
    pulumiEsc.problem([{ ...workload, ...change }], "production", "aws");

  it("shows the environment, with an audience of its organisation", () => {
    expect(pulumiEsc.proof(workload)).toEqual({
      token: {
        issuer: "api.pulumi.com/oidc",
        subjects: ["pulumi:environments:org:octo:env:shop/aws-prod"],
        audience: { aws: "aws:octo", gcp: "gcp:octo", vault: "vault:octo" },
        ...rest,
      },
    });
    expect(problem({})).toBeUndefined();
  });

  const name = (argument: string, got: string) =>
    `workloads.pulumiEsc[0].${argument} must be its name (letters, digits, - _ and .), got "${got}".`;
  it.each<[string, Partial<PulumiEscWorkload>, string]>([
    [
      "every environment",
      { escEnvironment: "*" },
      'workloads.pulumiEsc[0].escEnvironment must be exact, got "*". List each one as a workload of its own.',
    ],
    [
      "what a stack that imports environments says",
      { escEnvironment: "<yaml>" },
      name("escEnvironment", "<yaml>"),
    ],
    ["project and environment in one", { escEnvironment: "shop/aws" }, name("escEnvironment", "shop/aws")],
    [
      "an organisation that would add a part",
      { organization: "octo:env:x" },
      name("organization", "octo:env:x"),
    ],
    [
      "the default project",
      { project: "default" },
      'workloads.pulumiEsc[0].project must not be "default", whose tokens name the organisation only. ' +
        "Move the environment to a project of its own.",
    ],
  ])("refuses %s", (_, change, says) => {
    expect(problem(change)).toBe(says);
  });
});

describe("Pulumi Deployments", () => {
  const workload: PulumiDeploymentsWorkload = {
    organization: "octo",
    project: "shop",
    stack: "production",
    operations: [PulumiOperation.Update, PulumiOperation.Destroy],
  };
  const problem = (change: Partial<PulumiDeploymentsWorkload>) =>
    pulumiDeployments.problem([{ ...workload, ...change }], "production", "aws");

  it("shows the stack, with each operation", () => {
    expect(pulumiDeployments.proof(workload)).toEqual({
      token: {
        issuer: "api.pulumi.com/oidc",
        subjects: [
          "pulumi:deploy:org:octo:project:shop:stack:production:operation:update:scope:write",
          "pulumi:deploy:org:octo:project:shop:stack:production:operation:destroy:scope:write",
        ],
        audience: { aws: "octo", gcp: "octo", vault: "octo" },
        ...rest,
      },
    });
    expect(problem({})).toBeUndefined();
    expect(problem({ operations: [PulumiOperation.Preview] })).toBeUndefined();
  });

  const at = "workloads.pulumiDeployments[0]";
  it.each<[string, Partial<PulumiDeploymentsWorkload>, string]>([
    [
      "every stack",
      { stack: "*" },
      `${at}.stack must be exact, got "*". List each one as a workload of its own.`,
    ],
    [
      "no operation",
      { operations: [] },
      `${at}.operations must name at least one of preview, update, refresh, destroy.`,
    ],
    [
      "every operation",
      { operations: ["*" as PulumiOperation] },
      `${at}.operations must be of preview, update, refresh, destroy, got "*".`,
    ],
    [
      "an operation twice",
      { operations: [PulumiOperation.Update, PulumiOperation.Update] },
      `${at}.operations must name each operation once.`,
    ],
    [
      "what pull requests run, beside what writes",
      { operations: [PulumiOperation.Update, PulumiOperation.Preview] },
      `${at}.operations must not mix preview with what writes: pull requests run it. Give it a role of its own.`,
    ],
  ])("refuses %s", (_, change, says) => {
    expect(problem(change)).toBe(says);
  });
});
