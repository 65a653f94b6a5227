/** How far a comparison reaches: one named thing, some that share a name's beginning, not known yet, or anything. */
export interface Reach {
  level: "one" | "some" | "unknown" | "any";
  /** Whom it lets in, where that is more than one: `every branch whose subject starts with "…"`. */
  who: string;
}

export const one: Reach = { level: "one", who: "" };
export const notKnown: Reach = { level: "unknown", who: "" };
export const any = (who: string): Reach => ({ level: "any", who });
export const some = (who: string): Reach => ({ level: "some", who });
export const pullRequests = any("whoever can open a pull request");

/** What a token has to be to get in. Where nothing is said of a part, it can be anything. */
export interface Confinement {
  /** The tenant of an issuer that signs for everybody. */
  owner?: Reach;
  /** The repository, project, service account, … */
  workload?: Reach;
  /** What names the workload only within a tenant: two tenants may each have one of that name. */
  workloadOfOwner?: Reach;
  /** The branch, environment, phase, … in which the workload runs. */
  run?: Reach;
  /** Named by a number that the issuer never gives twice, and not only by a name that can change hands. */
  lasting?: boolean;
  /** A claim of its own holds the workload's number. */
  numbered?: boolean;
}

const parts = ["owner", "workload", "workloadOfOwner", "run"] as const;

/** A value to compare with, up to its first wildcard. */
export interface Start {
  text: string;
  /** There is no wildcard: this is the whole value. */
  whole: boolean;
}

/** What comparing a claim can hold a token to, at its best and with a value at hand. */
export interface Claim {
  best: Confinement;
  read(value: Start): Confinement;
}

/** A claim that names this when it is compared as a whole, and nothing otherwise. */
export const naming = (best: Confinement): Claim => ({ best, read: ({ whole }) => (whole ? best : {}) });

/** What a claim holds a token to when its value is not known yet: as much as it can at best, or nothing. */
export function unsure({ best }: Claim): Confinement {
  const result: Confinement = { ...best };
  for (const part of parts) if (best[part] && best[part].level !== "any") result[part] = notKnown;
  return result;
}

/** One thing named, in all of its parts. */
export const exact: Confinement = { owner: one, workload: one, run: one };

const levels = ["one", "some", "unknown", "any"] as const;
const farther = (left: Reach, right: Reach) =>
  levels.indexOf(right.level) > levels.indexOf(left.level) ? right : left;
const nearer = (left: Reach, right: Reach) =>
  levels.indexOf(right.level) < levels.indexOf(left.level) ? right : left;

const anything: Reach = any("");

/** Values of one comparison: each of them is enough to get in, so the loosest decides. */
export function either(values: readonly Confinement[]): Confinement {
  return fold(values.map(withinOwner), farther, (flags) => flags.every(Boolean));
}

/** What is named among all is named within its tenant too: one value may do the one, and one the other. */
const withinOwner = (value: Confinement): Confinement =>
  value.workload
    ? { ...value, workloadOfOwner: nearer(value.workload, value.workloadOfOwner ?? anything) }
    : value;

/** Comparisons of one statement: all of them have to hold, so the tightest decides. */
export function both(comparisons: readonly Confinement[]): Confinement {
  return fold(comparisons, nearer, (flags) => flags.some(Boolean));
}

function fold(
  all: readonly Confinement[],
  pick: (left: Reach, right: Reach) => Reach,
  flag: (flags: (boolean | undefined)[]) => boolean,
): Confinement {
  const result: Confinement = {
    lasting: flag(all.map(({ lasting }) => lasting)),
    numbered: flag(all.map(({ numbered }) => numbered)),
  };
  for (const part of parts) {
    const [first, ...rest] = all.map((confinement) => confinement[part] ?? anything).sort(byWorth);
    if (first) result[part] = rest.reduce(pick, first);
  }
  return result;
}

/** Of two that reach as far, the one to tell of: an open door that is named, then the one that says more. */
const byWorth = (left: Reach, right: Reach) =>
  Number(right === pullRequests) - Number(left === pullRequests) || right.who.length - left.who.length;

/** What is wrong with what a token has to be: whom it lets in, and whether that is known to be too many. */
export interface Excess {
  reach: Reach;
  certain: boolean;
}

export function excessOf(confinement: Confinement): Excess | undefined {
  const { owner = anything, workload = anything, workloadOfOwner = anything, run = anything } = confinement;
  const who = owner.level === "one" ? nearer(workload, workloadOfOwner) : workload;
  if (who.level === "any") return { reach: who, certain: true };
  // Which branches of a repository are protected can't be seen. Its number alone is taken for a choice, its name is not.
  if (run.level === "any" && run !== pullRequests && confinement.numbered)
    return { reach: who.level === "one" ? run : who, certain: false };
  const reach = farther(who, run);
  return reach.level === "one" ? undefined : { reach, certain: reach.level === "any" };
}

/** The end of a sentence that starts with what lets them in: `otherwise` where nothing is compared. */
export function saysOf({ reach, certain }: Excess, otherwise: string): string {
  if (reach.level === "unknown") return "is bounded only by a value that is not known yet";
  const lets = `lets in ${reach.who || otherwise}`;
  return certain ? lets : `${lets}: whether all of them are meant can't be seen here`;
}

/** A value in a message: on one line, and not at any length. */
export function quote(value: string): string {
  return JSON.stringify(value.length > 80 ? `${value.slice(0, 80)}…` : value);
}
