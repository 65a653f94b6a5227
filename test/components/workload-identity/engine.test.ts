import { join } from "node:path";
import { createStack } from "../../../tools/stack";
import { openTestEngine, type TestEngine } from "../../support/engine";

interface Step {
  newState: { type: string; inputs?: Record<string, unknown> };
}

/** How the CLI writes what it does not know. */
const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

let engine: TestEngine;
let steps: Step[];
beforeAll(async () => {
  engine = await openTestEngine({ offline: true });
  const stack = await createStack(engine.engine, join(__dirname, "program"), engine.folder);
  const { code, output } = await engine.pulumi(["preview", "--json", ...stack]);
  if (code !== 0) throw new Error(output);
  ({ steps } = JSON.parse(output) as { steps: Step[] });
}, 30 * 60_000);
afterAll(() => engine.close());

const inputsOf = (type: string) =>
  steps.filter(({ newState }) => newState.type === type).map(({ newState }) => newState.inputs ?? {});

it("knows both trust policies at preview, when the boundary beside them is not known", () => {
  const roles = inputsOf("aws:iam/role:Role");
  expect(roles.map(({ permissionsBoundary }) => permissionsBoundary)).toEqual([unknown, unknown]);
  for (const { assumeRolePolicy } of roles)
    expect(JSON.parse(String(assumeRolePolicy))).toMatchObject({ Version: "2012-10-17" });
});

it("knows condition and principal at preview, when the bucket is not known", () => {
  const [provider] = inputsOf("gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider");
  expect(provider?.attributeCondition).toContain("assertion.repository_id == '456789'");
  const members = inputsOf("gcp:storage/bucketIAMMember:BucketIAMMember");
  expect(members.length).toBeGreaterThan(0);
  for (const { bucket, member } of members)
    expect([
      bucket,
      String(member).startsWith("principal://iam.googleapis.com/projects/123456789012/"),
    ]).toEqual([unknown, true]);
});

it("knows a role's claims at preview, when mount and policies are not known", () => {
  const [role] = inputsOf("vault:jwt/authBackendRole:AuthBackendRole");
  expect([role?.backend, role?.tokenPolicies]).toEqual([unknown, [unknown, unknown]]);
  expect(role?.boundClaims).toMatchObject({ repository_id: "456789", repository_owner_id: "123456" });
});

it("makes one provider for an issuer that is asked for twice", () => {
  expect(inputsOf("aws:iam/openIdConnectProvider:OpenIdConnectProvider")).toHaveLength(1);
});
