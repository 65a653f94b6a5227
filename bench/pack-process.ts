import { spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { join } from "node:path";
import { credentials } from "@grpc/grpc-js";
import { AnalyzerClient } from "@pulumi/pulumi/proto/analyzer_grpc_pb";
import {
  AnalyzeRequest,
  AnalyzerResource,
  AnalyzerResourceOptions,
  AnalyzeStackRequest,
  type AnalyzeResponse,
} from "@pulumi/pulumi/proto/analyzer_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { cpuSeconds, peakMiB } from "./cpu";
import type { Given } from "../policy-packs/nhi/testing";

/** A pack in a process of its own, started and asked as the engine does. */
export interface PackProcess {
  /** From the start until the pack says its port, which is when the engine goes on. */
  startSeconds: number;
  /** What the process has computed until then. Other programs on the machine don't change it. */
  startCpuSeconds: number;
  /** The most memory that it had until then. */
  startMiB: number;
  policies: number;
  /** CPU seconds of the pack for judging each of the resources. */
  judge(resources: readonly Given[]): Promise<number>;
  /** CPU seconds of the pack for judging all of them together. */
  judgeStack(resources: readonly Given[]): Promise<number>;
  stop(): Promise<void>;
}

export async function startPack(folder: string): Promise<PackProcess> {
  const entry = createRequire(join(folder, "package.json")).resolve("@pulumi/pulumi/cmd/run-policy-pack");
  const start = performance.now();
  const child = spawn(process.execPath, [entry, "127.0.0.1:1", folder], {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let errors = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (errors += text));
  const closed = once(child, "close");
  const said = await Promise.race([once(child.stdout.setEncoding("utf8"), "data"), closed]);
  const startSeconds = (performance.now() - start) / 1000;
  const port = Number(said[0]);
  if (child.pid === undefined || !(port > 1))
    throw new Error(`The pack in ${folder} did not start: ${errors}`);
  const { pid } = child;
  const used = { startCpuSeconds: cpuSeconds(pid), startMiB: peakMiB(pid) };

  const client = new AnalyzerClient(`127.0.0.1:${port}`, credentials.createInsecure());
  const info = await answer<{ getPoliciesList(): unknown[] }>((done) =>
    client.getAnalyzerInfo(new Empty(), done),
  );
  const measured = async (work: () => Promise<unknown>) => {
    const before = cpuSeconds(pid);
    await work();
    return cpuSeconds(pid) - before;
  };
  return {
    startSeconds,
    ...used,
    policies: info.getPoliciesList().length,
    judge: (resources) => {
      const requests = resources.map(analyzeRequest);
      return measured(async () => {
        for (const request of requests)
          await answer<AnalyzeResponse>((done) => client.analyze(request, done));
      });
    },
    judgeStack: (resources) => {
      const request = new AnalyzeStackRequest().setResourcesList(resources.map(stackResource));
      return measured(() => answer<AnalyzeResponse>((done) => client.analyzeStack(request, done)));
    },
    async stop() {
      client.close();
      child.kill("SIGKILL");
      await closed;
    },
  };
}

type Done<Response> = (error: Error | null, response: Response) => void;

const answer = <Response>(call: (done: Done<Response>) => unknown): Promise<Response> =>
  new Promise((resolve, reject) => {
    call((error, response) => {
      if (error) reject(error);
      else resolve(response);
    });
  });

const urnOf = ({ type, name }: Given) => `urn:pulumi:prod::bench::${type}::${name}`;

const analyzeRequest = (resource: Given) =>
  new AnalyzeRequest()
    .setType(resource.type)
    .setName(resource.name)
    .setUrn(urnOf(resource))
    .setOptions(new AnalyzerResourceOptions())
    .setProperties(Struct.fromJavaScript(resource.props));

const stackResource = (resource: Given) =>
  new AnalyzerResource()
    .setType(resource.type)
    .setName(resource.name)
    .setUrn(urnOf(resource))
    .setOptions(new AnalyzerResourceOptions())
    .setProperties(Struct.fromJavaScript(resource.props));
