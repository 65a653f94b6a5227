import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import ts from "typescript";
import * as components from "../../../components";
import { definePack } from "../../../policy-packs/nhi/pack";
import { rules } from "../../../policy-packs/nhi/rules";
import { analyzeAll } from "../../support/analyze";
import { givenBy } from "../../support/mocks";
import { today } from "../../support/rule-tester";

const root = join(__dirname, "../../..");

/** What the examples in the components' documentation leave to the reader. */
const given = {
  metadata: {
    owner: "web",
    purpose: "deploys the shop",
    environment: "production",
    kind: components.NhiKind.Workload,
    reviewBy: "2027-06-30",
  },
  args: {
    accountId: "123456789012",
    audience: "https://vault.example.com",
    policies: ["nhi.orders.migrate"],
    workloads: {
      github: [
        {
          owner: "octo",
          ownerId: "123456",
          repository: "app",
          repositoryId: "456789",
          environment: "production",
        },
      ],
    },
  },
  bootstrapPassword: pulumi.secret("of the first connection only"),
  github: { accessor: pulumi.output("auth_jwt_2f5d1c3a") },
  role: { aliasNames: pulumi.output({ "workloads.github[0]": "456789" }) },
  orders: { policyNames: pulumi.output({ migrate: "nhi.orders.migrate" }) },
};
const scope: Record<string, unknown> = {
  ...components,
  ...given,
  accountId: given.args.accountId,
  args: { metadata: given.metadata, ...given.args },
};

/** The examples of all components, by the component that is made first. */
const examples = new Map(
  (readdirSync(join(root, "components"), { recursive: true }) as string[])
    .filter((file) => file.endsWith(".ts"))
    .flatMap((file) => {
      const text = readFileSync(join(root, "components", file), "utf8");
      return [...text.matchAll(/@example\n \* ```typescript\n([\s\S]*?) \* ```/g)].map(([, code = ""]) =>
        code.replaceAll(/^ \* ?/gm, ""),
      );
    })
    .map((code) => [/new (\w+)\(/.exec(code)?.[1] ?? "", code] as const),
);

/** Components that another one's example stands for in the documentation. */
const undocumented: Record<string, string> = {
  AwsOidcProvider: `new AwsOidcProvider("gitlab", { metadata, accountId, issuer: "https://gitlab.com" })`,
  GithubOidcProvider: `new GithubOidcProvider("github", { metadata, accountId })`,
  RolesAnywhereAccess: `new RolesAnywhereAccess("settlement", {
    metadata,
    accountId,
    trustAnchorArn: "arn:aws:rolesanywhere:eu-west-1:123456789012:trust-anchor/0b4f1c8e-1111-4222-8333-944445555666",
    holder: { uri: "spiffe://acme.example/payments/settlement" },
    sessionPolicy: JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::settlements/*" }],
    }),
  })`,
  RolesAnywhereTrustAnchor: `new RolesAnywhereTrustAnchor("workloads", {
    metadata,
    privateCaArn: "arn:aws:acm-pca:eu-west-1:123456789012:certificate-authority/0b4f1c8e-1111-4222-8333-944445555666",
  })`,
};

/** Whole examples, which say all that they need. The one that is to be refused is not among them. */
const programs = readdirSync(join(root, "examples")).filter((name) => name !== "blocked-static-key");

function run(code: string, names: Record<string, unknown>): void {
  const { outputText } = ts.transpileModule(code, {
    compilerOptions: {
      module: ts.ModuleKind.CommonJS,
      target: ts.ScriptTarget.ES2023,
      esModuleInterop: true,
    },
  });
  // The code is this repository's own.
  // eslint-disable-next-line @typescript-eslint/no-implied-eval
  const program = new Function("require", "exports", ...Object.keys(names), outputText) as (
    load: NodeJS.Require,
    exports: object,
    ...values: unknown[]
  ) => void;
  program(require, {}, ...Object.values(names));
}

/** What a cloud answers that has nothing yet. The SDK reads it from the error's details, as gRPC has it. */
const nothing = () => {
  throw Object.assign(new Error("invoke failed"), {
    details: "operation error IAM: GetOpenIDConnectProvider, StatusCode: 404, NoSuchEntity",
  });
};

/** What a part of a platform can't have: all other parts. */
const ofWholeStacks = ["identities-are-audited", "capabilities-are-covered"];

/** What stays for a while is told each time. */
const excepted: Record<string, string[]> = {
  StaticCredentialException: [
    'advisory [no-static-keys] aws:iam/accessKey:AccessKey "legacy-erp": it is a static key',
  ],
  "static-exception": [
    'advisory [no-static-keys] aws:iam/accessKey:AccessKey "legacy-erp": it is a static key',
  ],
};

async function findings(program: () => void, preview: boolean): Promise<string[]> {
  const resources = await givenBy(program, { preview, call: nothing });
  // A component is one resource by itself: what it makes is what is judged.
  expect(resources.length).toBeGreaterThan(1);
  const { diagnostics } = await analyzeAll(
    definePack(rules, () => today),
    resources,
  );
  return diagnostics
    .filter(({ policy }) => !ofWholeStacks.includes(policy))
    .map(({ level, message }) => `${level} ${message.slice(0, message.indexOf(". "))}`);
}

const componentNames = Object.entries(components)
  .filter(([, value]) => typeof value === "function" && value.prototype instanceof pulumi.ComponentResource)
  .map(([name]) => name);

it.each(componentNames)("has nothing to say of %s, as its documentation shows it", async (name) => {
  const code = examples.get(name) ?? undocumented[name];
  expect(code).toBeDefined();
  for (const preview of [true, false])
    // In a block of its own: an example may give a name to what another one takes for given.
    expect(await findings(() => run(`{${code ?? ""}}`, scope), preview)).toEqual(excepted[name] ?? []);
});

/** What an example can't do without. Examples in the documentation have it from `given`. */
pulumi.runtime.setAllConfig({
  "project:rabbitMqPassword": "of the first connection only",
  "project:ldapPassword": "of the first connection only",
});

it.each(programs)("has nothing to say of examples/%s", async (name) => {
  const code = readFileSync(join(root, "examples", name, "index.ts"), "utf8");
  expect(await findings(() => run(code, {}), true)).toEqual(excepted[name] ?? []);
});
