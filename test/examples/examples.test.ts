import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createStack } from "../../tools/stack";
import { openTestEngine, type TestEngine } from "../support/engine";

const root = join(__dirname, "../..");
const pack = ["--policy-pack", join(root, "policy-packs", "nhi")];
let engine: TestEngine;
beforeAll(async () => {
  engine = await openTestEngine({ offline: true });
}, 30 * 60_000);
afterAll(() => engine.close());

const stackOf = (example: string) => createStack(engine.engine, join(root, example), engine.folder);
const mapsTo =
  "Maps to NHI-03 (official: OWASP NHI7:2025 Long-Lived Secrets) and PR.AC-4 (CSF 1.1; CSF 2.0: PR.AA-05).";

describe("examples/blocked-static-key", () => {
  it("is stopped, and each of its three credentials is named with what to use instead", async () => {
    const { code, output } = await engine.pulumi([
      "preview",
      ...pack,
      ...(await stackOf("examples/blocked-static-key")),
    ]);
    expect(code).not.toBe(0);
    const violations = output.match(/\[no-static[^\n]*/g) ?? [];
    expect(violations.sort()).toEqual([
      `[no-static-keys] aws:iam/accessKey:AccessKey "deploy": it is a static key. Fix: Use an AWS role that the machine assumes with its own OIDC token or certificate. ${mapsTo} Docs: policy-packs/nhi/docs/no-static-keys.md`,
      `[no-static-keys] gcp:serviceaccount/key:Key "deploy": it is a static key. Fix: Use a workload identity pool, and bind the machine's principal to the resource. ${mapsTo} Docs: policy-packs/nhi/docs/no-static-keys.md`,
      `[no-static-provider-credentials] pulumi:providers:vault "vault": token is a stored credential. Fix: Use authLoginJwt with the job's own token, or leave VAULT_TOKEN to a short login step before the deployment. ${mapsTo} Docs: policy-packs/nhi/docs/no-static-provider-credentials.md`,
    ]);
    expect(output.match(/\[mandatory\]/g)).toHaveLength(3);
    expect(output).not.toContain("a-token-in-the-configuration");
  }, 120_000);

  it("makes nothing of what is refused", async () => {
    const stack = await stackOf("examples/blocked-static-key");
    const { code } = await engine.pulumi(["up", "--yes", "--skip-preview", ...pack, ...stack]);
    expect(code).not.toBe(0);
    const { output } = await engine.pulumi(["stack", "export", ...stack.slice(0, 4)]);
    expect(output).not.toMatch(/"type": "(aws|gcp|vault|pulumi:providers:vault)/);
  }, 120_000);

  it("passes without the pack: it is the pack that stops it", async () => {
    const { code } = await engine.pulumi(["preview", ...(await stackOf("examples/blocked-static-key"))]);
    expect(code).toBe(0);
  }, 120_000);
});

describe("examples/github-to-aws", () => {
  it("passes the pack through its whole life: made, unchanged, changed, taken away", async () => {
    const stack = await stackOf("examples/github-to-aws");
    const preview = await engine.pulumi(["preview", ...pack, ...stack]);
    // The example has no trail of its own, and an organisation usually has one: the pack can't know that.
    expect(preview.output.match(/\[[a-z-]+\] \S+ "[^"]+"/g)).toEqual([
      '[identities-are-audited] pulumi:pulumi:Stack "the stack"',
    ]);
    expect(preview.output).not.toContain("[mandatory]");
    // Every document is known before anything exists.
    expect(preview.output).toContain('roleArn: "arn:aws:iam::123456789012:role/deploy"');
    expect(preview.code).toBe(0);

    const up = await engine.pulumi(["up", "--yes", "--skip-preview", ...pack, ...stack]);
    expect(up.code).toBe(0);
    expect((await engine.pulumi(["preview", "--expect-no-changes", ...pack, ...stack])).code).toBe(0);

    await engine.pulumi(["config", "set", "accountId", "210987654321", ...stack]);
    const moved = await engine.pulumi(["up", "--yes", "--skip-preview", "--diff", ...pack, ...stack]);
    expect(moved.code).toBe(0);
    expect(moved.output).toContain("oidc-provider/token.actions.githubusercontent.com");
    expect((await engine.pulumi(["destroy", "--yes", "--skip-preview", ...stack])).code).toBe(0);
  }, 180_000);
});

describe.each([
  ["gitlab-to-aws", "deploy", "oidc-provider/gitlab.com"],
  ["kubernetes-to-aws", "orders", "oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/"],
  ["saas-to-aws", "acme-scanner", "arn:aws:iam::464622532012:role/scanner"],
])("examples/%s", (example, role, principal) => {
  it("passes the pack, with its trust known before anything exists, and stays as it is", async () => {
    const stack = await stackOf(`examples/${example}`);
    const preview = await engine.pulumi(["preview", "--diff", ...pack, ...stack]);
    expect(preview.output.match(/\[[a-z-]+\] \S+ "[^"]+"/g)).toEqual([
      '[identities-are-audited] pulumi:pulumi:Stack "the stack"',
    ]);
    expect(preview.output).not.toContain("[mandatory]");
    expect(preview.output).toContain(principal);
    expect(preview.output).toContain(`"arn:aws:iam::123456789012:role/${role}"`);
    expect(preview.code).toBe(0);

    expect((await engine.pulumi(["up", "--yes", "--skip-preview", ...pack, ...stack])).code).toBe(0);
    expect((await engine.pulumi(["preview", "--expect-no-changes", ...pack, ...stack])).code).toBe(0);
    expect((await engine.pulumi(["destroy", "--yes", "--skip-preview", ...stack])).code).toBe(0);
  }, 180_000);
});

describe.each([
  ["github-to-gcp", "deploy-4986aa", "repo:octo@123456/app@4567"],
  ["hcp-terraform-to-gcp", "terraform-e5a52d", "org-GRNbCjYNpBB6NEH9:w"],
  ["aws-to-gcp", "orders-f48da4", "210987654321:orders"],
])("examples/%s", (example, provider, subject) => {
  it("passes the pack, with every principal and condition known before anything exists", async () => {
    const stack = await stackOf(`examples/${example}`);
    const preview = await engine.pulumi(["preview", "--diff", ...pack, ...stack]);
    expect(preview.output.match(/\[[a-z-]+\] \S+ "[^"]+"/g)).toEqual([
      '[identities-are-audited] pulumi:pulumi:Stack "the stack"',
    ]);
    expect(preview.output).not.toContain("[mandatory]");
    const pool = "projects/123456789012/locations/global/workloadIdentityPools/production";
    // The screen shows 150 characters of it.
    expect(preview.output).toContain(
      `"principal://iam.googleapis.com/${pool}/subject/${provider}:${subject}`,
    );
    expect(preview.output).toContain(`"${pool}/providers/${provider}"`);
    // What the README says to copy is that.
    const readme = readFileSync(join(root, "examples", example, "README.md"), "utf8");
    expect(readme).toContain(`${pool}/providers/${provider}`);
    expect(preview.code).toBe(0);

    expect((await engine.pulumi(["up", "--yes", "--skip-preview", ...pack, ...stack])).code).toBe(0);
    expect((await engine.pulumi(["preview", "--expect-no-changes", ...pack, ...stack])).code).toBe(0);
    expect((await engine.pulumi(["destroy", "--yes", "--skip-preview", ...stack])).code).toBe(0);
  }, 180_000);
});

describe.each([
  ["audit-on-aws", []],
  ["audit-on-gcp", []],
  ["database-by-iam", []],
  ["rotated-secret", []],
  // The server has its audit devices from another stack.
  ["vault-clouds", ['[identities-are-audited] pulumi:pulumi:Stack "the stack"']],
])("examples/%s", (example, said) => {
  it("passes the pack, and stays as it is", async () => {
    const stack = await stackOf(`examples/${example}`);
    const preview = await engine.pulumi(["preview", ...pack, ...stack]);
    expect(preview.output.match(/\[[a-z-]+\] \S+ "[^"]+"/g) ?? []).toEqual(said);
    expect(preview.output).not.toContain("[mandatory]");
    expect(preview.code).toBe(0);

    expect((await engine.pulumi(["up", "--yes", "--skip-preview", ...pack, ...stack])).code).toBe(0);
    expect((await engine.pulumi(["preview", "--expect-no-changes", ...pack, ...stack])).code).toBe(0);
    expect((await engine.pulumi(["destroy", "--yes", "--skip-preview", ...stack])).code).toBe(0);
  }, 180_000);
});

describe("the root", () => {
  it("previews the quickstart, with the pack, without configuration and without an account", async () => {
    const { code, output } = await engine.pulumi(["preview", ...pack, ...(await stackOf("."))]);
    expect(output).not.toContain("Policy Violations");
    expect(output).toMatch(/Policies:\s+✅ pulumi-nhi/);
    expect(output).toContain('migrate: "orders/creds/migrate"');
    expect(code).toBe(0);
  }, 120_000);
});
