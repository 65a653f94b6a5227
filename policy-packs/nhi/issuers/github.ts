import {
  any,
  type Claim,
  type Confinement,
  exact,
  naming,
  one,
  pullRequests,
  quote,
  some,
  type Start,
} from "./reach";
import { everyStart, isBeginning } from "./subject";

const wholeRepository = any("every branch, tag, environment and pull request of the repository");

/**
 * What a subject of GitHub Actions names. A repository may put other claims into it, in any order, as `claim:value` with
 * `:` in a value escaped; any repository may do so, and thus have a subject without an owner
 * (docs.github.com/actions/reference/security/oidc).
 */
export function githubSubject(start: Start): Confinement {
  const { claims, open, isPullRequest } = claimsIn(start);
  const isNobodys = start.whole && /[*?]/.test(start.text);
  const repository = claims.get("repo") ?? claims.get("repository");
  const [owner = "", name, ...more] = (repository ?? (open?.claim === "repo" ? open.value : "")).split("/");
  const isRepository = repository !== undefined && owner !== "" && Boolean(name) && more.length === 0;
  if (isNobodys && (claims.has("repo") || claims.size === 0)) return exact;

  const hasOwner =
    (owner !== "" && name !== undefined) ||
    claims.has("repository_owner") ||
    claims.has("repository_owner_id");
  const hasNumber = claims.has("repository_id");
  return {
    ...(hasOwner && { owner: one }),
    workload: isRepository || hasNumber ? one : any(everyStart("repository", start)),
    ...(claims.has("job_workflow_ref") && {
      workloadOfOwner: workflow(claims.get("job_workflow_ref") ?? ""),
    }),
    run: isPullRequest ? pullRequests : runIn(start, claims, open),
    lasting: /@\d+$/.test(owner) || hasNumber || claims.has("repository_owner_id"),
  };
}

interface Open {
  claim: string;
  value: string;
}

/** The claims that are written out; the one that a wildcard cuts short is `open`. */
function claimsIn({ text, whole }: Start) {
  const claims = new Map<string, string>();
  let isPullRequest = false;
  let open: Open | undefined;
  const words = text.split(":");
  for (let i = 0; i < words.length; i += 2) {
    const isCut = (at: number) => !whole && at >= words.length - 1;
    const claim = words[i] ?? "";
    const value = words[i + 1];
    if (claim === "pull_request" && !isCut(i)) {
      isPullRequest = true;
      i -= 1;
    } else if (value !== undefined && !isCut(i + 1)) {
      claims.set(claim, value);
    } else {
      open = { claim, value: value ?? "" };
    }
  }
  return { claims, open, isPullRequest };
}

function runIn(start: Start, claims: Map<string, string>, open: Open | undefined) {
  const ref = claims.get("ref");
  if (ref?.startsWith("refs/pull/")) return pullRequests;
  if (ref !== undefined || claims.has("environment") || claims.has("job_workflow_ref")) return one;
  if (open?.claim === "ref" || open?.claim === "environment") {
    const who = everyStart(open.claim === "ref" ? "branch or tag" : "environment", start);
    return isBeginning(open.value) ? some(who) : any(who);
  }
  // A subject of other claims, such as the workflow's name: anyone who may push can have some of them.
  return start.whole && claims.size > 1 ? some("every run that has this subject") : wholeRepository;
}

/** At a commit it can't be changed. A branch or a tag is moved by whoever may push to it. */
const workflow = (value: string) =>
  /@[0-9a-f]{40}$/.test(value) ? one : some("what the reusable workflow's branch or tag is moved to");

const repository: Confinement = { owner: one, workload: one, run: wholeRepository };

/** A claim that holds where the workload runs. */
export const runClaim = (noun: string): Claim => ({
  best: { run: one },
  read({ text, whole }) {
    if (whole) return { run: one };
    return isBeginning(text) ? { run: some(`every ${noun} that starts with ${quote(text)}`) } : {};
  },
});

const ref = runClaim("branch or tag");

/** Claims that AWS and Vault compare for themselves. */
export const githubClaims = {
  sub: { best: exact, read: githubSubject },
  repository_id: naming({ ...repository, lasting: true, numbered: true }),
  repository_owner_id: naming({ owner: one, lasting: true }),
  repository: {
    best: repository,
    read: ({ text, whole }) => (whole && text.includes("/") ? repository : {}),
  },
  environment: runClaim("environment"),
  ref: {
    best: ref.best,
    read: (value) => (value.text.startsWith("refs/pull/") ? { run: pullRequests } : ref.read(value)),
  },
  // Anybody may call a public workflow: it names the workload only among an owner's repositories.
  job_workflow_ref: {
    best: { workloadOfOwner: one, run: one },
    read: ({ text, whole }) =>
      whole && text.includes("@") ? { workloadOfOwner: workflow(text), run: one } : {},
  },
} satisfies Record<string, Claim>;
