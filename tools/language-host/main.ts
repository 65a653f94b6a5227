import { Server, ServerCredentials } from "@grpc/grpc-js";
import { LanguageRuntimeService } from "@pulumi/pulumi/proto/language_grpc_pb";
import { languageHost } from "./host";

// The engine passes its own address last and reads the port of the host from the first line of standard output.
const engineAddress = process.argv.at(-1) ?? "";
const server = new Server({ "grpc.max_receive_message_length": 400 * 1024 * 1024 });
const host = languageHost(engineAddress);
server.addService(LanguageRuntimeService, host.service);
server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  console.log(port);
});

function end(): void {
  host.stopPrograms();
  server.forceShutdown();
  process.exit(0);
}
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, end);

// An engine that was killed tells nobody: another parent means that it is gone.
const engine = process.ppid;
setInterval(() => {
  if (process.ppid !== engine) end();
}, 1_000).unref();
