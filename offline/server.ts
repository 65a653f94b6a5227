import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as provider from "@pulumi/pulumi/proto/provider_pb";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct, type JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";
import { isDeepStrictEqual } from "node:util";
import { answering, partsOf, serveOnLoopback } from "./grpc";

/** Property values as the engine sends them; secrets and unknowns stay wrapped, so that they are passed on as they came. */
export type Properties = Record<string, JavaScriptValue>;

/** What a resource is called in its cloud. */
export interface Resource {
  /** `aws:iam/role:Role` */
  type: string;
  /** The name in the program. */
  name: string;
  inputs: Properties;
}

/** A cloud as far as a preview needs it: names, ids and who the caller is. */
export interface OfflineCloud {
  package: string;
  /** Of the SDK it goes with: the engine warns about a provider older than the program's SDK. */
  version: string;
  /** The inputs with the names filled in that the cloud would choose. The same program gets the same names. */
  check(resource: Resource): Properties;
  /** The id, and what only the cloud knows. Unknown in a preview, as from the real provider. */
  created(resource: Resource): { id: string; outputs: Properties };
  /** Properties that can't change in place. */
  replaces: ReadonlySet<string>;
  /** The answer to a function call, or nothing when this cloud has none. */
  invoke(token: string, args: Properties): Properties | undefined;
}

/** The engine's marker for a value that is known only after `up` (`sdk/go/common/resource/plugin/rpc.go`). */
const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

export interface RunningProvider {
  port: number;
  stop(): void;
}

/** Serves the cloud on a free loopback port. */
export async function serve(cloud: OfflineCloud): Promise<RunningProvider> {
  const { server, port } = await serveOnLoopback(ResourceProviderService, service(cloud));
  return { port, stop: () => server.forceShutdown() };
}

function service(cloud: OfflineCloud) {
  const check = (request: provider.CheckRequest) =>
    new provider.CheckResponse().setInputs(
      struct(cloud.check(resourceOf(request.getUrn(), request.getNews()))),
    );

  return {
    handshake: answering(() =>
      new provider.ProviderHandshakeResponse().setAcceptSecrets(true).setAcceptResources(true),
    ),
    attach: answering(() => new Empty()),
    cancel: answering(() => new Empty()),
    getPluginInfo: answering(() => new PluginInfo().setVersion(cloud.version)),
    getSchema: answering(() => new provider.GetSchemaResponse().setSchema("{}")),
    checkConfig: answering((request: provider.CheckRequest) =>
      new provider.CheckResponse().setInputs(request.getNews()),
    ),
    diffConfig: answering(() =>
      new provider.DiffResponse().setChanges(provider.DiffResponse.DiffChanges.DIFF_NONE),
    ),
    configure: answering(() =>
      new provider.ConfigureResponse()
        .setAcceptsecrets(true)
        .setAcceptresources(true)
        .setSupportspreview(true),
    ),
    check: answering(check),
    diff: answering((request: provider.DiffRequest) => {
      const olds = properties(request.getOldInputs() ?? request.getOlds());
      const news = properties(request.getNews());
      const changed = [...new Set([...Object.keys(olds), ...Object.keys(news)])].filter(
        (key) => !isDeepStrictEqual(olds[key], news[key]),
      );
      const { DIFF_SOME, DIFF_NONE } = provider.DiffResponse.DiffChanges;
      return new provider.DiffResponse()
        .setChanges(changed.length ? DIFF_SOME : DIFF_NONE)
        .setDiffsList(changed)
        .setReplacesList(changed.filter((key) => cloud.replaces.has(key)));
    }),
    create: answering((request: provider.CreateRequest) => {
      const resource = resourceOf(request.getUrn(), request.getProperties());
      const { id, outputs } = cloud.created(resource);
      if (!request.getPreview())
        return new provider.CreateResponse()
          .setId(id)
          .setProperties(struct({ ...resource.inputs, ...outputs }));
      const later = Object.fromEntries(Object.keys(outputs).map((key) => [key, unknown]));
      return new provider.CreateResponse().setProperties(struct({ ...resource.inputs, ...later }));
    }),
    read: answering((request: provider.ReadRequest) => {
      // There is nothing to read from: what the state says is taken as it is.
      const inputs = request.getInputs() ?? request.getProperties();
      return new provider.ReadResponse()
        .setId(request.getId())
        .setInputs(inputs)
        .setProperties(request.getProperties());
    }),
    update: answering((request: provider.UpdateRequest) =>
      new provider.UpdateResponse().setProperties(
        struct({ ...properties(request.getOlds()), ...properties(request.getNews()) }),
      ),
    ),
    delete: answering(() => new Empty()),
    invoke: answering((request: provider.InvokeRequest) => {
      const token = request.getTok();
      const answer = cloud.invoke(token, properties(request.getArgs()));
      if (!answer)
        throw new Error(
          `the offline ${cloud.package} provider can't answer ${token}: it knows no cloud. Pass the value in, or preview with the real provider.`,
        );
      return new provider.InvokeResponse().setReturn(struct(answer));
    }),
  };
}

function resourceOf(urn: string, inputs: Struct | undefined): Resource {
  return { ...partsOf(urn), inputs: properties(inputs) };
}

const properties = (message: Struct | undefined): Properties => message?.toJavaScript() ?? {};
const struct = (values: Properties): Struct => Struct.fromJavaScript(values);
