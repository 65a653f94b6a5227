import type { Topic } from "./controls";
import type { Value } from "./value";
import type { Finding } from "./verdict";

/** One weakness: what must hold, why, and how to mend it. Everything that is said about a rule comes from here. */
interface Weakness {
  /** States what must hold: `sessions-are-short`. Also the file's name. */
  id: string;
  /** The same as a sentence. */
  title: string;
  why: string;
  /** One step that a platform engineer can take. */
  fix: string;
  severity: "low" | "medium" | "high" | "critical";
  enforcement: "advisory" | "mandatory";
  topic: Topic;
  /** What the rule can't see, so that nobody relies on it for that. */
  doesNotSee: string;
  /** Why no exemption may hide its findings. Set only where one would leave a door open to strangers. */
  neverExempt?: string;
  /** The situation in which a team is right to switch it off or to raise a ceiling. */
  whenNot: string;
  /** What the engine writes in at the level `remediate`, as a sentence. Not set where a human has to decide. */
  remedy?: string;
  /** For the rule's page: TypeScript that the rule refuses and the mended version, without imports. A test runs both. */
  samples: { bad: string; good: string };
  /** The resource types that it judges. */
  types: readonly string[];
  /** Limits that a team can set, in seconds. */
  ceilings?: Record<string, Ceiling>;
  /** Lists that a team can set, for example the accounts that it owns. */
  lists?: Record<string, List>;
}

/** Judges each resource on its own, before the engine makes it. */
export interface ResourceRule extends Weakness {
  check(resource: Resource): Finding[];
}

/** Judges what only all resources together show. The engine runs it when everything has been made or previewed. */
export interface StackRule extends Weakness {
  checkStack(resources: readonly StackResource[]): StackFinding[];
}

export type Rule = ResourceRule | StackRule;

export interface Ceiling {
  /** The default. */
  seconds: number;
  says: string;
  /** The default for identities of the tier `sensitive`, where it is another one. */
  sensitive?: number;
  /** The default for identities of the tier `long-running`, where it is another one. */
  longRunning?: number;
}

export interface List {
  /** The default. */
  values: readonly string[];
  says: string;
}

/** A resource as a rule sees it. */
export interface Resource {
  type: string;
  /** The property with `unknown` wherever it is not known yet; nothing when it is not set. */
  read(property: string): Value | undefined;
  /** A ceiling of the rule as it is set for the resource's tier, in seconds. */
  ceiling(name: string): number;
  /** A list of the rule as it is set. */
  list(name: string): readonly string[];
  /** The time of the run, in milliseconds since 1970: rules have no clock. */
  now: number;
}

/** A resource among all others. Its properties are what the provider answered, or what is known of that at preview. */
export interface StackResource extends Resource {
  urn: string;
  /** The name in the program. */
  name: string;
  /** The URN of the component that it belongs to. */
  parent: string | undefined;
  /** The URN of its provider: resources with the same one are in the same account, project or server. */
  provider: string | undefined;
  /** The URNs of the resources that a property is made of. Told at preview too, when the value is not known yet. */
  sourcesOf(property: string): readonly string[];
}

/** What a rule that spans platforms has for each type. */
export type Judge = (resource: Resource) => Finding[];

/** A finding of a stack rule stands at one resource, or at none where something is missing altogether. */
export interface StackFinding extends Finding {
  resource: StackResource | undefined;
}
