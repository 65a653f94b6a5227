import { rmSync } from "node:fs";
import { builtNhi, nhi } from "./run";
import { exported, key, newFolder, role, urnOf } from "./state";

const { folder, write } = newFolder();
afterAll(() => rmSync(folder, { recursive: true }));

// What only a real estate can have right: a trail, and a day of review that is near.
const audited = { "identities-are-audited": "disabled", "identities-are-reviewed": "disabled" };
const settings = (config: object = {}) => [
  "--settings",
  write("settings.json", JSON.stringify({ ...audited, ...config })),
];
const secretKey = "4dabf18193072939515e22adb298388d";
const secret = (how: object) => ({ [secretKey]: "1b47061264138c4ac30d75fd1eb44270", ...how });
/** `nhi audit` of these files, as JSON. */
async function judged(files: string[], config?: object) {
  const { code, out, err } = await nhi(["audit", "--json", "--state", ...files, ...settings(config)]);
  return { code, err, ...(JSON.parse(out) as { findings: Record<string, string>[]; checks: number }) };
}

it("says what blocks, what advises and what could not be decided, by rule and with the fix", async () => {
  const file = write(
    "prod.json",
    exported("prod", [
      key,
      role("night", { maxSessionDuration: 43200 }),
      role("later", { assumeRolePolicy: "04da6b54-80e4-46f7-96ec-b56ff0331ba9" }),
    ]),
  );
  const { code, out, err } = await nhi(["audit", "--state", file, ...settings()]);
  expect({ code, err }).toEqual({ code: 1, err: "" });
  expect(out).toBe(`no-static-keys  (critical)  No machine holds a key that does not end by itself.
  blocks: aws:iam/accessKey:AccessKey "ci": it is a static key.  (shop/prod)
  Fix: Use an AWS role that the machine assumes with its own OIDC token or certificate.
  More: nhi explain no-static-keys

sessions-are-short  (high)  A session, a token and a lease end soon after the task that they are for.
  blocks: aws:iam/role:Role "night": maxSessionDuration is 43200 seconds, and may be at most 3600 seconds.  (shop/prod)
  Fix: Set the time that the task needs, and let a longer task ask again.
  More: nhi explain sessions-are-short

federated-trust-is-bounded  (critical)  A role that trusts an issuer's tokens lets in the workloads that it names, and nobody else.
  undecided: aws:iam/role:Role "later": assumeRolePolicy is not known yet.  (shop/prod)
  More: nhi explain federated-trust-is-bounded

1 stack, 3 resources, 22 checks: 2 block, 0 advise, 0 stay for a while.
1 check could not be decided.
`);
});

it("passes what is clean", async () => {
  const file = write("clean.json", exported("prod", [role("short", { maxSessionDuration: 900 })]));
  const { code, out } = await nhi(["audit", "--state", file, ...settings()]);
  expect(out).toBe("1 stack, 1 resource, 13 checks: 0 block, 0 advise, 0 stay for a while.\n");
  expect(code).toBe(0);
});

describe("a secret in the state", () => {
  const canary = "canary-3f9ac2";
  const provider = (token: unknown) => ({ type: "pulumi:providers:vault", name: "vault", inputs: { token } });

  it.each([
    { name: "in plain text", token: canary },
    { name: "shown by --show-secrets", token: secret({ plaintext: JSON.stringify(canary) }) },
  ])("is judged and never shown: $name", async ({ token }) => {
    const file = write("secret.json", exported("prod", [provider(token)]));
    for (const args of [[], ["--json"]]) {
      const { code, out, err } = await nhi(["audit", "--state", file, ...settings(), ...args]);
      expect(code).toBe(1);
      expect(out).toContain("no-static-provider-credentials");
      expect(out + err).not.toContain(canary);
    }
  });

  it("could be anything as ciphertext: what it decides is undecided", async () => {
    const token = secret({ ciphertext: "v1:abc:def" });
    const file = write("secret.json", exported("prod", [role("r", { assumeRolePolicy: token })]));
    const { code, findings } = await judged([file]);
    expect(code).toBe(0);
    expect(findings.map(({ rule, status }) => `${rule} ${status}`)).toEqual([
      "federated-trust-is-bounded undetermined",
    ]);
  });

  it("is not shown where a file breaks in the middle of it", async () => {
    const file = write("broken.json", exported("prod", [provider(canary)]).slice(0, -60));
    const { code, out, err } = await nhi(["audit", "--state", file]);
    expect(code).toBe(3);
    expect(out + err).not.toContain(canary);
  });
});

it("blocks with its own code where only what could not be decided blocks", async () => {
  const file = write(
    "unknown.json",
    exported("prod", [role("r", { assumeRolePolicy: secret({ ciphertext: "v1:" }) })]),
  );
  expect((await judged([file], { settings: { strictUnknown: ["prod"] } })).code).toBe(2);
  expect((await judged([file], { settings: { strictUnknown: ["dev"] } })).code).toBe(0);
});

it("leaves out what is about to go, and reads a file that a backend keeps", async () => {
  const gone = exported("prod", [{ ...key, delete: true }]);
  expect((await judged([write("gone.json", gone)])).code).toBe(0);
  const { deployment } = JSON.parse(exported("prod", [key])) as { deployment: object };
  const kept = JSON.stringify({ version: 3, checkpoint: { stack: "prod", latest: deployment } });
  expect((await judged([write("kept.json", kept)])).code).toBe(1);
});

it("tells two resources of one name apart", async () => {
  const twins = ["a:b:Team$", "a:b:Other$"].map((parent) => ({
    ...key,
    urn: `urn:pulumi:prod::shop::${parent}${key.type}::ci`,
  }));
  const { findings } = await judged([write("twins.json", exported("prod", twins))]);
  expect(findings.map(({ urn }) => urn)).toEqual(twins.map(({ urn }) => urn));
});

it.each([
  { name: "an empty file", text: "", says: "is empty. `pulumi stack export > FILE` writes a state." },
  {
    name: "half a file",
    text: '{"version":3,"deplo',
    says: "is no whole JSON: it ends in the middle. Export the stack again with `pulumi stack export`.",
  },
  {
    name: "no JSON",
    text: "{version: 3}",
    says: "is no JSON. Export the stack again with `pulumi stack export`.",
  },
  {
    name: "a list",
    text: "[]",
    says: 'is JSON, and no exported state: it has no "deployment". `pulumi stack export > FILE` writes one.',
  },
  {
    name: "a state of Terraform's",
    text: '{"version":4,"terraform_version":"1.9.0","resources":[]}',
    says: 'is JSON, and no exported state: it has no "deployment". `pulumi stack export > FILE` writes one.',
  },
  {
    name: "a version of another time",
    text: '{"version":9,"deployment":{}}',
    says: "is a state of the version 9; 3 and 4 can be read. Export it with a newer `pulumi`.",
  },
  {
    name: "resources that are no list",
    text: '{"version":3,"deployment":{"resources":{}}}',
    says: ": deployment.resources must be a list, and is none. Export the stack again.",
  },
  {
    name: "a resource without a URN",
    text: '{"version":3,"deployment":{"resources":[{"type":"a:b:C"}]}}',
    says: ": deployment.resources[0] must have a type and a URN, and has not. Export the stack again.",
  },
])("names $name in one line", async ({ text, says }) => {
  const file = write("bad.json", text);
  const { code, out, err } = await nhi(["audit", "--state", file]);
  expect(err).toBe(says.startsWith(":") ? `${file}${says}\n` : `${file} ${says}\n`);
  expect(out).toBe(
    "0 stacks, 0 resources, 0 checks: 0 block, 0 advise, 0 stay for a while.\nNot judged: 1.\n",
  );
  expect(code).toBe(3);
});

it.each([
  {
    name: "no file",
    args: [],
    says: "Name what to judge: --state FILE… as `pulumi stack export` writes it, --stack NAME… or --all-stacks.",
  },
  {
    name: "settings that are missing",
    args: ["--state", "x", "--settings", "/missing.json"],
    says: "/missing.json can't be read: ENOENT.",
  },
])("could not run with $name", async ({ args, says }) => {
  expect(await nhi(["audit", ...args])).toEqual({ code: 3, out: "", err: `${says}\n` });
});

it.each([
  { name: "no JSON", text: "{", says: "is no JSON. It must hold settings as in docs/policy-pack.md." },
  {
    name: "a level that does not exist",
    text: '{"all":"loud"}',
    says: ': all must be a level (advisory, mandatory, remediate, disabled) or an object with settings, got "loud".',
  },
  {
    name: "a profile that does not exist",
    text: '{"settings":{"profile":"lenient"}}',
    says: ": settings: profile must be equal to one of the allowed values: start, standard, strict, ai-agents.",
  },
  {
    name: "a text for a number",
    text: '{"sessions-are-short":{"maxSessionSeconds":"an hour"}}',
    says: ": sessions-are-short: maxSessionSeconds must be integer.",
  },
])("refuses settings with $name, by its name", async ({ text, says }) => {
  const file = write("wrong.json", text);
  const state = write("one.json", exported("prod", [key]));
  const { code, err } = await nhi(["audit", "--state", state, "--settings", file]);
  expect({ code, err }).toEqual({ code: 3, err: `${file}${says.startsWith(":") ? "" : " "}${says}\n` });
});

it("follows levels as the engine does", async () => {
  const file = write("one.json", exported("prod", [key]));
  expect((await judged([file], { all: "advisory" })).code).toBe(0);
  expect((await judged([file], { all: "advisory", "no-static-keys": "mandatory" })).code).toBe(1);
  const off = await judged([file], { "no-static-keys": { enforcementLevel: "disabled" } });
  expect(off).toMatchObject({ code: 0, findings: [] });
});

describe("many files", () => {
  it("are judged at the same time, and told in their order; the broken ones are named", async () => {
    const files = Array.from({ length: 40 }, (_, i) =>
      write(`stack-${i}.json`, i % 10 === 3 ? "{" : exported(`s${i}`, [{ ...key, name: `k${i}` }])),
    );
    const { code, out, err } = await builtNhi(["audit", "--json", "--state", ...files]);
    expect(code).toBe(3);
    const { findings, stacks } = JSON.parse(out) as { findings: { urn: string }[]; stacks: number };
    expect(stacks).toBe(36);
    const whole = files.map((_, i) => i).filter((i) => i % 10 !== 3);
    expect(findings.map(({ urn }) => urn)).toEqual(
      whole.map((i) => urnOf(`s${i}`, { ...key, name: `k${i}` })),
    );
    expect(err.trim().split("\n")).toHaveLength(4);
  }, 60_000);
});
