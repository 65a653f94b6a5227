import { gunzipSync } from "node:zlib";
import { isObject, unknown, type Value } from "../value";
import { fail, type Finding, undetermined } from "../verdict";
import { formatIn } from "./formats";
import { looksRandom, namedAs, secretNamed } from "./names";

/** Characters that are read of one property: GCP's largest metadata value has 256 KB, AWS's largest user data 16 KB. */
const mostCharacters = 256 * 1024;
/** Documents in documents, as a task's containers as JSON: deeper than any that a platform takes. */
const deepest = 40;
const mostFindings = 50;

interface Walk {
  findings: Finding[];
  left: number;
  isCut: boolean;
}

/** The secret in a property that holds one setting, whose name stands somewhere else. */
export function secretOf(property: string, value: Value | undefined, name: Value | undefined): Finding[] {
  return found(property, value, typeof name === "string" ? name : "");
}

/**
 * The secrets in a property that holds settings of a program: a map, a list of names with values, a script, a file, or any
 * of these as JSON or as Base64. Each is named by its place and its setting's name, never by its value.
 */
export function secretsIn(property: string, value: Value | undefined): Finding[] {
  if (value === unknown) return [undetermined(property, "is not known yet, and may hold a secret")];
  return found(property, value, "");
}

function found(property: string, value: Value | undefined, name: string): Finding[] {
  const walk: Walk = { findings: [], left: mostCharacters, isCut: false };
  visit(walk, value, { path: property, name }, 0);
  if (walk.isCut && walk.findings.length === 0)
    walk.findings.push(undetermined(property, "is too long to be read whole, and may hold a secret"));
  return walk.findings.slice(0, mostFindings);
}

/** Where a value stands. `label` is what the setting is called, where the path does not say it. */
interface Place {
  path: string;
  name: string;
  label?: string;
}

function visit(walk: Walk, value: Value | undefined, place: Place, depth: number): void {
  if (depth > deepest || walk.findings.length >= mostFindings) {
    walk.isCut = true;
    return;
  }
  if (value === unknown) {
    if (namedAs(place.name) !== undefined)
      walk.findings.push(
        undetermined(place.path, `${called(place)}is not known yet, and is named as a secret`),
      );
    return;
  }
  if (typeof value === "string") visitText(walk, value, place, depth);
  else if (typeof value === "number") visitText(walk, String(value), place, depth);
  else if (Array.isArray(value)) visitList(walk, value, place, depth);
  else if (isObject(value)) visitObject(walk, value, place, depth);
}

const called = ({ label }: Place) => (label === undefined ? "" : `is the value of ${label} and `);

/** What may be shown of a name that a program gave: a name of a variable or a file, and nothing that is a secret itself. */
const isPlain = (name: string) =>
  /^[A-Za-z_][\w.-]{0,63}$/.test(name) && !looksRandom(name) && formatIn(name) === undefined;

function visitList(walk: Walk, items: Value[], place: Place, depth: number): void {
  items.forEach((item, index) => {
    const before = items[index - 1];
    // `["--password", "…"]`: an argument names the next one.
    const option = typeof before === "string" ? /^--?([A-Za-z][\w-]{0,63})$/.exec(before)?.[1] : undefined;
    const path = `${place.path}[${index}]`;
    const isValue = option !== undefined && !(typeof item === "string" && item.startsWith("-"));
    visit(walk, item, isValue ? { path, name: option, label: `--${option}` } : { ...place, path }, depth + 1);
  });
}

/** Stores that a setting's value is only the name of: CodeBuild says so in `type`. */
const stores = new Set(["PARAMETER_STORE", "SECRETS_MANAGER"]);

function visitObject(walk: Walk, object: Record<string, Value>, place: Place, depth: number): void {
  const named = ["name", "key", "Name", "Key"]
    .map((key) => object[key])
    .find((name) => typeof name === "string");
  const type = object.type ?? object.Type;
  const isStored = typeof type === "string" && stores.has(type);
  Object.entries(object).forEach(([key, value], index) => {
    const path = isPlain(key) ? `${place.path}.${key}` : `${place.path}[${index}]`;
    const isValue = /^value$/i.test(key) && typeof named === "string";
    if (isValue && isStored) return;
    const inner = isValue
      ? { path, name: named, ...(isPlain(named) && { label: named }) }
      : { path, name: key };
    visit(walk, value, inner, depth + 1);
  });
}

function visitText(walk: Walk, whole: string, place: Place, depth: number): void {
  if (whole.length > walk.left) walk.isCut = true;
  const text = whole.slice(0, Math.max(0, walk.left));
  walk.left -= text.length;
  const document = parsed(text);
  if (document !== undefined) {
    visit(walk, document, place, depth + 1);
    return;
  }
  const is = secretNamed(place.name, text) ?? secretInText(text) ?? secretInText(decoded(text));
  if (is !== undefined) walk.findings.push(fail(place.path, `${called(place)}holds ${is}`));
}

function parsed(text: string): Value | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text) as Value;
  } catch {
    return undefined;
  }
}

/** What a script or a file sets: `export DB_PASSWORD=…`, `password: …`, `--token=…`, `Server=…;Pwd=…`. */
const assignment =
  /(?<![\w.-])-{0,2}([A-Za-z_][\w.-]{0,63})["']?[ \t]{0,8}(?:=>|:=|[=:])[ \t]{0,8}["']?([^\s"'`,;&|<>]{6,512})/g;

/** The first secret of a text that is more than one value. */
export function secretInText(text: string): string | undefined {
  const format = formatIn(text);
  if (format !== undefined) return format;
  for (const [, name = "", value = ""] of text.matchAll(assignment)) {
    const is = secretNamed(name, value);
    // Code says `password: string` and `password = read()`: only what nobody calls a variable or a type is a password.
    if (is !== undefined && (is !== "a password" || isNoCode(value))) return is;
  }
  return undefined;
}

const isNoCode = (value: string) => /\d/.test(value) && /[A-Za-z]/.test(value) && !/[()[\]{}]/.test(value);

/** What a Base64 text says: as user data is given, compressed or not. An empty text when it is none. */
function decoded(text: string): string {
  if (text.length < 24 || !/^[A-Za-z0-9+/\s]+={0,2}\s*$/.test(text)) return "";
  const bytes = Buffer.from(text, "base64");
  // A text: none of the bytes that no script has.
  const isText = (some: Buffer) =>
    !some.subarray(0, 1000).some((byte) => byte < 9 || (byte > 13 && byte < 32));
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return isText(bytes) ? bytes.toString() : "";
  try {
    return gunzipSync(bytes, { maxOutputLength: mostCharacters }).toString();
  } catch {
    return "";
  }
}
