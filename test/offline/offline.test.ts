import { join } from "node:path";
import { createStack } from "../../tools/stack";
import { openTestEngine, type TestEngine } from "../support/engine";

let engine: TestEngine;
let stack: string[];
beforeAll(async () => {
  engine = await openTestEngine({ offline: true });
  stack = await createStack(engine.engine, join(__dirname, "program"), engine.folder);
}, 30 * 60_000);
afterAll(() => engine.close());

interface State {
  deployment: { resources: { type: string; id?: string; outputs?: Record<string, unknown> }[] };
}

async function exported(): Promise<State["deployment"]["resources"]> {
  const { output } = await engine.pulumi(["stack", "export", ...stack.slice(0, 4)]);
  return (JSON.parse(output) as State).deployment.resources;
}

const idOf = (resources: State["deployment"]["resources"], type: string) =>
  resources.find((resource) => resource.type === type)?.id;

it("previews without an account, and leaves unknown what the clouds leave unknown", async () => {
  const { code, output } = await engine.pulumi(["preview", ...stack]);
  expect(code).toBe(0);
  expect(output).toContain(`Outputs:
    account  : "123456789012"
    partition: "aws"
    project  : "offline-project"
    roleArn  : [unknown]
`);
}, 60_000);

it("applies with names, ids and ARNs of the right shape", async () => {
  const { code } = await engine.pulumi(["up", "--yes", "--skip-preview", ...stack]);
  expect(code).toBe(0);
  const resources = await exported();
  expect(idOf(resources, "aws:iam/role:Role")).toBe("named");
  expect(idOf(resources, "aws:iam/policy:Policy")).toMatch(
    /^arn:aws:iam::123456789012:policy\/pipelines\/read-[0-9a-f]{7}$/,
  );
  expect(idOf(resources, "aws:iam/openIdConnectProvider:OpenIdConnectProvider")).toBe(
    "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com",
  );
  expect(idOf(resources, "gcp:serviceaccount/account:Account")).toBe(
    "projects/offline-project/serviceAccounts/deploy@offline-project.iam.gserviceaccount.com",
  );
  expect(idOf(resources, "vault:index/policy:Policy")).toBe("read");
}, 60_000);

it("changes nothing when nothing has changed, and says what has", async () => {
  const same = await engine.pulumi(["preview", "--expect-no-changes", ...stack]);
  expect(same.code).toBe(0);
  const changed = await engine.pulumi(["preview", "--diff", ...stack], { env: { SESSION_SECONDS: "7200" } });
  expect(changed.output).toContain("~ maxSessionDuration: 3600 => 7200");
  const renamed = await engine.pulumi(["preview", "--diff", ...stack], { env: { ROLE_NAME: "other" } });
  expect(renamed.output).toContain("aws:iam/role:Role: (replace)");
}, 90_000);

it("says which question it can't answer", async () => {
  const { code, output } = await engine.pulumi(["preview", ...stack], { env: { ASK: "yes" } });
  expect(code).not.toBe(0);
  expect(output).toContain(
    "the offline aws provider can't answer aws:ec2/getVpc:getVpc: it knows no cloud. Pass the value in, or preview with the real provider.",
  );
}, 60_000);

it("takes everything away again", async () => {
  expect((await engine.pulumi(["destroy", "--yes", "--skip-preview", ...stack])).code).toBe(0);
  expect(((await exported()) as unknown[] | undefined) ?? []).toEqual([]);
}, 60_000);
