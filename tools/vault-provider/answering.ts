import { Metadata, status } from "@grpc/grpc-js";
import { ErrorResourceInitFailed } from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { Any } from "google-protobuf/google/protobuf/any_pb";
import type { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { type Handler, partsOf } from "../../offline/grpc";
import type { Connections } from "./config";
import { Vault } from "./http";
import { vaultPlugin } from "./plugin";
import { redacted } from "./redact";
import { InitFailed } from "./resource";
import type { ResourceType } from "./resource-type";
import { resourceTypes } from "./resources";
import { decode, encode, opened, textsOf, type Values } from "./values";

/** What a call about a resource is about. */
export interface Subject {
  type: ResourceType;
  /** The resource's name in the program. */
  name: string;
  /** Reads a message. Whatever is secret in it stays out of error messages from here on. */
  open: (message: Struct | undefined) => Values;
  /** The server, in the resource's namespace. A timeout of 0 is the default one. */
  vault: (values: Values, timeoutSeconds: number) => Vault;
}

/** Answers a call about a resource. Its errors name the resource, and no secret of it. */
export function answeringFor<Request extends { getUrn(): string }, Response>(
  connections: Connections,
  answer: (request: Request, subject: Subject) => Response | Promise<Response>,
): Handler<Request, Response> {
  return (call, callback) => {
    const { type: token, name } = partsOf(call.request.getUrn());
    const [secrets, shown] = [new Set<string>(), new Set<string>()];
    const subject = (): Subject => ({
      type: typeOf(token),
      name,
      open(message) {
        const values = decode(message);
        for (const text of textsOf(values, "in secrets")) secrets.add(text);
        for (const text of textsOf(values, "in plain")) shown.add(text);
        return values;
      },
      vault(values, timeoutSeconds) {
        const connection = connections.of(call.getPeer());
        for (const own of [connection.token, connection.login?.jwt]) if (own !== undefined) secrets.add(own);
        const namespace = opened(values.namespace ?? null);
        return new Vault(connection, {
          ...(typeof namespace === "string" && { namespace }),
          ...(timeoutSeconds > 0 && { timeoutMs: timeoutSeconds * 1000 }),
        });
      },
    });
    Promise.resolve(call.request)
      .then((request) => answer(request, subject()))
      .then(
        (response) => callback(null, response),
        (error: unknown) => {
          // A block that is secret as a whole has much in it that stands elsewhere for everybody to see.
          const hidden = [...secrets].filter((text) => !shown.has(text));
          const what = redacted((error as Error).message, hidden);
          callback(failure(error as Error, `${titleOf(token)} "${name}": ${what}`));
        },
      );
  };
}

/** As a program writes it: `vault:jwt/authBackendRole:AuthBackendRole` -> `vault.jwt.AuthBackendRole`. */
function titleOf(token: string): string {
  const [packageName = "", module = "", kind = ""] = token.split(":");
  const [folder = ""] = module.split("/");
  return [packageName, ...(folder === "index" ? [] : [folder]), kind].join(".");
}

function typeOf(token: string): ResourceType {
  const type = resourceTypes[token];
  if (type) return type;
  throw new Error(
    `tools/vault-provider doesn't know ${token}: it has only what the components of this project make. ${vaultPlugin.advice}`,
  );
}

function failure(error: Error, message: string) {
  if (!(error instanceof InitFailed)) return { code: status.UNKNOWN, message };
  // How the engine hears of a resource that is there but not as it should be (pulumi/pulumi, provider_plugin.go).
  const detail = new ErrorResourceInitFailed()
    .setId(error.id)
    .setProperties(encode(error.outputs))
    .setReasonsList([message]);
  const packed = new Any();
  packed.pack(detail.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
  const details = new Status().setCode(status.UNKNOWN).setMessage(message);
  details.addDetails(packed);
  const metadata = new Metadata();
  metadata.add("grpc-status-details-bin", Buffer.from(details.serializeBinary()));
  return { code: status.UNKNOWN, message, metadata };
}
