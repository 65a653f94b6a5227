import crosswalk from "./crosswalk.json";

/** What a rule is about: the rows of the crosswalk from weaknesses to controls. */
export const topics = [
  "static-key",
  "secret-in-config",
  "overlong-ttl",
  "missing-revocation",
  "weak-federation-trust",
  "over-privilege",
  "missing-audit",
  "missing-metadata",
  "third-party-trust",
  "cross-env-reuse",
  "human-use",
  "static-exception",
  "jit-decision",
  "break-glass",
  "no-underlying-rotation",
] as const;
export type Topic = (typeof topics)[number];

/** A control of a framework that a topic bears on. The fit is our judgement, not a published mapping. */
export interface Control {
  framework: string;
  /** The framework's name and version: `OWASP Non-Human Identities Top 10`, `2025`. */
  frameworkName: string;
  version: string;
  id: string;
  title: string;
  /** Primary controls are named in messages, supporting ones in tags and evidence. */
  role: "primary" | "supporting";
}

/** A label as older texts use it, with the official ids behind it. */
export interface Label {
  /** `NHI-03`, verbatim. */
  brief: string;
  /** What the label stands for, with versions: `official: OWASP NHI7:2025 Long-Lived Secrets`. */
  official: string;
}

type Row = (typeof crosswalk.topics)[number];
const rows = new Map<string, Row>(crosswalk.topics.map((row) => [row.id, row]));
const frameworks = crosswalk.frameworks as Record<string, { name: string; version: string }>;

function rowOf(topic: Topic): Row {
  const row = rows.get(topic);
  if (!row) throw new Error(`crosswalk.json has no topic "${topic}"`);
  return row;
}

export function controlsOf(topic: Topic): Control[] {
  return rowOf(topic).mappings.map(({ framework, id, title, role }) => ({
    framework,
    frameworkName: frameworks[framework]?.name ?? framework,
    version: frameworks[framework]?.version ?? "",
    id,
    title,
    role: role === "primary" ? "primary" : "supporting",
  }));
}

/** The topic's own item of the OWASP list. Logging, break-glass and just-in-time decisions have none. */
export function owaspItem(topic: Topic): Control | undefined {
  return controlsOf(topic).find(({ framework, role }) => framework === "owasp-nhi" && role === "primary");
}

/**
 * Items that the label NHI-03 is used for: exposure, lifetime, revocation and CI/CD credentials. Never NHI3:2025, which
 * only looks like it: that one is about third parties.
 */
const behindNhi03 = ["NHI7:2025", "NHI1:2025", "NHI2:2025", "NHI6:2025"];

/** The labels of a topic, in the crosswalk's order, each with the official id behind it. */
export function labelsOf(topic: Topic): Label[] {
  const owasp = owaspItem(topic);
  const labels = new Set(rowOf(topic).briefLabels);
  if (owasp && behindNhi03.includes(owasp.id)) labels.add("NHI-03");
  return [...labels].map((brief) => ({ brief, official: officialOf(brief, owasp) }));
}

function officialOf(brief: string, owasp: Control | undefined): string {
  switch (brief) {
    case "NHI-03":
      return owasp ? `official: OWASP ${owasp.id} ${owasp.title}` : "no official OWASP item";
    case "PR.AC-4":
      return "CSF 1.1; CSF 2.0: PR.AA-05";
    case "GOVERN":
      return "AI RMF 1.0 function; here GOVERN 1.6";
    case "IA-02":
      return "not an official MAESTRO id; MAESTRO L6/L7, SP 800-53 IA-9";
    default:
      throw new Error(`crosswalk.json has the label "${brief}", and nothing says what it stands for`);
  }
}

/** The end of a message: `Maps to NHI-03 (official: …) and PR.AC-4 (…).` GOVERN is for AI agents only. */
export function mapsTo(topic: Topic, labels: "brief" | "official" | "both" = "both"): string {
  const owasp = owaspItem(topic);
  const named = labelsOf(topic).filter(({ brief }) => brief !== "GOVERN");
  const parts = named.map(({ brief, official }) =>
    labels === "both"
      ? `${brief} (${official})`
      : labels === "brief"
        ? brief
        : official.replace(/^official: /, ""),
  );
  if (owasp && !named.some(({ brief }) => brief === "NHI-03")) parts.push(`OWASP ${owasp.id} ${owasp.title}`);
  return `Maps to ${parts.join(" and ")}.`;
}

/** The one framework that the SDK has room for: the OWASP item, else the CSF 2.0 subcategory, a primary one first. */
export function sdkFramework(topic: Topic) {
  const csf = controlsOf(topic).filter(({ framework }) => framework === "nist-csf-2.0");
  const control = owaspItem(topic) ?? csf.find(({ role }) => role === "primary") ?? csf[0];
  if (!control)
    throw new Error(`crosswalk.json has neither an OWASP item nor a CSF 2.0 subcategory for "${topic}"`);
  return {
    name: control.frameworkName,
    version: control.version,
    reference: control.id,
    specification: control.title,
  };
}

/** `brief:NHI-03`, `nist-csf-2.0:PR.AA-05` and so on: everything that the SDK's one framework leaves out. */
export function tagsOf(topic: Topic): string[] {
  return [
    ...labelsOf(topic).map(({ brief }) => `brief:${brief}`),
    ...controlsOf(topic).map(({ framework, id }) => `${framework}:${id}`),
  ];
}
