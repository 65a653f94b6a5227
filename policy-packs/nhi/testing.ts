/**
 * Runs policies the way the engine does: through the SDK's own RPCs, with real messages. A test that calls a policy's
 * function by hand gives it plain objects; here it gets what a deployment gives it, values that are not known yet and
 * secrets among them. Works in any test runner, takes no engine and about a millisecond.
 *
 * @packageDocumentation
 */
import type {
  Policies,
  ResourceRemediation,
  ResourceValidation,
  StackValidationPolicy,
} from "@pulumi/policy";
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
  type RemediateResponse,
} from "@pulumi/pulumi/proto/analyzer_pb";
import { Struct, type JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";
import type { Rule } from "./rule";
import { toPolicy } from "./to-policy";

export type Props = Record<string, JavaScriptValue>;

/** A value that is known only after `up`: what a policy meets at preview. The engine's marker for a text. */
export const unknownText = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

const secretSignature = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270" };

/** A secret: policies get it in plain text and can't tell it from other values. */
export const secret = (value: JavaScriptValue) => ({ ...secretSignature, value });

/** A resource to judge. */
export interface Given {
  /** The type token: `aws:iam/role:Role`. */
  type: string;
  /** The name in the program. */
  name: string;
  /** Its inputs; for a policy over a stack, its outputs. */
  props: Props;
  /** Default: one of the type and the name. Set it where two resources have one name. */
  urn?: string;
  /** The component that it belongs to, by its name or its `urn`, which is among the resources. To `judge` by its URN. */
  parent?: string;
  /** Its provider, by name or with type and properties. Default: none. */
  provider?: string | GivenProvider;
  /** For a policy over a stack: the resources that a property is made of, each by its name or its `urn`. */
  sources?: Record<string, string[]>;
}

export interface GivenProvider {
  /** `pulumi:providers:aws` */
  type: string;
  name: string;
  props: Props;
  /** Default: one of the type and the name. */
  urn?: string;
}

export interface JudgeOptions {
  /** The configuration of each policy by its name, as in the policy configuration file, without levels. Default: none. */
  configs?: Record<string, Record<string, unknown>>;
  /** The stack's name, which is in every URN. Default: `test`. */
  stack?: string;
  /** The stack's tags. Default: none. */
  stackTags?: Record<string, string>;
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

/** Policies of the SDK, or rules of this package. */
export type Judges = readonly (Policies[number] | Rule)[];

/** What a policy at the level `remediate` makes of a resource. */
export interface Remediation {
  policy: string;
  /** All properties of the resource, as they are now. Nothing when the policy ended on a value that is not known yet. */
  props: Props | undefined;
}

type Answer<Response> = (error: Error | null | undefined, response?: Response) => void;
type Rpc<Request, Response> = (
  pack: string,
  version: string,
  level: string,
  policies: Policies,
) => (call: { request: Request }, answer: Answer<Response>) => Promise<void>;

/** What the SDK's server exports and its types leave out. */
interface ServerInternals {
  makeAnalyzeRpcFun: Rpc<AnalyzeRequest, AnalyzeResponse>;
  makeAnalyzeStackRpcFun: Rpc<AnalyzeStackRequest, AnalyzeResponse>;
  makeRemediateRpcFun: Rpc<AnalyzeRequest, RemediateResponse>;
}
const { makeAnalyzeRpcFun, makeAnalyzeStackRpcFun, makeRemediateRpcFun } =
  server as unknown as ServerInternals;

/**
 * Judges one resource, as the engine does before it makes it. Rejects when a policy throws anything but the SDK's own
 * errors: that would stop a deployment.
 */
export async function judge(judges: Judges, resource: Given, options: JudgeOptions = {}): Promise<Analysis> {
  return analysisOf(await call(makeAnalyzeRpcFun, policiesOf(judges, options), messageOf(resource, options)));
}

/**
 * Changes one resource, as the engine lets policies at the level `remediate` do before it judges. All of `judges` have
 * that level here; those without a remedy do nothing. Each change builds on the one before it.
 */
export async function remediate(
  judges: Judges,
  resource: Given,
  options: JudgeOptions = {},
): Promise<Remediation[]> {
  const policies = policiesOf(judges, options).map((policy) => ({
    ...policy,
    enforcementLevel: "remediate" as const,
  }));
  const response = await call(makeRemediateRpcFun, policies, messageOf(resource, options));
  return response.getRemediationsList().map((remediation) => ({
    policy: remediation.getPolicyname(),
    props: remediation.getProperties()?.toJavaScript(),
  }));
}

function messageOf(resource: Given, options: JudgeOptions): AnalyzeRequest {
  const { type, name, props, parent = "", provider } = resource;
  const request = new AnalyzeRequest()
    .setType(type)
    .setName(name)
    .setUrn(urnOf(resource, options))
    .setProperties(Struct.fromJavaScript(props))
    .setOptions(new AnalyzerResourceOptions().setParent(parent));
  if (provider !== undefined) request.setProvider(providerMessage(provider, options));
  return request;
}

/** Judges all resources together, as the engine does at the end of a preview or an update. */
export async function judgeStack(
  judges: Judges,
  resources: readonly Given[],
  options: JudgeOptions = {},
): Promise<Analysis> {
  const urns = new Map<string, string>();
  for (const resource of resources)
    for (const called of [resource.urn, resource.name])
      if (called !== undefined && !urns.has(called)) urns.set(called, urnOf(resource, options));
  const urnOfNamed = (name = "") => urns.get(name) ?? "";
  const request = new AnalyzeStackRequest().setResourcesList(
    resources.map((resource) => {
      const { type, name, props, parent, provider, sources = {} } = resource;
      const message = new AnalyzerResource()
        .setType(type)
        .setName(name)
        .setUrn(urnOf(resource, options))
        .setProperties(Struct.fromJavaScript(props))
        .setParent(urnOfNamed(parent))
        .setOptions(new AnalyzerResourceOptions());
      for (const [property, names] of Object.entries(sources))
        message
          .getPropertydependenciesMap()
          .set(property, new AnalyzerPropertyDependencies().setUrnsList(names.map(urnOfNamed)));
      return provider === undefined ? message : message.setProvider(providerMessage(provider, options));
    }),
  );
  return analysisOf(await call(makeAnalyzeStackRpcFun, policiesOf(judges, options), request));
}

/** Judges each resource, and then all of them together: what a whole run says. */
export async function judgeAll(
  judges: Judges,
  resources: readonly Given[],
  options: JudgeOptions = {},
): Promise<Analysis> {
  const analyses: Analysis[] = [];
  // In the engine's order, because what a pack remembers of a run may depend on it.
  const urnOfNamed = urnsAmong(resources, options);
  for (const resource of resources)
    analyses.push(await judge(judges, { ...resource, parent: urnOfNamed(resource.parent) }, options));
  analyses.push(await judgeStack(judges, resources, options));
  return {
    diagnostics: analyses.flatMap(({ diagnostics }) => diagnostics),
    notApplicable: analyses.flatMap(({ notApplicable }) => notApplicable),
  };
}

/** The URN of a resource by its name or its URN, and an empty one where there is none. */
const urnsAmong =
  (resources: readonly Given[], options: JudgeOptions) =>
  (name: string | undefined): string => {
    const found =
      name === undefined
        ? undefined
        : resources.find((resource) => resource.urn === name || resource.name === name);
    return found ? urnOf(found, options) : "";
  };

function providerMessage(provider: string | GivenProvider, options: JudgeOptions): AnalyzerProviderResource {
  const given =
    typeof provider === "string" ? { type: "pulumi:providers:test", name: provider, props: {} } : provider;
  return new AnalyzerProviderResource()
    .setType(given.type)
    .setName(given.name)
    .setUrn(urnOf(given, options))
    .setProperties(Struct.fromJavaScript(given.props));
}

const urnOf = (
  { type, name, urn }: { type: string; name: string; urn?: string },
  { stack = "test" }: JudgeOptions,
) => urn ?? `urn:pulumi:${stack}::test::${type}::${name}`;

const policiesOf = (judges: Judges, options: JudgeOptions): Policies =>
  judges.map((judge) => ready("topic" in judge ? toPolicy(judge) : judge, options));

function call<Request, Response>(
  rpc: Rpc<Request, Response>,
  policies: Policies,
  request: Request,
): Promise<Response> {
  const run = rpc("pack", "0.0.0", "advisory", policies);
  return new Promise<Response>((resolve, reject) => {
    void run({ request }, (error, answer) => {
      if (error) reject(error);
      else if (answer) resolve(answer);
    });
  });
}

const analysisOf = (response: AnalyzeResponse): Analysis => ({
  diagnostics: response.getDiagnosticsList().map((diagnostic) => ({
    policy: diagnostic.getPolicyname(),
    message: diagnostic.getMessage(),
    level: diagnostic.getEnforcementlevel() === EnforcementLevel.MANDATORY ? "mandatory" : "advisory",
  })),
  notApplicable: response.getNotApplicableList().map((entry) => entry.getPolicyName()),
});

/** The engine sends configuration and tags in calls of their own, which only a running server takes. */
function ready(policy: Policies[number], { configs = {}, stackTags }: JudgeOptions): Policies[number] {
  const config = configs[policy.name];
  if (config === undefined && stackTags === undefined) return policy;
  const given = <Args extends { getConfig: unknown }>(args: Args): Args => ({
    ...args,
    ...(config && { getConfig: () => config }),
    ...(stackTags && { stackTags: new Map(Object.entries(stackTags)) }),
  });
  if ("validateStack" in policy) {
    const { validateStack } = policy;
    return {
      ...policy,
      validateStack: (args, report) => validateStack(given(args), report),
    } satisfies StackValidationPolicy;
  }
  const { validateResource: validations } = policy;
  if (validations === undefined) return policy;
  const wrapped = [validations].flat().map((validate): ResourceValidation =>
    // The SDK looks at a function's type before it calls it.
    Object.assign(((args, report) => validate(given(args), report)) satisfies ResourceValidation, validate),
  );
  const [only] = wrapped;
  const { remediateResource } = policy;
  return {
    ...policy,
    validateResource: Array.isArray(validations) || !only ? wrapped : only,
    ...(remediateResource && {
      remediateResource: Object.assign(
        ((args) => remediateResource(given(args))) satisfies ResourceRemediation,
        remediateResource,
      ),
    }),
  };
}
