import { isDeepStrictEqual } from "node:util";
import * as provider from "@pulumi/pulumi/proto/provider_pb";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { answering } from "../../offline/grpc";
import { answeringFor } from "./answering";
import { check, type Naming } from "./check";
import { checkConfig, connectionFrom, Connections } from "./config";
import { difference, type Change } from "./diff";
import { previewOf } from "./outputs";
import { vaultPlugin } from "./plugin";
import { create, read, update } from "./resource";
import type { Failure } from "./resource-type";
import { decode, encode, plainValues, type Values } from "./values";

const { DIFF_NONE, DIFF_SOME } = provider.DiffResponse.DiffChanges;

/** The `ResourceProvider` service. What the provider's configuration leaves open comes from `env`. */
export function service(env: NodeJS.ProcessEnv) {
  const connections = new Connections();
  return { ...aboutItself, ...configuration(connections, env), ...resources(connections) };
}

const aboutItself = {
  handshake: answering(() =>
    new provider.ProviderHandshakeResponse().setAcceptSecrets(true).setSupportsAutonamingConfiguration(true),
  ),
  attach: answering(() => new Empty()),
  // A call that is under way ends within its timeout. Cut off, nobody would know whether it was carried out.
  cancel: answering(() => new Empty()),
  getPluginInfo: answering(() => new PluginInfo().setVersion(vaultPlugin.version)),
  invoke: answering((request: provider.InvokeRequest): provider.InvokeResponse => {
    throw new Error(
      `tools/vault-provider has no functions, so not ${request.getTok()} either. ${vaultPlugin.advice}`,
    );
  }),
};

function configuration(connections: Connections, env: NodeJS.ProcessEnv) {
  return {
    checkConfig: answering((request: provider.CheckRequest) => {
      const { inputs, failures } = checkConfig(decode(request.getNews()));
      return checked(inputs, failures);
    }),
    diffConfig: answering((request: provider.DiffRequest) => {
      const olds = decode(request.getOldInputs() ?? request.getOlds());
      const news = decode(request.getNews());
      const changed = [...new Set([...Object.keys(olds), ...Object.keys(news)])].filter(
        (name) => !isDeepStrictEqual(olds[name], news[name]),
      );
      return new provider.DiffResponse()
        .setChanges(changed.length ? DIFF_SOME : DIFF_NONE)
        .setDiffsList(changed);
    }),
    configure: answering((request: provider.ConfigureRequest, peer) => {
      connections.set(peer, connectionFrom(decode(request.getArgs()), env));
      return new provider.ConfigureResponse()
        .setAcceptsecrets(true)
        .setSupportspreview(true)
        .setSupportsAutonamingConfiguration(true);
    }),
  };
}

function resources(connections: Connections) {
  return {
    check: answeringFor(connections, (request: provider.CheckRequest, { type, name, open }) => {
      const { inputs, failures } = check(
        type,
        open(request.getNews()),
        open(request.getOlds()),
        namingOf(request, name),
      );
      return checked(inputs, failures);
    }),

    diff: answeringFor(connections, (request: provider.DiffRequest, { type, open }) => {
      const { changes, deleteBeforeReplace } = difference(
        type,
        open(request.getOldInputs() ?? request.getOlds()),
        open(request.getNews()),
      );
      return differs(changes).setDeletebeforereplace(deleteBeforeReplace);
    }),

    create: answeringFor(connections, async (request: provider.CreateRequest, { type, open, vault }) => {
      const inputs = open(request.getProperties());
      if (request.getPreview())
        return new provider.CreateResponse().setProperties(encode(previewOf(type, inputs)));
      const { id, outputs } = await create(type, vault(inputs, request.getTimeout()), inputs);
      return new provider.CreateResponse().setId(id).setProperties(encode(outputs));
    }),

    read: answeringFor(connections, async (request: provider.ReadRequest, { type, open, vault }) => {
      const inputs = open(request.getInputs());
      const state = open(request.getProperties());
      const server = vault({ ...inputs, ...state }, request.getTimeout());
      const found = await read(type, server, request.getId(), inputs, state);
      // Without an id, the engine takes it for gone.
      if (!found) return new provider.ReadResponse();
      return new provider.ReadResponse()
        .setId(request.getId())
        .setInputs(encode(found.inputs))
        .setProperties(encode(found.outputs));
    }),

    update: answeringFor(connections, async (request: provider.UpdateRequest, { type, open, vault }) => {
      const inputs = open(request.getNews());
      const state = open(request.getOlds());
      const outputs = request.getPreview()
        ? previewOf(type, inputs, state)
        : await update(type, vault(inputs, request.getTimeout()), request.getId(), inputs, state);
      return new provider.UpdateResponse().setProperties(encode(outputs));
    }),

    delete: answeringFor(connections, async (request: provider.DeleteRequest, { type, open, vault }) => {
      const state = open(request.getProperties());
      // What the program shows of a secret state, a message may show too.
      open(request.getOldInputs());
      await type.delete(vault(state, request.getTimeout()), plainValues(state));
      return new Empty();
    }),
  };
}

function checked(inputs: Values, failures: Failure[]): provider.CheckResponse {
  return new provider.CheckResponse()
    .setInputs(encode(inputs))
    .setFailuresList(
      failures.map(({ property, reason }) =>
        new provider.CheckFailure().setProperty(property).setReason(reason),
      ),
    );
}

function namingOf(request: provider.CheckRequest, resourceName: string): Naming {
  const options = request.getAutonaming();
  return {
    resourceName,
    seed: request.getRandomseed_asU8(),
    isForbidden: options?.getMode() === provider.CheckRequest.AutonamingOptions.Mode.DISABLE,
    proposed: options?.getProposedName() ?? "",
  };
}

function differs(changes: Change[]): provider.DiffResponse {
  const response = new provider.DiffResponse()
    .setChanges(changes.length ? DIFF_SOME : DIFF_NONE)
    .setHasdetaileddiff(true)
    .setDiffsList([...new Set(changes.map(({ path }) => path.split(/[.[]/, 1)[0] ?? path))])
    .setReplacesList(changes.filter(({ replaces }) => replaces).map(({ path }) => path));
  for (const { path, kind, replaces } of changes)
    response
      .getDetaileddiffMap()
      .set(
        path,
        new provider.PropertyDiff()
          .setKind(kinds[kind][replaces ? "replaced" : "inPlace"])
          .setInputdiff(true),
      );
  return response;
}

const { Kind } = provider.PropertyDiff;
const kinds = {
  add: { inPlace: Kind.ADD, replaced: Kind.ADD_REPLACE },
  delete: { inPlace: Kind.DELETE, replaced: Kind.DELETE_REPLACE },
  update: { inPlace: Kind.UPDATE, replaced: Kind.UPDATE_REPLACE },
};
