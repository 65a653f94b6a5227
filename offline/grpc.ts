import {
  Server,
  ServerCredentials,
  status,
  type sendUnaryData,
  type ServerUnaryCall,
  type ServiceDefinition,
  type UntypedServiceImplementation,
} from "@grpc/grpc-js";

/** As the engine's own: a message may hold a whole program's assets. */
const largestMessageBytes = 400 * 1024 * 1024;

export interface Served {
  server: Server;
  port: number;
}

/** Serves what the engine talks to on a free loopback port. */
export async function serveOnLoopback(
  definition: ServiceDefinition,
  implementation: UntypedServiceImplementation,
): Promise<Served> {
  const server = new Server({ "grpc.max_receive_message_length": largestMessageBytes });
  server.addService(definition, implementation);
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) => {
      if (error) reject(error);
      else resolve(bound);
    });
  });
  return { server, port };
}

export type Handler<Request, Response> = (
  call: ServerUnaryCall<Request, Response>,
  callback: sendUnaryData<Response>,
) => void;

/** Answers a call, or fails it with the error's message. `peer` is the connection that it came over. */
export function answering<Request, Response>(
  answer: (request: Request, peer: string) => Response | Promise<Response>,
): Handler<Request, Response> {
  return (call, callback) => {
    Promise.resolve(call.request)
      .then((request) => answer(request, call.getPeer()))
      .then(
        (response) => callback(null, response),
        (error: unknown) => callback({ code: status.UNKNOWN, message: (error as Error).message }),
      );
  };
}

/** The type and the name in a URN: `urn:pulumi:<stack>::<project>::<parent types>$<type>::<name>` */
export function partsOf(urn: string): { type: string; name: string } {
  const [, , types = "", ...name] = urn.split("::");
  return { type: types.split("$").at(-1) ?? types, name: name.join("::") };
}
