import { join } from "node:path";
import { createStack } from "../../tools/stack";
import { openTestEngine, type TestEngine } from "../support/engine";

interface Step {
  op: string;
  newState: { type: string; inputs?: unknown };
}
interface State {
  deployment: { resources: { type: string; inputs?: unknown; outputs?: unknown }[] };
}

let engine: TestEngine;
let stack: string[];
beforeAll(async () => {
  engine = await openTestEngine({ offline: true });
  stack = await createStack(engine.engine, join(__dirname, "program"), engine.folder);
}, 30 * 60_000);
afterAll(() => engine.close());

const preview = async (env: Record<string, string>) => {
  const { code, output } = await engine.pulumi(["preview", ...stack], { env });
  const [, diagnostics = ""] = output.split("Diagnostics:\n");
  return { code, output, diagnostics: diagnostics.split("\n\n")[0] };
};

it("a refusal is one line on the screen, and nothing of the component is registered", async () => {
  const { code, output, diagnostics } = await preview({ BRANCH: "release/*" });
  expect(code).not.toBe(0);
  expect(diagnostics).toMatch(
    /^ {2}pulumi:pulumi:Stack \(components-.*\):\n {4}error: VaultFederatedRole "migration": workloads\.github\[0\]\.branch must be exact, got "release\/\*"\. List each one as a workload of its own\.$/,
  );
  expect(output).not.toContain("nhi:index:VaultFederatedRole");
}, 60_000);

it("what is known later is refused on one line too, before it is made", async () => {
  const { code, output, diagnostics } = await preview({ GRANT: "everything" });
  expect(code).not.toBe(0);
  expect(diagnostics).toMatch(
    /^ {2}pulumi:pulumi:Stack \(components-.*\):\n {4}error: error serializing property "policy": AwsFederatedRole "deploy": inlinePolicies\[0\]\.policy must not allow every action on every resource\. Name the actions and resources that the task needs\.$/,
  );
  expect(output).not.toContain("deploy-later");
}, 60_000);

it("a preview knows every document, name and path", async () => {
  const { code, output } = await engine.pulumi(["preview", "--json", ...stack]);
  expect(code).toBe(0);
  const { steps } = JSON.parse(output) as { steps: Step[] };
  const types = steps.map(({ newState }) => newState.type);
  expect(types.filter((type) => type.startsWith("nhi:index:"))).toHaveLength(6);
  expect(types.filter((type) => !/^(nhi|pulumi):/.test(type))).toHaveLength(17);
  // How the CLI writes what it does not know.
  const inputs = JSON.stringify(steps.map(({ newState }) => newState.inputs));
  expect(inputs).not.toContain("04da6b54-80e4-46f7-96ec-b56ff0331ba9");
  // The role does not exist yet, and what names it can be checked already.
  expect((await preview({})).output).toContain('roleArn: "arn:aws:iam::123456789012:role/jit"');
}, 60_000);

it("the state has the bootstrap password encrypted only, and the metadata of every component", async () => {
  expect((await engine.pulumi(["up", "--yes", "--skip-preview", ...stack])).code).toBe(0);
  const { output } = await engine.pulumi(["stack", "export", ...stack.slice(0, 4)]);
  expect(output).not.toContain("canary-of-the-bootstrap");
  const revealed = await engine.pulumi(["stack", "export", "--show-secrets", ...stack.slice(0, 4)]);
  expect(revealed.output).toContain("canary-of-the-bootstrap");

  const { resources } = (JSON.parse(output) as State).deployment;
  const components = resources.filter(({ type }) => type.startsWith("nhi:index:"));
  expect(components).toHaveLength(6);
  for (const { inputs } of components) expect(inputs).toMatchObject({ metadata: { owner: "team-orders" } });
  const connection = resources.find(({ type }) => type.endsWith(":SecretBackendConnection"));
  expect(connection?.outputs).toMatchObject({ postgresql: { ciphertext: expect.any(String) as string } });
}, 60_000);
