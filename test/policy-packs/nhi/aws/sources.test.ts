import { AwsFederatedRole, NhiKind, type AwsFederatedRoleArgs } from "pulumi-nhi";
import { sources, workloadsProblem } from "../../../../components/workload-identity/workloads";
import { trustFindings } from "../../../../policy-packs/nhi/aws/trust";
import { registeredBy } from "../../../support/mocks";

const args: Omit<AwsFederatedRoleArgs, "workloads"> = {
  metadata: {
    owner: "team-web",
    purpose: "publish the website",
    environment: "production",
    kind: NhiKind.ThirdParty,
    vendor: "Acme",
    reviewBy: "2027-06-30",
  },
  accountId: "123456789012",
  expires: "2027-12-31",
};

const taken = Object.entries(sources)
  .flatMap(([key, { examples }]) =>
    examples.map((example, index) => ({ name: `${key}[${index}]`, workloads: { [key]: [example] } })),
  )
  .filter(({ workloads }) => workloadsProblem(workloads, "production", "aws") === undefined);

async function trustIn(workloads: AwsFederatedRoleArgs["workloads"]): Promise<string> {
  const [role] = await registeredBy(() => new AwsFederatedRole("deploy", { ...args, workloads }), {
    preview: true,
  });
  return (role?.inputs as { assumeRolePolicy: string }).assumeRolePolicy;
}

it.each(taken)("the pack finds nobody else let in by a trust in $name", async ({ workloads }) => {
  expect(trustFindings("assumeRolePolicy", await trustIn(workloads))).toEqual([]);
});

const withToken = taken.filter(({ name }) => !name.startsWith("thirdParty"));

it.each(withToken)("and finds others without the conditions on $name", async ({ workloads }) => {
  const loose = (await trustIn(workloads)).replaceAll(/"Condition":\{.*?\}\}/g, '"Condition":{}');
  expect(trustFindings("assumeRolePolicy", loose)).toEqual([expect.objectContaining({ verdict: "fail" })]);
});
