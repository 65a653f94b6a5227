import * as pulumi from "@pulumi/pulumi";
import type {
  RegisterResourceOutputsRequest,
  RegisterResourceRequest,
} from "@pulumi/pulumi/proto/resource_pb";
import { MockMonitor } from "@pulumi/pulumi/runtime/mocks";
import type { Given } from "./analyze";

/** A resource as the program asked the engine for it. What it did not ask for is not there. */
export interface Registered {
  type: string;
  name: string;
  /** The parent, as `Type name`. */
  parent?: string;
  inputs: unknown;
  /** What it waits for, through `dependsOn` or an input, as `Type name`. */
  after?: string[];
  deleteBeforeReplace?: true;
  /** What takes it along when it is deleted, as `Type name`. */
  deletedWith?: string;
  additionalSecretOutputs?: string[];
  ignoreChanges?: string[];
  /** A component's outputs. */
  outputs?: unknown;
}

/** What a provider answers to a function call. */
type MockCall = (token: string, inputs: Record<string, unknown>) => Record<string, unknown>;

/** A value that the engine does not know yet. */
export const unknown = "<unknown>";
/** A value that the engine is told to encrypt. */
export const secret = (value: unknown) => ({ "<secret>": value });

/**
 * Runs a program on the SDK's mocks and gives what it registered, sorted by type and name. Read from the requests as
 * they go to the engine: parents, dependencies, unknowns and secrets are those that the engine would see.
 *
 * In a preview no output of a resource is known, which is less than a real provider knows.
 */
export async function registeredBy(program: () => void, options: Run = {}): Promise<Registered[]> {
  const { requests, outputs } = await requestsOf(program, options);
  const outputsOf = new Map(
    outputs.map((message) => [message.getUrn(), readable(message.getOutputs()?.toJavaScript())]),
  );
  return requests
    .map(({ request }) => registration(request, outputsOf))
    .sort((a, b) => `${a.type} ${a.name}`.localeCompare(`${b.type} ${b.name}`));
}

/** What a program registered, as the engine passes it to a policy pack: with its own marks for unknowns and secrets. */
export async function givenBy(program: () => void, options: Run = {}): Promise<Given[]> {
  const { requests } = await requestsOf(program, options);
  return requests.map(({ request, urn }) => ({
    type: request.getType(),
    name: request.getName(),
    urn,
    props: request.getObject()?.toJavaScript() ?? {},
    ...(request.getParent() && { parent: request.getParent() }),
    ...(request.getProvider() && { provider: request.getProvider() }),
    sources: Object.fromEntries(
      [...request.getPropertydependenciesMap().entries()].map(([name, from]) => [name, from.getUrnsList()]),
    ),
  }));
}

interface Run {
  preview?: boolean;
  call?: MockCall;
}

/** The SDK's mocks answer with the URN that an engine would give. */
interface UrnGiver {
  newUrn(parent: string, type: string, name: string): string;
}

async function requestsOf(program: () => void, { preview = false, call = () => ({}) }: Run) {
  const requests = jest.spyOn(MockMonitor.prototype, "registerResource");
  const outputs = jest.spyOn(MockMonitor.prototype, "registerResourceOutputs");
  try {
    await pulumi.runtime.setMocks(
      {
        newResource: ({ type, name, inputs }) => ({
          id: `${type} ${name}`,
          // Once it is made, the cloud has given it an ARN.
          state: preview
            ? {}
            : { arn: `arn:made-up:${type}:${name}`, ...(inputs as Record<string, unknown>) },
        }),
        call: ({ token, inputs }) => call(token, inputs as Record<string, unknown>),
      },
      "project",
      "stack",
      preview,
      "organization",
    );
    try {
      program();
    } finally {
      await pulumi.runtime.disconnect();
    }
    return {
      requests: requests.mock.calls.map(([given], index) => {
        const request = given as RegisterResourceRequest;
        const monitor = requests.mock.contexts[index] as unknown as UrnGiver;
        return { request, urn: monitor.newUrn(request.getParent(), request.getType(), request.getName()) };
      }),
      outputs: outputs.mock.calls.map(([request]) => request as RegisterResourceOutputsRequest),
    };
  } finally {
    requests.mockRestore();
    outputs.mockRestore();
  }
}

/** What a resource gives back at preview: an output whose value nobody knows yet. */
export function notYetKnown(): pulumi.Output<string> {
  return new NotYetMade().value;
}

class NotYetMade extends pulumi.CustomResource {
  declare readonly value: pulumi.Output<string>;

  constructor() {
    super("test:index:NotYetMade", "not-yet-made", { value: undefined });
  }
}

/** The message that a program ends with, after which nothing may have been registered. */
export async function refusalOf(program: () => void): Promise<string> {
  let message = "";
  const registered = await registeredBy(() => {
    try {
      program();
    } catch (error) {
      // Anything but a RunError would show a stack to the user.
      if (!pulumi.RunError.isInstance(error)) throw error;
      message = error.message;
    }
  });
  if (registered.length > 0)
    throw new Error(`registered before the refusal: ${registered.map(({ name }) => name).join(", ")}`);
  return message;
}

function registration(request: RegisterResourceRequest, outputsOf: Map<string, unknown>): Registered {
  const type = request.getType();
  const name = request.getName();
  const after = request.getDependenciesList().map(titleOf).sort();
  const outputs = [...outputsOf].find(([urn]) => titleOf(urn) === title(type, name))?.[1];
  return {
    type,
    name,
    ...(request.getParent() && { parent: titleOf(request.getParent()) }),
    inputs: readable(request.getObject()?.toJavaScript()),
    ...(after.length > 0 && { after }),
    ...(request.getDeletebeforereplace() && { deleteBeforeReplace: true }),
    ...(request.getDeletedwith() && { deletedWith: titleOf(request.getDeletedwith()) }),
    ...(request.getAdditionalsecretoutputsList().length > 0 && {
      additionalSecretOutputs: request.getAdditionalsecretoutputsList(),
    }),
    ...(request.getIgnorechangesList().length > 0 && { ignoreChanges: request.getIgnorechangesList() }),
    ...(!request.getCustom() && { outputs }),
  };
}

const title = (type: string, name: string) => `${type.slice(type.lastIndexOf(":") + 1)} ${name}`;

/** `urn:pulumi:stack::project::parents$type::name` */
function titleOf(urn: string): string {
  const [, , types = "", name = ""] = urn.split("::");
  return title(types.slice(types.lastIndexOf("$") + 1), name);
}

// How the SDK writes what JSON can't (pulumi/pulumi, sdk/nodejs/runtime/rpc.ts).
const unknownValue = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const signatureKey = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";

function readable(value: unknown): unknown {
  if (value === unknownValue) return unknown;
  if (Array.isArray(value)) return value.map(readable);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value);
  if ((value as Record<string, unknown>)[signatureKey] === secretSignature)
    return secret(readable((value as Record<string, unknown>).value));
  return Object.fromEntries(entries.map(([key, item]) => [key, readable(item)]));
}
