import { any, type Confinement, exact, one, quote, type Reach, some, type Start } from "./reach";

/** A part of a subject, after the text that introduces it, whose first character ends the part before. */
interface Field {
  before: string;
  /** What one of them is called. */
  noun: string;
  is: "owner" | "workload" | "run" | "changing";
  /** Several are often named alike: a wildcard after `release-` is a choice, and can't be judged from here. */
  alike?: true;
}

/** The subjects of an issuer, from the left. */
export type Grammar = readonly Field[];

const owner = (before: string, noun = "organisation"): Field => ({ before, noun, is: "owner" });
const workload = (before: string, noun: string): Field => ({ before, noun, is: "workload" });
const run = (before: string, noun: string): Field => ({ before, noun, is: "run" });
const alike = (field: Field): Field => ({ ...field, alike: true });
/** What the issuer writes anew with every run, so that only a wildcard can stand for it. */
const changing = (before: string): Field => ({ before, noun: "run", is: "changing" });

/** docs.gitlab.com/ci/cloud_services: the project's path or its number leads. */
export const gitlab: Grammar[] = ["project_path:", "project_id:"].map((lead) => [
  workload(lead, "project"),
  run(":ref_type:", "branch and tag"),
  alike(run(":ref:", "branch or tag")),
]);

/** buildkite.com/docs/pipelines/security/oidc */
export const buildkite: Grammar[] = [
  [
    owner("organization:"),
    workload(":pipeline:", "pipeline"),
    alike(run(":ref:", "branch or tag")),
    changing(":commit:"),
    changing(":step:"),
  ],
];

/** developer.hashicorp.com/terraform/cloud-docs/workspaces/dynamic-provider-credentials/workload-identity-tokens */
export const terraform: Grammar[] = [
  [
    owner("organization:"),
    workload(":project:", "project"),
    workload(":workspace:", "workspace"),
    run(":run_phase:", "phase of a run"),
  ],
];

/** pulumi.com/docs/esc/environments/configuring-oidc and pulumi.com/docs/deployments/deployments/oidc */
export const pulumi: Grammar[] = [
  [owner("pulumi:environments:org:"), workload(":env:", "environment")],
  [
    owner("pulumi:environments:pulumi.organization.login:"),
    workload(":currentEnvironment.name:", "environment"),
    changing(":pulumi.user.login:"),
  ],
  [
    owner("pulumi:deploy:org:"),
    workload(":project:", "project"),
    workload(":stack:", "stack"),
    run(":operation:", "operation"),
    changing(":scope:"),
  ],
];

/** kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin. Controllers make up the end of some names. */
export const kubernetes: Grammar[] = [
  [workload("system:serviceaccount:", "service account"), alike(workload(":", "service account"))],
];

/** circleci.com/docs/openid-connect-tokens. The user is whoever triggered the job. */
export const circleci: Grammar[] = [[owner("org/"), workload("/project/", "project"), changing("/user/")]];

/** learn.microsoft.com/azure/devops/pipelines/release/configure-workload-identity */
export const azureDevOps: Grammar[] = [
  [owner("sc://"), workload("/", "project"), workload("/", "service connection")],
];

/** spiffe.io/docs/latest/spiffe-specs/spiffe-id */
export const spiffe: Grammar[] = [[owner("spiffe://", "trust domain"), alike(workload("/", "workload"))]];

/** vercel.com/docs/oidc/reference */
export const vercel: Grammar[] = [
  [owner("owner:"), workload(":project:", "project"), run(":environment:", "environment")],
];

/** What a subject names, by the grammar that it is written in. Without one, only a whole subject names anything. */
export function readSubject(start: Start, grammars: readonly Grammar[]): Confinement {
  if (start.whole) return exact;
  const placed = grammars
    .filter(([first]) => first && start.text.startsWith(first.before))
    .map((grammar) => ({ grammar, ...firstOpen(grammar, start.text) }));
  // Some begin alike: the one that goes with the text farthest is meant.
  const [farthest] = placed.sort((left, right) => right.index - left.index);
  if (!farthest) return { workload: any(everyStart("workload", start)) };
  const { grammar, index, value } = farthest;
  const open = grammar[index];
  if (!open || open.is === "changing") return exact;
  const who = everyStart(open.noun, start);
  const reach = open.alike && isBeginning(value) ? some(who) : any(who);
  const of = (kind: Field["is"], otherwise: Reach): Reach =>
    grammar.every((field, i) => field.is !== kind || i < index) ? one : otherwise;
  // Where the workload is open, nothing is said of where it runs.
  return {
    owner: of("owner", reach),
    workload: of("workload", reach),
    run: of("run", open.is === "run" ? reach : any("")),
  };
}

/** Everything named by a subject that is written out this far. */
export const everyStart = (noun: string, { text, whole }: Start) =>
  text === ""
    ? `every ${noun} of the issuer`
    : `every ${noun} whose subject ${whole ? "is" : "starts with"} ${quote(text)}`;

/** The field that the wildcard is the first to stand in, with what is written out of it. */
function firstOpen(grammar: Grammar, text: string): { index: number; value: string } {
  let at = 0;
  for (const [index, { before }] of grammar.entries()) {
    if (!text.startsWith(before, at)) return { index, value: "" };
    at += before.length;
    const next = grammar[index + 1];
    if (!next) return { index, value: text.slice(at) };
    const end = text.indexOf(next.before.charAt(0), at);
    if (end < 0) return { index, value: text.slice(at) };
    at = end;
  }
  return { index: grammar.length, value: "" };
}

/** A name's beginning with its delimiter, as in `release-` or `refs/heads/release/`. After `main`, `main2` fits as well. */
export function isBeginning(value: string): boolean {
  const name = value.replace(/^refs\/((heads|tags)\/)?/, "");
  return name.length > 1 && "-_./".includes(name.slice(-1));
}
