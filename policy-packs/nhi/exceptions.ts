import { keyIsolation } from "./aws/key-isolation";
import { endOfDay } from "./duration";
import { exceptionType, recordFindings, recordOf, textOf } from "./exception-record";
import type { Rule } from "./rule";
import { isObject, readProperty, type Value } from "./value";
import type { Finding } from "./verdict";

/** A `StaticCredentialException` as far as the run has seen it. */
export interface KnownException {
  urn: string;
  name: string;
  /** Why it excepts nothing. */
  problem: string | undefined;
  /** The end of its last day, in milliseconds since 1970. */
  end: number;
  expires: string;
  says: string;
  makesAwsKey: boolean;
  existing: readonly Known[];
  /** For what holds its access key, by type: nothing, or why it does not. */
  holds: Map<string, string | undefined>;
  /** The user that its policy is of. */
  user: Value | undefined;
}

/** A finding that an exception is for. */
interface Known {
  /** The resource as its URN ends: type and name. */
  resource: string;
  rule: string;
  property: string;
  /** Whether it has come up. */
  isFound: boolean;
}

/** Rules about static credentials: the ones whose findings a program may except. */
const exceptable = [
  "no-secrets-in-configuration",
  "no-static-keys",
  "no-static-provider-credentials",
  "static-keys-give-way-to-jit",
];

const keyType = "aws:iam/accessKey:AccessKey";

/** Types that `note` remembers something of. */
export const notedTypes: ReadonlySet<string> = new Set([
  exceptionType,
  keyType,
  ...Object.keys(keyIsolation),
]);

/** A resource as the engine shows it to a pack. */
interface Shown {
  type: string;
  name: string;
  urn: string;
  props: object;
  parent: string | undefined;
}

/**
 * Remembers an exception, and what holds its credential. The engine judges a component before its children, and a
 * resource after all that it depends on: what was not seen when a key comes up does not hold it.
 */
export function note(exceptions: Map<string, KnownException>, shown: Shown, now: number): void {
  if (shown.type === exceptionType) exceptions.set(shown.urn, read(shown, now));
  const exception = shown.parent === undefined ? undefined : exceptions.get(shown.parent);
  if (!exception) return;
  const property = (name: string) => readProperty(shown.props, name);
  const problem = keyIsolation[shown.type]?.(property, exception.end);
  // Of several alarms one that is off is enough.
  if (Object.hasOwn(keyIsolation, shown.type) && exception.holds.get(shown.type) === undefined)
    exception.holds.set(shown.type, problem);
  if (shown.type === "aws:iam/userPolicy:UserPolicy") exception.user = property("user");
  if (shown.type === keyType)
    exception.holds.set(
      keyType,
      typeof exception.user === "string" && property("user") === exception.user
        ? undefined
        : "the key is of another user than its policy",
    );
}

function read({ type, name, urn, props }: Shown, now: number): KnownException {
  const resource = { type, read: (property: string) => readProperty(props, property) };
  const parts = recordOf(resource);
  const [first] = recordFindings(parts, now);
  const expires = textOf(parts, "exception-expires");
  const owner = textOf(parts, "exception-owner");
  const approver = textOf(parts, "exception-approver");
  return {
    urn,
    name,
    problem: first && `${first.property} ${first.says}`,
    end: endOfDay(expires),
    expires,
    says:
      `Excepted until ${expires} by StaticCredentialException "${name}" ` +
      `(owner ${owner}, approved by ${approver}): ${textOf(parts, "exception-reason")}.`,
    makesAwsKey: isObject(resource.read("awsAccessKey")),
    existing: existingOf(resource.read("existing")),
    holds: new Map(),
    user: undefined,
  };
}

function existingOf(value: Value | undefined): KnownException["existing"] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((entry) => {
    if (!isObject(entry)) return [];
    const { resource, rule, property } = entry;
    return typeof resource === "string" && typeof rule === "string" && typeof property === "string"
      ? [{ resource, rule, property, isFound: false }]
      : [];
  });
}

/** What an exception in the program says of a finding, and whether it lets it stay. */
export interface ExceptionAnswer {
  exception: KnownException;
  isExcepted: boolean;
  says: string;
}

export function exceptionOf(
  exceptions: ReadonlyMap<string, KnownException>,
  rule: Rule,
  { urn, parent }: { urn: string; parent?: string | undefined },
  { property }: Finding,
): ExceptionAnswer | undefined {
  if (rule.neverExempt !== undefined || !exceptable.includes(rule.id)) return undefined;
  // urn:pulumi:stack::project::type::name
  const [, , type = "", ...name] = urn.split("::");
  const resource = [type, ...name].join("::");
  for (const exception of exceptions.values()) {
    const known = exception.existing.find(
      (entry) => entry.resource === resource && entry.rule === rule.id && entry.property === property,
    );
    if (!known) continue;
    known.isFound = true;
    return answer(exception, exception.problem);
  }
  const made = exceptions.get(parent ?? "");
  return made?.makesAwsKey && type.endsWith(`$${keyType}`) && property === "it"
    ? answer(made, made.problem ?? isolationProblem(made))
    : undefined;
}

/** What exceptions of a run name in vain, at its end: a finding that is gone, or one that no program may except. */
export function vainExceptions(exceptions: ReadonlyMap<string, KnownException>): string[] {
  return [...exceptions.values()].flatMap(({ name, existing }) =>
    existing.flatMap(({ resource, rule, property, isFound }, index) => {
      const where = `existing[${index}] of StaticCredentialException "${name}"`;
      if (!exceptable.includes(rule))
        return [
          `${where} must be of a rule about static credentials (${exceptable.join(", ")}), got ${rule}. Exempt it in the pack's settings.`,
        ];
      return isFound
        ? []
        : [`${where} is not needed: ${rule} finds nothing in ${property} of ${resource}. Remove it.`];
    }),
  );
}

function isolationProblem({ holds }: KnownException): string | undefined {
  const missing = [...Object.keys(keyIsolation), keyType].find((type) => !holds.has(type));
  if (missing !== undefined) return `it has no ${missing} that was there before the key`;
  return [...holds.values()].find((problem) => problem !== undefined);
}

const answer = (exception: KnownException, problem: string | undefined): ExceptionAnswer => ({
  exception,
  isExcepted: problem === undefined,
  says:
    problem === undefined
      ? exception.says
      : `StaticCredentialException "${exception.name}" does not hold: ${problem}.`,
});
