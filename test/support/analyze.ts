import type { Policies, ResourceValidation, StackValidationPolicy } from "@pulumi/policy";
import * as server from "@pulumi/policy/server";
import {
  AnalyzeRequest,
  AnalyzerPropertyDependencies,
  AnalyzerProviderResource,
  AnalyzerResource,
  AnalyzerResourceOptions,
  AnalyzeStackRequest,
  EnforcementLevel,
  type AnalyzeResponse,
} from "@pulumi/pulumi/proto/analyzer_pb";
import { Struct, type JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";

/** The engine's markers (`sdk/go/common/resource/plugin/rpc.go`): a text that is not known yet, and a secret. */
export const unknownText = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const secretSignature = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270" };
export const secret = (value: JavaScriptValue) => ({ ...secretSignature, value });

export type Props = Record<string, JavaScriptValue>;

export interface Given {
  type: string;
  name: string;
  props: Props;
  /** The name of the component that it belongs to. */
  parent?: string;
  /** The name of its provider. */
  provider?: string;
  /** The names of the resources that a property is made of. */
  sources?: Record<string, string[]>;
}

export interface Diagnostic {
  policy: string;
  message: string;
  level: "advisory" | "mandatory";
}

export interface Analysis {
  diagnostics: Diagnostic[];
  /** Policies that said they do not apply. What neither applies nor is in `diagnostics` counts as passed. */
  notApplicable: string[];
}

type Answer = (error: Error | null | undefined, response?: AnalyzeResponse) => void;
type Rpc<Request> = (
  pack: string,
  version: string,
  level: string,
  policies: Policies,
) => (call: { request: Request }, answer: Answer) => Promise<void>;

/** What the SDK's server exports and its types leave out. */
interface ServerInternals {
  makeAnalyzeRpcFun: Rpc<AnalyzeRequest>;
  makeAnalyzeStackRpcFun: Rpc<AnalyzeStackRequest>;
}
const { makeAnalyzeRpcFun, makeAnalyzeStackRpcFun } = server as unknown as ServerInternals;

/** Judges one resource the way the engine has it judged: through the SDK's own RPC, with real messages. */
export function analyze(
  policies: Policies,
  type: string,
  name: string,
  props: Props,
  config?: Record<string, unknown>,
): Promise<Analysis> {
  const request = new AnalyzeRequest()
    .setType(type)
    .setName(name)
    .setUrn(urnOf({ type, name }))
    .setProperties(Struct.fromJavaScript(props))
    .setOptions(new AnalyzerResourceOptions());
  return call(makeAnalyzeRpcFun, policies, request, config);
}

/** Judges all resources together, as the engine does at the end. */
export function analyzeStack(
  policies: Policies,
  resources: readonly Given[],
  config?: Record<string, unknown>,
): Promise<Analysis> {
  const urnOfNamed = (name: string | undefined) => {
    const found = resources.find((resource) => resource.name === name);
    return found ? urnOf(found) : "";
  };
  const request = new AnalyzeStackRequest().setResourcesList(
    resources.map((resource) => {
      const { type, name, props, parent, provider, sources = {} } = resource;
      const message = new AnalyzerResource()
        .setType(type)
        .setName(name)
        .setUrn(urnOf(resource))
        .setProperties(Struct.fromJavaScript(props))
        .setParent(urnOfNamed(parent))
        .setOptions(new AnalyzerResourceOptions());
      for (const [property, names] of Object.entries(sources))
        message
          .getPropertydependenciesMap()
          .set(property, new AnalyzerPropertyDependencies().setUrnsList(names.map(urnOfNamed)));
      return provider === undefined ? message : message.setProvider(providerNamed(provider));
    }),
  );
  return call(makeAnalyzeStackRpcFun, policies, request, config);
}

/** Judges each resource, and then all of them together. */
export async function analyzeAll(
  policies: Policies,
  resources: readonly Given[],
  /** The configuration of each policy, by its name. */
  configs: Record<string, Record<string, unknown>> = {},
): Promise<Analysis> {
  const ready = policies.map((policy) => configured(policy, configs[policy.name] ?? {}));
  const analyses = [
    ...(await Promise.all(resources.map(({ type, name, props }) => analyze(ready, type, name, props)))),
    await analyzeStack(ready, resources),
  ];
  return {
    diagnostics: analyses.flatMap(({ diagnostics }) => diagnostics),
    notApplicable: analyses.flatMap(({ notApplicable }) => notApplicable),
  };
}

function providerNamed(name: string): AnalyzerProviderResource {
  const type = "pulumi:providers:test";
  return new AnalyzerProviderResource()
    .setType(type)
    .setName(name)
    .setUrn(urnOf({ type, name }))
    .setProperties(Struct.fromJavaScript({}));
}

const urnOf = ({ type, name }: { type: string; name: string }) => `urn:pulumi:test::test::${type}::${name}`;

async function call<Request>(
  rpc: Rpc<Request>,
  policies: Policies,
  request: Request,
  config: Record<string, unknown> | undefined,
): Promise<Analysis> {
  const judge = rpc(
    "pulumi-nhi",
    "0.0.0",
    "advisory",
    config ? policies.map((policy) => configured(policy, config)) : policies,
  );
  const response = await new Promise<AnalyzeResponse>((resolve, reject) => {
    void judge({ request }, (error, answer) => {
      if (error) reject(error);
      else if (answer) resolve(answer);
    });
  });
  return {
    diagnostics: response.getDiagnosticsList().map((diagnostic) => ({
      policy: diagnostic.getPolicyname(),
      message: diagnostic.getMessage(),
      level: diagnostic.getEnforcementlevel() === EnforcementLevel.MANDATORY ? "mandatory" : "advisory",
    })),
    notApplicable: response.getNotApplicableList().map((entry) => entry.getPolicyName()),
  };
}

/** The engine sends a policy's configuration in another call, which only a running server takes. */
function configured(policy: Policies[number], config: Record<string, unknown>): Policies[number] {
  if ("validateStack" in policy) {
    const { validateStack } = policy;
    return {
      ...policy,
      validateStack: (args, report) =>
        validateStack({ ...args, getConfig: (() => config) as typeof args.getConfig }, report),
    } satisfies StackValidationPolicy;
  }
  const validate = policy.validateResource as ResourceValidation;
  const validateResource: ResourceValidation = (args, report) =>
    validate({ ...args, getConfig: (() => config) as typeof args.getConfig }, report);
  return { ...policy, validateResource };
}
