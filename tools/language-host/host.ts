import { spawn, type ChildProcess } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { constants } from "node:os";
import { join } from "node:path";
import { status, type ServerWritableStream } from "@grpc/grpc-js";
import type { ILanguageRuntimeServer } from "@pulumi/pulumi/proto/language_grpc_pb";
import * as language from "@pulumi/pulumi/proto/language_pb";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { answering } from "../../offline/grpc";
import { type InstallCall, installDependencies } from "./install";
import { programDependencies, requiredPackages } from "./packages";

/** `@pulumi/pulumi/cmd/run` exits with this when it has shown the user's error itself: nothing is to be added. */
const exitCodeAfterLoggedError = 32;

/** What the engine says of a program: the fields this host reads. */
interface Program {
  directory: string;
  entryPoint: string;
  options: Record<string, unknown>;
}

/** The `LanguageRuntime` service for Node programs, policy packs and component providers. */
export function languageHost(engineAddress: string): {
  service: Pick<ILanguageRuntimeServer, keyof ILanguageRuntimeServer>;
  stopPrograms(): void;
} {
  const running = new Set<ChildProcess>();

  const start = (
    module: string,
    from: string,
    args: string[],
    nodeArgs: string[],
    env: NodeJS.ProcessEnv,
    pipe: boolean,
  ) => {
    // The program's own copy of the SDK runs it, as the engine's copy may differ.
    const entry = createRequire(join(from, "package.json")).resolve(module);
    const child = spawn(process.execPath, [...nodeArgs, entry, ...args], {
      cwd: from,
      env,
      stdio: pipe ? ["ignore", "pipe", "pipe"] : ["ignore", "inherit", "inherit"],
    });
    running.add(child);
    child.on("close", () => running.delete(child));
    return child;
  };

  const stopPrograms = () => {
    for (const child of running) child.kill("SIGTERM");
  };

  const run = async (request: language.RunRequest): Promise<language.RunResponse> => {
    const program = programOf(request.getInfo(), request.getProgram());
    const flags: [string, string][] = [
      ["monitor", request.getMonitorAddress()],
      ["engine", engineAddress],
      ["project", request.getProject()],
      ["stack", request.getStack()],
      ["organization", request.getOrganization()],
      ["pwd", request.getPwd()],
      ["root-directory", request.getInfo()?.getRootDirectory() ?? ""],
      ["parallel", String(request.getParallel())],
    ];
    const args = flags.filter(([, value]) => value !== "").map(([name, value]) => `--${name}=${value}`);
    if (request.getDryrun()) args.push("--dry-run");
    const env = {
      ...programEnvironment(program),
      PULUMI_CONFIG: JSON.stringify(Object.fromEntries(request.getConfigMap().getEntryList())),
      PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
    };
    const nodeArgs =
      typeof program.options.nodeargs === "string" ? program.options.nodeargs.split(/\s+/) : [];

    const response = new language.RunResponse();
    const code = await exitCode(
      start(
        "@pulumi/pulumi/cmd/run",
        request.getPwd() || program.directory,
        [...args, program.entryPoint, ...request.getArgsList()],
        nodeArgs,
        env,
        false,
      ),
    );
    if (code === exitCodeAfterLoggedError) response.setBail(true);
    else if (code !== 0) response.setError(`the program exited with code ${code}`);
    return response;
  };

  const runPlugin = async (
    call: ServerWritableStream<language.RunPluginRequest, language.RunPluginResponse>,
  ): Promise<void> => {
    const request = call.request;
    const program = programOf(request.getInfo(), request.getProgram());
    const env = {
      ...programEnvironment(program),
      ...Object.fromEntries(request.getEnvList().map((entry) => splitOnce(entry, "="))),
    };
    const child =
      request.getKind() === "analyzer"
        ? // A policy pack reads its package.json from its working directory.
          start(
            "@pulumi/pulumi/cmd/run-policy-pack",
            program.directory,
            [...request.getArgsList(), program.directory],
            [],
            env,
            true,
          )
        : start(
            "@pulumi/pulumi/cmd/run-plugin",
            program.directory,
            [program.directory, ...request.getArgsList()],
            [],
            env,
            true,
          );
    call.on("cancelled", () => child.kill("SIGTERM"));
    child.stdout?.on("data", (data: Buffer) => call.write(new language.RunPluginResponse().setStdout(data)));
    child.stderr?.on("data", (data: Buffer) => call.write(new language.RunPluginResponse().setStderr(data)));
    call.write(new language.RunPluginResponse().setExitcode(await exitCode(child)));
    call.end();
  };

  const service: Pick<ILanguageRuntimeServer, keyof ILanguageRuntimeServer> = {
    handshake: answering(() => new language.LanguageHandshakeResponse()),
    getRequiredPackages: answering((request: language.GetRequiredPackagesRequest) =>
      new language.GetRequiredPackagesResponse().setPackagesList(
        requiredPackages(programOf(request.getInfo()).directory),
      ),
    ),
    getRequiredPlugins: answering(() => new language.GetRequiredPluginsResponse()),
    getPluginInfo: answering(() => new PluginInfo().setVersion(ownVersion())),
    run: answering(run),
    runPlugin: (call: ServerWritableStream<language.RunPluginRequest, language.RunPluginResponse>) => {
      runPlugin(call).catch((error: unknown) => call.destroy(error as Error));
    },
    installDependencies: (call: InstallCall) => {
      installDependencies(call).catch((error: unknown) => call.destroy(error as Error));
    },
    getProgramDependencies: answering((request: language.GetProgramDependenciesRequest) =>
      new language.GetProgramDependenciesResponse().setDependenciesList(
        programDependencies(programOf(request.getInfo()).directory),
      ),
    ),
    about: answering(() =>
      new language.AboutResponse().setExecutable(process.execPath).setVersion(process.version),
    ),
    runtimeOptionsPrompts: answering(() => new language.RuntimeOptionsResponse()),
    cancel: answering(() => {
      stopPrograms();
      return new Empty();
    }),
    template: answering(() => new language.TemplateResponse()),
    generateProgram: notHere("program generation"),
    generateProject: notHere("project generation"),
    generatePackage: notHere("SDK generation"),
    pack: notHere("packing SDKs"),
    link: notHere("linking SDKs"),
  };
  return { service, stopPrograms };
}

function programOf(info: language.ProgramInfo | undefined, fallbackEntry = "."): Program {
  return {
    directory: info?.getProgramDirectory() ?? process.cwd(),
    entryPoint: info?.getEntryPoint() ?? fallbackEntry,
    options: info?.getOptions()?.toJavaScript() ?? {},
  };
}

function programEnvironment(program: Program): NodeJS.ProcessEnv {
  return {
    ...process.env,
    PULUMI_NODEJS_TYPESCRIPT: program.options.typescript === false ? "false" : "true",
  };
}

function exitCode(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    // Shells report a program ended by a signal as 128 and the signal's number.
    child.on("close", (code, signal) => resolve(code ?? 128 + (signal ? constants.signals[signal] : 0)));
  });
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + separator.length)];
}

function ownVersion(): string {
  const file = join(__dirname, "..", "..", "package.json");
  return (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version;
}

function notHere(what: string) {
  return (_call: unknown, callback: (error: { code: status; message: string }) => void): void =>
    callback({
      code: status.UNIMPLEMENTED,
      message: `This language host runs programs, policy packs and providers; ${what} needs the CLI from https://www.pulumi.com/docs/install/.`,
    });
}
