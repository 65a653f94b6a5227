import { LanguageRuntimeService } from "@pulumi/pulumi/proto/language_grpc_pb";
import { serveOnLoopback } from "../../offline/grpc";
import { languageHost } from "./host";

// The engine passes its own address last and reads the port of the host from the first line of standard output.
const engineAddress = process.argv.at(-1) ?? "";
const host = languageHost(engineAddress);
let stopServing: (() => void) | undefined;
void serveOnLoopback(LanguageRuntimeService, host.service).then(({ server, port }) => {
  stopServing = () => server.forceShutdown();
  console.log(port);
});

function end(): void {
  host.stopPrograms();
  stopServing?.();
  process.exit(0);
}
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, end);

// An engine that was killed tells nobody: another parent means that it is gone.
const engine = process.ppid;
setInterval(() => {
  if (process.ppid !== engine) end();
}, 1_000).unref();
