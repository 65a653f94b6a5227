import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import { serveOnLoopback } from "../../offline/grpc";
import { service } from "./service";

export interface RunningProvider {
  port: number;
  /** Takes no more calls, and resolves when those under way have been answered. */
  finish(): Promise<void>;
}

/** Serves the provider on a free loopback port. */
export async function serve(env: NodeJS.ProcessEnv): Promise<RunningProvider> {
  const { server, port } = await serveOnLoopback(ResourceProviderService, service(env));
  return { port, finish: () => new Promise((resolve) => server.tryShutdown(() => resolve())) };
}
