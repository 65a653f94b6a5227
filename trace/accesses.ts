import type { TraceEvent } from "./event";
import { grainOf } from "./skew";

/** An event with its time by a clock that is put right. */
export type Ordered = TraceEvent & { corrected: number };

/** The events of one grant, lease or session. A source identity has many. */
export interface Access {
  /** The grant's id where there is one, or else what it is called by the log that issued it. */
  name: string;
  events: Ordered[];
  /** When it was over for sure, in milliseconds since 1970, and whose record says so. */
  end: { at: number; by: TraceEvent } | undefined;
  /** Whether a thing that was done was done after the end, whatever the clocks' grain. */
  isOverAt(event: Ordered): boolean;
}

/** What only one access is called by. A requester, a policy or a mount is shared by many. */
const ownKinds = new Set(["grant", "lease", "lease-hash", "user", "key", "token", "pam"]);

/** Puts the events together that share a name of their own: one of those that the trace has followed. */
export function accessesOf(
  events: readonly Ordered[],
  { identifiers, seeds }: { identifiers: readonly string[]; seeds: readonly string[] },
): Access[] {
  const isOwn = (key: string) => ownKinds.has(key.slice(0, key.indexOf(":")));
  const known = new Set(identifiers.filter(isOwn));
  // Of a call in AWS, the caller's names are the access's. Of a token that was given a lease, or of a broker that mints,
  // they are not, unless the trace has followed them.
  const isCall = ({ source, step }: TraceEvent) =>
    source === "broker" || (source === "cloudtrail" && step !== "issued");
  const ownKeys = (event: TraceEvent) => [
    ...event.gives.filter(isOwn),
    ...event.keys.filter((key) => known.has(key) || (isCall(event) && isOwn(key))),
  ];
  const parent = new Map<string, string>();
  const rootOf = (key: string): string => {
    let root = key;
    for (let next = parent.get(root); next !== undefined && next !== root; next = parent.get(root))
      root = next;
    parent.set(key, root);
    return root;
  };
  // What was asked for is one access, whatever a log calls it.
  const [asked = "", ...alike] = seeds.filter(isOwn);
  for (const key of alike) parent.set(key, asked);
  // A change of the deny policy names every grant that is denied, and makes them no one access.
  const joining = events.filter(
    (event) => event.source !== "cloudtrail" || !["revoked", "lifted"].includes(event.step),
  );
  for (const event of joining) {
    const [first, ...rest] = ownKeys(event);
    for (const key of rest) parent.set(rootOf(key), rootOf(first ?? key));
  }
  const groups = new Map<string, { own: Set<Ordered>; keys: Set<string> }>();
  for (const event of joining) {
    const [first] = ownKeys(event);
    if (first === undefined) continue;
    const root = rootOf(first);
    const group = groups.get(root) ?? { own: new Set(), keys: new Set() };
    groups.set(root, group);
    group.own.add(event);
    for (const key of [...event.keys, ...event.gives]) group.keys.add(key);
  }
  const taken = new Set([...groups.values()].flatMap(({ own }) => [...own]));
  const shared = events.filter((event) => !taken.has(event));
  if (groups.size === 0) return [accessOf(shared, [])];
  return [...groups.values()].map(({ own, keys }) => {
    for (const event of shared)
      if (groups.size === 1 || event.keys.some((key) => keys.has(key))) own.add(event);
    return accessOf(
      events.filter((event) => own.has(event)),
      [...keys].filter((key) => isOwn(key)),
    );
  });
}

function accessOf(events: Ordered[], names: readonly string[]): Access {
  const end = endOf(events);
  const name = ["grant", "lease", "pam", "user", "key", "token"]
    .flatMap((kind) => names.filter((key) => key.startsWith(`${kind}:`)))
    .map((key) => key.slice(key.indexOf(":") + 1))[0];
  return {
    name: name ?? "this access",
    events,
    end,
    isOverAt: (event) => end !== undefined && event.corrected > end.at + grainOf(end.by.source),
  };
}

/** The broker knows when its revocation took effect. Without it, the record of the target's own end is the end. */
function endOf(events: readonly Ordered[]): Access["end"] {
  const revoked = events.filter((event) => event.step === "revoked" && event.loose === undefined);
  const told = revoked.find((event) => event.source === "broker");
  if (told) {
    const effective = Date.parse(told.fields.effectiveAt ?? "");
    return { at: Number.isNaN(effective) ? told.corrected : effective, by: told };
  }
  const [first] = revoked;
  return first && { at: first.corrected, by: first };
}
