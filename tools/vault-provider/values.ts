import { Struct, type JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";

/** A value that only `up` will know. */
export const unknown = Symbol("unknown");

const content = Symbol("secret");
/** A value that the engine keeps encrypted. */
export interface Secret {
  readonly [content]: Value;
}
export const secret = (value: Value): Secret => ({ [content]: value });
export const isSecret = (value: Value | undefined): value is Secret =>
  typeof value === "object" && value !== null && content in value;

export type Value = null | boolean | number | string | typeof unknown | Secret | Value[] | Values;
export interface Values {
  [key: string]: Value;
}
/** A value with the marks taken off: what goes over HTTP. */
export type Plain = null | boolean | number | string | Plain[] | PlainValues;
export interface PlainValues {
  [key: string]: Plain;
}

// How the engine writes what JSON can't (pulumi/pulumi: sdk/go/common/resource/properties.go, plugin/rpc.go).
const signatureKey = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";
const unknownText = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const unknownTexts = new Set([
  unknownText,
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
  "030794c1-ac77-496b-92df-f27374a8bd58",
  "e48ece36-62e2-4504-bad9-02848725956a",
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
]);
/** What the real plugin keeps in a state for itself. */
const pluginsOwn = new Set(["__defaults", "__meta", "__pulumi_raw_state_delta"]);

export function decode(message: Struct | undefined): Values {
  return message ? decodeObject(message.toJavaScript()) : {};
}

function decodeObject(object: Record<string, JavaScriptValue>): Values {
  return Object.fromEntries(
    Object.entries(object)
      .filter(([key, value]) => value !== null && !pluginsOwn.has(key))
      .map(([key, value]) => [key, decodeValue(value)]),
  );
}

function decodeValue(value: JavaScriptValue): Value {
  if (typeof value === "string") return unknownTexts.has(value) ? unknown : value;
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(decodeValue);
  const object = value as Record<string, JavaScriptValue>;
  if (object[signatureKey] === secretSignature) return secret(decodeValue(object.value ?? null));
  return decodeObject(object);
}

export function encode(values: Values): Struct {
  return Struct.fromJavaScript(encodeObject(values));
}

function encodeObject(values: Values): Record<string, JavaScriptValue> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, encodeValue(value)]));
}

function encodeValue(value: Value): JavaScriptValue {
  if (value === unknown) return unknownText;
  if (isSecret(value)) return { [signatureKey]: secretSignature, value: encodeValue(value[content]) };
  if (Array.isArray(value)) return value.map(encodeValue);
  return isObject(value) ? encodeObject(value) : value;
}

export function isObject(value: Value): value is Values {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !isSecret(value);
}

/** The value without the mark of a secret, one level deep. */
export function opened(value: Value): Exclude<Value, Secret>;
export function opened(value: Value | undefined): Exclude<Value, Secret> | undefined;
export function opened(value: Value | undefined): Exclude<Value, Secret> | undefined {
  return isSecret(value) ? opened(value[content]) : value;
}

/** The value without any mark. Only for what is known. */
export function plain(value: Value): Plain {
  if (value === unknown) throw new Error("a value that is not known yet can't be sent");
  if (isSecret(value)) return plain(value[content]);
  if (Array.isArray(value)) return value.map(plain);
  return isObject(value) ? plainValues(value) : value;
}

export function plainValues(values: Values): PlainValues {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, plain(value)]));
}

export function hasUnknown(value: Value | undefined): boolean {
  return holds(value, (part) => part === unknown);
}

function hasSecret(value: Value | undefined): boolean {
  return holds(value, (part) => isSecret(part));
}

function holds(value: Value | undefined, test: (part: Value) => boolean): boolean {
  if (value === undefined) return false;
  if (test(value)) return true;
  if (isSecret(value)) return holds(value[content], test);
  if (Array.isArray(value)) return value.some((item) => holds(item, test));
  return isObject(value) && Object.values(value).some((item) => holds(item, test));
}

/** Marks as secret what stands where the pattern has a secret. Of a list the whole: the order may be another. */
export function sealedLike(value: Value, pattern: Value | undefined): Value {
  if (isSecret(pattern)) return isSecret(value) ? value : secret(value);
  if (Array.isArray(pattern)) return hasSecret(pattern) ? sealedLike(value, secret(null)) : value;
  if (pattern === undefined || !isObject(pattern) || !isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, sealedLike(item, pattern[key])]),
  );
}

/** Every text in a value: those inside a secret, or those outside. */
export function textsOf(value: Value | undefined, where: "in secrets" | "in plain"): string[] {
  if (isSecret(value)) return where === "in secrets" ? allTexts(value[content]) : [];
  if (typeof value === "string") return where === "in plain" ? [value] : [];
  if (Array.isArray(value)) return value.flatMap((item) => textsOf(item, where));
  return value !== undefined && isObject(value)
    ? Object.values(value).flatMap((item) => textsOf(item, where))
    : [];
}

function allTexts(value: Value): string[] {
  return [...textsOf(value, "in plain"), ...textsOf(value, "in secrets")];
}
