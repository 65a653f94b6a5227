/** One path of an ACL policy, with what may be done there. */
export interface AclPath {
  path: string;
  capabilities: readonly string[];
}

/** Characters. Vault's own limit of a request is 32 MiB; a policy of people's is none of that size. */
const longest = 1_000_000;
/** The old form, `policy = "write"` (developer.hashicorp.com/vault/docs/concepts/policies). */
const oldForms: Record<string, readonly string[]> = {
  deny: ["deny"],
  read: ["read", "list"],
  write: ["create", "read", "update", "delete", "list"],
  sudo: ["create", "read", "update", "delete", "list", "sudo"],
};

/** The paths of an ACL policy in HCL or JSON, or nothing when it can't be read. */
export function readAcl(policy: string): AclPath[] | undefined {
  if (policy.length > longest) return undefined;
  return /^\s*\{/.test(policy) ? fromJson(policy) : fromHcl(policy);
}

function fromJson(policy: string): AclPath[] | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(policy);
  } catch {
    return undefined;
  }
  const paths = fieldOf(parsed, "path");
  if (typeof paths !== "object" || paths === null || Array.isArray(paths)) return undefined;
  return Object.entries(paths).map(([path, rule]) => {
    const capabilities = fieldOf(rule, "capabilities");
    const old = fieldOf(rule, "policy");
    return {
      path,
      capabilities: Array.isArray(capabilities)
        ? capabilities.map(String)
        : typeof old === "string"
          ? (oldForms[old] ?? [])
          : [],
    };
  });
}

const fieldOf = (value: unknown, key: string): unknown =>
  typeof value === "object" && value !== null && Object.hasOwn(value, key)
    ? (value as Record<string, unknown>)[key]
    : undefined;

interface Token {
  is: "text" | "word" | "sign";
  value: string;
}

/** HCL as policies use it: `path "…" { capabilities = ["…"] … }`, with comments, nested blocks and heredocs. */
function fromHcl(policy: string): AclPath[] | undefined {
  const tokens = tokensOf(policy);
  if (tokens === undefined) return undefined;
  const found: AclPath[] = [];
  let at = 0;
  while (at < tokens.length) {
    const [keyword, name, open] = tokens.slice(at, at + 3);
    if (keyword?.value !== "path" || name === undefined || name.is === "sign" || open?.value !== "{") {
      // `name = "…"` at the top says nothing of rights.
      if (keyword?.is === "word" && name?.value === "=") {
        at += 3;
        continue;
      }
      return undefined;
    }
    const end = blockEnd(tokens, at + 2);
    if (end === undefined) return undefined;
    found.push({ path: name.value, capabilities: capabilitiesIn(tokens.slice(at + 3, end)) });
    at = end + 1;
  }
  return found;
}

function blockEnd(tokens: readonly Token[], open: number): number | undefined {
  let depth = 0;
  for (const [offset, { is, value }] of tokens.slice(open).entries()) {
    if (is !== "sign") continue;
    if (value === "{") depth++;
    if (value === "}" && --depth === 0) return open + offset;
  }
  return undefined;
}

/** Only what stands in the block itself: parameters have blocks of their own. */
function capabilitiesIn(tokens: readonly Token[]): string[] {
  let depth = 0;
  for (const [at, { is, value }] of tokens.entries()) {
    if (is === "sign" && value === "{") depth++;
    if (is === "sign" && value === "}") depth--;
    if (depth > 0 || tokens[at + 1]?.value !== "=") continue;
    if (value === "policy") return [...(oldForms[tokens[at + 2]?.value ?? ""] ?? [])];
    if (value !== "capabilities") continue;
    const rest = tokens.slice(at + 2);
    const close = rest.findIndex((token) => token.is === "sign" && token.value === "]");
    return rest
      .slice(0, close < 0 ? rest.length : close)
      .flatMap((token) => (token.is === "text" ? [token.value] : []));
  }
  return [];
}

function tokensOf(text: string): Token[] | undefined {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const skipped = skip(text, at);
    if (skipped === undefined) return undefined;
    if (skipped > at) {
      at = skipped;
      continue;
    }
    const character = text.charAt(at);
    if (character === '"') {
      const end = textEnd(text, at);
      if (end === undefined) return undefined;
      tokens.push({ is: "text", value: unescaped(text.slice(at + 1, end)) });
      at = end + 1;
    } else if ("{}[]=,:".includes(character)) {
      tokens.push({ is: "sign", value: character });
      at++;
    } else {
      let end = at;
      while (end < text.length && /[\w.-]/.test(text.charAt(end))) end++;
      if (end === at) return undefined;
      tokens.push({ is: "word", value: text.slice(at, end) });
      at = end;
    }
  }
  return tokens;
}

/** Past white space and one comment. Nothing when a comment never ends. */
function skip(text: string, at: number): number | undefined {
  if (/\s/.test(text.charAt(at))) return at + 1;
  if (text.charAt(at) === "#" || text.startsWith("//", at)) {
    const end = text.indexOf("\n", at);
    return end < 0 ? text.length : end;
  }
  if (!text.startsWith("/*", at)) return at;
  const end = text.indexOf("*/", at + 2);
  return end < 0 ? undefined : end + 2;
}

function textEnd(text: string, open: number): number | undefined {
  for (let at = open + 1; at < text.length; at++) {
    if (text.charAt(at) === "\\") at++;
    else if (text.charAt(at) === '"') return at;
  }
  return undefined;
}

const unescaped = (text: string) => text.replaceAll(/\\(.)/g, "$1");
