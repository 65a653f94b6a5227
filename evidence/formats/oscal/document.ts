import { createHash } from "node:crypto";
import type { RuleRecord } from "../../record";

/** The newest release whose JSON schemas the documents are checked against. */
const oscalVersion = "1.2.1";

/** Names the properties that OSCAL has none for. */
const namespace = "urn:pulumi-nhi:oscal";

/** Version 5 of RFC 9562 (section 5.5): the same for the same parts, so that an export that is made again is no other one. */
export function uuidOf(...parts: readonly unknown[]): string {
  const bytes = createHash("sha1")
    .update("4f3c8f0e-9d0b-5b55-8a3c-6a1f7f0f5d0e")
    .update(JSON.stringify(parts))
    .digest()
    .subarray(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x50;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** Where OSCAL wants one line without spaces around it. */
export const line = (text: string): string => text.replaceAll(/[\s\p{Cc}]+/gu, " ").trim() || "-";

export const prop = (name: string, value: string | number | boolean) => ({
  name,
  ns: namespace,
  value: line(String(value)),
});

export const metadata = (title: string, lastModified: string, version: string) => ({
  title,
  "last-modified": lastModified,
  version,
  "oscal-version": oscalVersion,
});

export type Control = RuleRecord["controls"][number];

/** Ids of these frameworks begin with a number, or are those of another framework too. */
const prefixes: Record<string, string> = {
  "cis-controls": "cisc-",
  "pci-dss": "pci-",
  "iso-27001": "iso27001-",
};

/** A control's id as a token, which OSCAL wants: `NHI7:2025` is none. The official id stands beside it. */
export const tokenOf = ({ framework, id }: Pick<Control, "framework" | "id">): string =>
  (prefixes[framework] ?? "") +
  id
    .toLowerCase()
    .replaceAll(/\((\d+)\)/g, ".$1")
    .replaceAll(/[: ]/g, "-");

export const controlProps = ({ framework, version, id, role }: Control) => [
  prop("framework", framework),
  prop("framework-version", version),
  prop("control-label", id),
  prop("role", role),
];

/** The controls that rules bear on, by their frameworks, each once. */
export function frameworksOf(rules: readonly Pick<RuleRecord, "controls">[]): Map<string, Control[]> {
  const found = new Map<string, Map<string, Control>>();
  for (const control of rules.flatMap(({ controls }) => controls)) {
    const name = `${control.framework} ${control.version}`;
    const controls = found.get(name) ?? new Map<string, Control>();
    if (!controls.has(control.id)) controls.set(control.id, control);
    found.set(name, controls);
  }
  return new Map([...found].map(([name, controls]) => [name, [...controls.values()]]));
}

/** NIST publishes these two as OSCAL catalogs (github.com/usnistgov/oscal-content). */
const nist = "https://raw.githubusercontent.com/usnistgov/oscal-content/main/nist.gov";
const catalogs: Record<string, string> = {
  "nist-800-53": `${nist}/SP800-53/rev5/json/NIST_SP-800-53_rev5_catalog.json`,
  "nist-csf-2.0": `${nist}/CSF/v2.0/json/NIST_CSF_v2.0_catalog.json`,
};

export const frameworkRef = (name: string): string => `#${uuidOf("framework", name)}`;

/** What a document points to: the frameworks, with NIST's catalog where there is one. */
export const frameworkResources = (rules: readonly RuleRecord[]) =>
  [...frameworksOf(rules)].map(([name, controls]) => {
    const href = catalogs[controls[0]?.framework ?? ""];
    return {
      uuid: uuidOf("framework", name),
      title: name,
      ...(href !== undefined && { rlinks: [{ href, "media-type": "application/oscal.catalog+json" }] }),
    };
  });

/** The controls that these rules bear on. OSCAL wants at least one selection. */
export function reviewedControls(rules: readonly RuleRecord[]) {
  const selections = [...frameworksOf(rules)].map(([name, controls]) => ({
    description: name,
    props: [prop("framework", name)],
    "include-controls": controls.map((control) => ({ "control-id": tokenOf(control) })),
  }));
  return {
    "control-selections":
      selections.length > 0
        ? selections
        : [{ description: "No rule is switched on.", "include-controls": [{ "control-id": "none" }] }],
  };
}
