import { Ajv, type ErrorObject } from "ajv";
import addFormats from "ajv-formats";
import type { Control } from "#pack/controls";
import type { Status } from "./result";
import schema from "./nhi-evidence-v1.schema.json";

export const schemaName = "nhi-evidence/v1";

/** How many checks came out how. */
export type Counts = Record<Status | "notApplicable", number>;

export interface Header {
  record: "header";
  schema: typeof schemaName;
  id: string;
  startedAt: string;
  command: "audit" | "check";
  by: { name: string; from: string };
  commit: { id: string; isClean: boolean } | null;
  tools: { nhi: string; pack: string; policySdk: string; node: string; pulumi?: string };
  settings: { file: string; sha256: string; content: object } | null;
}

export interface RuleRecord {
  record: "rule";
  id: string;
  title: string;
  severity: "low" | "medium" | "high" | "critical";
  level: "advisory" | "mandatory" | "disabled";
  topic: string;
  labels: string[];
  controls: Pick<Control, "framework" | "version" | "id" | "title" | "role">[];
}

export interface StackRecord {
  record: "stack";
  stack: string | null;
  source: { kind: "state-file" | "stack-export" | "preview"; name: string };
  writtenAt: string | null;
  pulumi: string | null;
  resources: number;
  complete: boolean;
  problem: string | null;
}

export interface ScopeRecord {
  record: "scope";
  stack: string;
  rule: string;
  disabled: boolean;
  counts: Counts;
}

export interface ResultRecord {
  record: "result";
  stack: string;
  rule: string;
  resource: string;
  status: Status;
  level?: "advisory" | "mandatory";
  property?: string;
  message?: string;
  until?: string;
}

export interface Trailer {
  record: "trailer";
  finishedAt: string;
  complete: boolean;
  problems: string[];
  exitCode: number;
  records: number;
  stacks: number;
  disabled: string[];
  counts: Counts;
}

export type EvidenceRecord = Header | RuleRecord | StackRecord | ScopeRecord | ResultRecord | Trailer;

/** A record as it stands in the file: in a chain with those before it. */
export type Chained<R extends EvidenceRecord = EvidenceRecord> = R & {
  sequence: number;
  previous: string;
  hash: string;
};

export const noCounts = (): Counts => ({ pass: 0, fail: 0, undetermined: 0, excepted: 0, notApplicable: 0 });

const ajv = new Ajv({ strict: false });
addFormats(ajv);
/** One validator for each kind: what is wrong with a record is then said of that kind, and not of all six. */
const validators = new Map(
  ["header", "rule", "stack", "scope", "result", "trailer"].map((kind) => [
    kind,
    ajv.compile<Chained>({
      ...schema,
      $id: `${schema.$id}:${kind}`,
      oneOf: [{ $ref: `#/definitions/${kind}` }],
    }),
  ]),
);

/** What is wrong with a record, without its values; nothing when it fits the schema. */
export function recordProblem(record: unknown): string | undefined {
  const kind = (record as { record?: unknown } | null)?.record;
  const validate = typeof kind === "string" ? validators.get(kind) : undefined;
  if (!validate) return "it is of no kind that the schema knows";
  if (validate(record)) return undefined;
  const { instancePath, message = "is wrong" } = deepest(validate.errors ?? []);
  return `${instancePath === "" ? "it" : instancePath.slice(1).replaceAll("/", ".")} ${message}`;
}

function deepest(errors: readonly ErrorObject[]): Partial<ErrorObject> & { instancePath: string } {
  const real = errors.filter(({ keyword }) => !["oneOf", "allOf", "if"].includes(keyword));
  return real[0] ?? { instancePath: "" };
}
