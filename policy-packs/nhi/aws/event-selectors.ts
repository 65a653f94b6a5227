import type { Resource } from "../rule";
import { isObject, unknown, type Value } from "../value";
import { advise, fail, type Finding, undetermined } from "../verdict";
import { list, texts } from "./document";

/** What one selector takes of the management events. Selectors add up: an event that one of them takes is written. */
interface Selector {
  reads: boolean;
  writes: boolean;
  /** Services whose events it leaves out. */
  without: readonly string[];
  /** The only services whose events it takes. */
  only?: readonly string[];
  /** A field by which it leaves out more. */
  narrowedBy?: string;
}

/** Nothing: it takes no management events. */
type Read = Selector | typeof unknown | undefined;

/** What is not written of the management events, with which identities are made and used. */
export const leftOut = (resource: Resource, aspect: "trail" | "store"): Finding[] => [
  ...among("eventSelectors", resource, basic, aspect),
  ...among("advancedEventSelectors", resource, advanced, aspect),
];

function among(
  property: string,
  resource: Resource,
  read: (selector: Value) => Read,
  aspect: "trail" | "store",
): Finding[] {
  const value = resource.read(property);
  if (value === unknown) return [undetermined(property, "is not known yet, and may leave out events")];
  // With no selector of either kind CloudTrail writes all of them.
  const selectors = list(value).map(read);
  if (selectors.length === 0) return [];
  const known = selectors.filter((selector) => typeof selector === "object");
  const finding = known.length > 0 ? lostIn(property, known) : nothing(property, aspect);
  if (finding === undefined) return [];
  return selectors.includes(unknown)
    ? [undetermined(property, "is not known yet in all its parts, and may leave out events")]
    : [finding];
}

/** A trail for data alone may stand beside one of the whole organisation. A store for configurations says what it is. */
const nothing = (property: string, aspect: "trail" | "store"): Finding | undefined =>
  aspect === "store"
    ? undefined
    : advise(
        property,
        "takes no management events: nothing of how identities are made and used, where no other trail has it",
        "Record the management events in this trail or in another one.",
      );

function lostIn(property: string, selectors: Selector[]): Finding | undefined {
  for (const kind of ["reads", "writes"] as const) {
    const taking = selectors.filter((selector) => selector[kind]);
    if (taking.length === 0)
      return fail(
        property,
        kind === "reads"
          ? "leaves out the events that only read, as somebody does who looks for credentials"
          : "leaves out the events that change something",
        "Record read and write events.",
      );
    const broad = taking.filter(({ only, narrowedBy }) => only === undefined && narrowedBy === undefined);
    if (broad.length === 0) {
      const by = taking.find(({ narrowedBy }) => narrowedBy !== undefined)?.narrowedBy ?? "eventSource";
      return fail(property, `takes only the management events that ${by} names`, "Record all of them.");
    }
    const named = new Set(taking.flatMap(({ only = [] }) => only));
    const [lost] = (broad[0]?.without ?? []).filter(
      (service) => !named.has(service) && broad.every(({ without }) => without.includes(service)),
    );
    if (lost !== undefined)
      return fail(property, `leaves out the events of ${lost}`, "Record the events of every service.");
  }
  return undefined;
}

/** Whatever stands in a policy's place for a service is shown only where it is one. */
const serviceNames = (values: readonly (string | typeof unknown)[]) =>
  values.map((value) =>
    typeof value === "string" && /^[a-z0-9.-]{1,60}\.amazonaws\.com$/i.test(value)
      ? value.toLowerCase()
      : "a service",
  );

/** The engine may pass a truth value as a text. */
const truth = (value: Value) => (value === "true" ? true : value === "false" ? false : value);

function basic(selector: Value): Read {
  if (!isObject(selector)) return unknown;
  const { includeManagementEvents = true, readWriteType = "All", excludeManagementEventSources } = selector;
  if (truth(includeManagementEvents) === false) return undefined;
  if ([includeManagementEvents, readWriteType, excludeManagementEventSources].includes(unknown))
    return unknown;
  return {
    reads: readWriteType !== "WriteOnly",
    writes: readWriteType !== "ReadOnly",
    without: serviceNames(texts(excludeManagementEventSources)),
  };
}

/** What a field of an advanced selector does: it says the category, narrows to some events, or can't be read. */
function advanced(selector: Value): Read {
  const fields = isObject(selector) ? selector.fieldSelectors : unknown;
  if (!Array.isArray(fields)) return unknown;
  const result: Selector = { reads: true, writes: true, without: [] };
  let isManagement = false;
  let isKnown = true;
  for (const field of fields) {
    if (!isObject(field) || typeof field.field !== "string" || Object.values(field).includes(unknown)) {
      isKnown = false;
      continue;
    }
    const equals = texts(field.equals);
    const isEqual = equals.length > 0;
    if (equals.includes(unknown)) {
      isKnown = false;
    } else if (field.field === "eventCategory") {
      if (!equals.includes("Management")) return undefined;
      isManagement = true;
    } else if (field.field === "readOnly" && isEqual) {
      result.reads &&= equals.includes("true");
      result.writes &&= equals.includes("false");
    } else if (field.field === "eventSource" && isEqual) {
      result.only = serviceNames(equals);
    } else if (field.field === "eventSource" && list(field.notEquals).length > 0) {
      result.without = [...result.without, ...serviceNames(texts(field.notEquals))];
    } else {
      result.narrowedBy = /^[a-zA-Z.]{1,40}$/.test(field.field) ? field.field : "a field";
    }
  }
  return isManagement && isKnown ? result : unknown;
}
