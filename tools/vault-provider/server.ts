import { Server, ServerCredentials } from "@grpc/grpc-js";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import { service } from "./service";

export interface RunningProvider {
  port: number;
  /** Takes no more calls, and resolves when those under way have been answered. */
  finish(): Promise<void>;
}

/** Serves the provider on a free loopback port. */
export async function serve(env: NodeJS.ProcessEnv): Promise<RunningProvider> {
  const server = new Server({ "grpc.max_receive_message_length": 400 * 1024 * 1024 });
  server.addService(ResourceProviderService, service(env));
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) => {
      if (error) reject(error);
      else resolve(bound);
    });
  });
  return {
    port,
    finish: () => new Promise((resolve) => server.tryShutdown(() => resolve())),
  };
}
