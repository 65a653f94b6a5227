import { unknownText, type Given, type GivenProvider, type Props } from "#pack/testing";
import { CouldNotRun } from "./exit-code";

/** A stack as it was last deployed. */
export interface State {
  /** `project/stack`; nothing where there is no resource that could say it. */
  stack: string | undefined;
  /** When it was written, as the file says. */
  written: string | undefined;
  /** The version of the CLI that wrote it. */
  cli: string | undefined;
  resources: StateResource[];
}

/** A resource as the engine gives it to a pack: inputs to each rule of its own, outputs to the rules of the whole stack. */
export interface StateResource {
  urn: string;
  inputs: Given;
  outputs: Given;
}

/** What `pulumi stack export` writes, and what a file backend keeps. */
export function readState(text: string, name: string): State {
  const { resources: given, manifest } = deploymentOf(parsed(text, name), name);
  const all = resourcesOf(given, name).filter(({ delete: isGoing }) => isGoing !== true);
  const byUrn = new Map(all.map((resource) => [resource.urn, resource]));
  const resources = all.map((resource) => ({
    urn: resource.urn,
    inputs: givenOf(resource, resource.inputs, byUrn),
    outputs: givenOf(resource, resource.outputs, byUrn),
  }));
  const { time, version } = isRecord(manifest) ? manifest : {};
  return {
    stack: all[0] && stackOf(all[0].urn),
    written: typeof time === "string" ? time : undefined,
    cli: typeof version === "string" ? version : undefined,
    resources,
  };
}

/** `urn:pulumi:prod::shop::…` is of `shop/prod`. */
export function stackOf(urn: string): string {
  const [start = "", project = ""] = urn.split("::");
  return `${project}/${start.replace("urn:pulumi:", "")}`;
}

interface Exported {
  urn: string;
  type: string;
  parent?: string;
  provider?: string;
  delete?: boolean;
  inputs?: unknown;
  outputs?: unknown;
  propertyDependencies?: unknown;
}

function parsed(text: string, name: string): unknown {
  if (text.trim() === "")
    throw new CouldNotRun(`${name} is empty. \`pulumi stack export > FILE\` writes a state.`);
  try {
    // Some shells write a byte order mark.
    return JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch {
    // What the parser says would show a piece of the file.
    const last = text.trimEnd().at(-1);
    const how = last === "}" ? "is no JSON" : "is no whole JSON: it ends in the middle";
    throw new CouldNotRun(`${name} ${how}. Export the stack again with \`pulumi stack export\`.`);
  }
}

function deploymentOf(document: unknown, name: string): Record<string, unknown> {
  const foreign = new CouldNotRun(
    `${name} is JSON, and no exported state: it has no "deployment". \`pulumi stack export > FILE\` writes one.`,
  );
  if (!isRecord(document)) throw foreign;
  const { version, deployment, checkpoint } = document;
  // A stack that has never been updated is exported without a deployment, and kept without a latest one.
  const isExport = "deployment" in document && "version" in document;
  const found = isExport ? (deployment ?? {}) : isRecord(checkpoint) ? (checkpoint.latest ?? {}) : undefined;
  if (!isRecord(found)) throw foreign;
  if (version !== 3 && version !== 4)
    throw new CouldNotRun(
      `${name} is a state of the version ${typeof version === "number" ? version : "unknown"}; 3 and 4 can be read. Export it with a newer \`pulumi\`.`,
    );
  return found;
}

function resourcesOf(given: unknown, name: string): Exported[] {
  if (given === undefined || given === null) return [];
  if (!Array.isArray(given))
    throw new CouldNotRun(
      `${name}: deployment.resources must be a list, and is none. Export the stack again.`,
    );
  return given.map((resource: unknown, index) => {
    const isWhole =
      isRecord(resource) &&
      typeof resource.type === "string" &&
      typeof resource.urn === "string" &&
      /^urn:pulumi:[^:]+::[^:]+::.+::./.test(resource.urn);
    if (!isWhole)
      throw new CouldNotRun(
        `${name}: deployment.resources[${index}] must have a type and a URN, and has not. Export the stack again.`,
      );
    return resource as unknown as Exported;
  });
}

function givenOf(resource: Exported, properties: unknown, byUrn: Map<string, Exported>): Given {
  const { urn, type, parent, provider, propertyDependencies } = resource;
  const ofProvider = provider === undefined ? undefined : providerOf(provider, byUrn);
  const sources = isRecord(propertyDependencies)
    ? Object.entries(propertyDependencies).filter((entry): entry is [string, string[]] =>
        Array.isArray(entry[1]),
      )
    : [];
  return {
    urn,
    type,
    name: nameOf(urn),
    props: propsOf(properties),
    sources: Object.fromEntries(sources),
    ...(parent && { parent }),
    ...(ofProvider && { provider: ofProvider }),
  };
}

/** A resource names its provider as `<urn>::<id>`. */
function providerOf(reference: string, byUrn: Map<string, Exported>): GivenProvider | undefined {
  const provider = byUrn.get(reference.slice(0, reference.lastIndexOf("::")));
  return (
    provider && {
      urn: provider.urn,
      type: provider.type,
      name: nameOf(provider.urn),
      props: propsOf(provider.inputs),
    }
  );
}

/** A name may hold `::` itself: it is what comes after the type. */
const nameOf = (urn: string) => urn.split("::").slice(3).join("::");

const propsOf = (properties: unknown): Props => (isRecord(properties) ? mapped(properties) : {});

/** Marks an object of the state that is no plain one (`sdk/go/common/resource`, `SigKey` and the signatures beside it). */
const signatureKey = "4dabf18193072939515e22adb298388d";
const signatures = {
  secret: "1b47061264138c4ac30d75fd1eb44270",
  asset: "c44067f5952c0a294b673a41bacd8c17",
  archive: "0def7320c3a5731c473e5ecbe6d01bc7",
  reference: "5cf8f73096256a8f31e491e813e4eb8e",
};

type Json = Props[string];

function mapped(object: Record<string, unknown>): Record<string, Json> {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, valueOf(value)]));
}

/** A value as the engine passes it on. What the file does not tell is what nobody knows yet. */
function valueOf(value: unknown): Json {
  if (Array.isArray(value)) return value.map(valueOf);
  if (!isRecord(value)) return value as Json;
  switch (value[signatureKey]) {
    case undefined:
      return mapped(value);
    case signatures.secret:
      return secretOf(value);
    case signatures.asset:
      return ["path", "text", "uri"].some((key) => value[key])
        ? (value as Record<string, Json>)
        : unknownText;
    case signatures.archive:
      return ["path", "assets", "uri"].some((key) => value[key]) ? mapped(value) : unknownText;
    case signatures.reference:
      return typeof value.id === "string" && value.id !== ""
        ? value.id
        : ((value.urn as Json | undefined) ?? unknownText);
    default:
      return unknownText;
  }
}

/** A secret is judged where it is exported in plain text. As ciphertext it could be anything. */
function secretOf({ plaintext }: Record<string, unknown>): Json {
  if (typeof plaintext !== "string") return unknownText;
  try {
    return valueOf(JSON.parse(plaintext));
  } catch {
    return unknownText;
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
