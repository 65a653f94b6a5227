import { type Block, type Item, type Node, parseHcl } from "./hcl";

/** What a policy gives on the paths of one pattern. */
export interface Grant {
  /** The pattern, without a leading slash: `+` stands for one part, a `*` at the end for any text. */
  path: string;
  /** Empty where the block denies. */
  capabilities: ReadonlySet<string>;
  /** Parameters that may be given, with their values; nothing where all may. */
  allowed: ReadonlyMap<string, readonly string[]> | undefined;
}

/** The form of 2015, which Vault still takes. */
const old: Record<string, string[]> = {
  deny: ["deny"],
  read: ["read", "list"],
  write: ["create", "read", "update", "delete", "list"],
  sudo: ["create", "read", "update", "delete", "list", "sudo"],
};

/**
 * The path blocks of an ACL policy in their order, in HCL or JSON (developer.hashicorp.com/vault/docs/concepts/policies).
 * Nothing where it can't be read: Vault may take it all the same.
 */
export function grantsIn(policy: string): Grant[] | undefined {
  const items = parseHcl(policy);
  if (!items) return undefined;
  const grants: Grant[] = [];
  for (const item of items) {
    if (item.keys[0] === "name" && item.keys.length === 1) continue;
    if (item.keys[0] !== "path") return undefined;
    for (const { path, block } of blocksOf(item)) {
      const grant = block && grantOf(path, block);
      if (!grant) return undefined;
      grants.push(grant);
    }
  }
  return grants;
}

interface PathBlock {
  path: string;
  /** Nothing where something else stands. */
  block: Block | undefined;
}

/** One block, or in JSON an object or a list with one for each path. Of more than one name Vault takes the first. */
function blocksOf({ keys: [, path], value }: Item): PathBlock[] {
  if (path !== undefined) return listOf(value).map((node) => ({ path, block: blockOf(node) }));
  return listOf(value).flatMap((node): PathBlock[] => {
    const block = blockOf(node);
    return block
      ? block.items.flatMap(({ keys: [inner = ""], value: within }) =>
          listOf(within).map((found) => ({ path: inner, block: blockOf(found) })),
        )
      : [{ path: "", block: undefined }];
  });
}

const listOf = (node: Node): Node[] => (Array.isArray(node) ? node : [node]);
const blockOf = (node: Node): Block | undefined =>
  typeof node === "object" && !Array.isArray(node) ? node : undefined;
const textsOf = (node: Node): string[] => listOf(node).filter((item) => typeof item === "string");

function grantOf(path: string, { items }: Block): Grant | undefined {
  const given = new Set<string>();
  let allowed: Map<string, string[]> | undefined;
  for (const { keys, value } of items) {
    const [key = ""] = keys;
    if (key === "capabilities") for (const word of textsOf(value)) given.add(word);
    if (key === "policy")
      for (const word of textsOf(value).flatMap((name) => old[name] ?? [name])) given.add(word);
    if (key === "allowed_parameters") allowed = parametersIn(value, allowed);
  }
  return {
    path: path.startsWith("/") ? path.slice(1) : path,
    capabilities: given.has("deny") ? new Set() : given,
    allowed,
  };
}

function parametersIn(value: Node, before = new Map<string, string[]>()): Map<string, string[]> {
  const found = listOf(value).flatMap((node) => blockOf(node)?.items ?? []);
  return new Map([
    ...before,
    ...found.map(({ keys, value: values }) => [keys[0] ?? "", textsOf(values)] as const),
  ]);
}

/**
 * Whether a policy's pattern and a pattern of ours have a path in common. In ours, `+` stands for one part, and `**` at the
 * end for any number of them.
 */
export function meets(pattern: string, ours: string): boolean {
  const given = pattern.split("/");
  const wanted = ours.split("/");
  const isOpen = wanted.at(-1) === "**";
  if (isOpen) wanted.pop();
  for (const [at, part] of given.entries()) {
    const want = wanted[at];
    if (at === given.length - 1 && part.endsWith("*"))
      return want === undefined ? isOpen : want === "+" || want.startsWith(part.slice(0, -1));
    if (want === undefined) return isOpen;
    if (!isAny(part) && (want === "+" ? part === "" : part !== want)) return false;
  }
  return given.length >= wanted.length;
}

/** Vault fills in `{{identity.…}}` when it asks: it may be anything. */
const isAny = (part: string) => part === "+" || part.includes("{{");

/** Whether it leaves open which path of ours it is: a wildcard stands in the part with this number, or before it. */
export function isOpenAt(pattern: string, part: number): boolean {
  const parts = pattern.split("/");
  const found = parts[part];
  const isCutShort = pattern.endsWith("*") && parts.length - 1 <= part;
  return isCutShort || (found !== undefined && isAny(found));
}

/** Whether it covers all that begins with a text: `s*` covers `sys/`. */
export const covers = (pattern: string, start: string): boolean =>
  pattern.endsWith("*") && !pattern.includes("+") && start.startsWith(pattern.slice(0, -1));
