import type { ResourceValidation, ResourceValidationPolicy } from "@pulumi/policy";
import * as server from "@pulumi/policy/server";
import {
  AnalyzeRequest,
  EnforcementLevel,
  AnalyzerResourceOptions,
  type AnalyzeResponse,
} from "@pulumi/pulumi/proto/analyzer_pb";
import { Struct, type JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";

/** The engine's markers (`sdk/go/common/resource/plugin/rpc.go`): a text that is not known yet, and a secret. */
export const unknownText = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const secretSignature = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270" };
export const secret = (value: JavaScriptValue) => ({ ...secretSignature, value });

export type Props = Record<string, JavaScriptValue>;

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

/** What the SDK's server exports and its types leave out. */
interface ServerInternals {
  makeAnalyzeRpcFun: (
    pack: string,
    version: string,
    level: string,
    policies: ResourceValidationPolicy[],
  ) => (
    call: { request: AnalyzeRequest },
    callback: (error: Error | null | undefined, response?: AnalyzeResponse) => void,
  ) => Promise<void>;
}

/** Judges one resource the way the engine has it judged: through the SDK's own RPC, with real messages. */
export async function analyze(
  policies: ResourceValidationPolicy[],
  type: string,
  name: string,
  props: Props,
  config?: Record<string, unknown>,
): Promise<Analysis> {
  const request = new AnalyzeRequest()
    .setType(type)
    .setName(name)
    .setUrn(`urn:pulumi:test::test::${type}::${name}`)
    .setProperties(Struct.fromJavaScript(props))
    .setOptions(new AnalyzerResourceOptions());
  const { makeAnalyzeRpcFun } = server as unknown as ServerInternals;
  const rpc = makeAnalyzeRpcFun(
    "pulumi-nhi",
    "0.0.0",
    "advisory",
    config ? policies.map((policy) => configured(policy, config)) : policies,
  );
  const response = await new Promise<AnalyzeResponse>((resolve, reject) => {
    void rpc({ request }, (error, answer) => {
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
function configured(
  policy: ResourceValidationPolicy,
  config: Record<string, unknown>,
): ResourceValidationPolicy {
  const validate = policy.validateResource as ResourceValidation;
  const validateResource: ResourceValidation = (args, report) =>
    validate({ ...args, getConfig: (() => config) as typeof args.getConfig }, report);
  return { ...policy, validateResource };
}
