import { parentPort, workerData } from "node:worker_threads";
import { judgeSource, type Settings, type Source } from "./source";

// Each message is a source, each answer what came of it.
const settings = workerData as Settings;
parentPort?.on("message", (source: Source) => {
  void judgeSource(source, settings).then((judged) => parentPort?.postMessage(judged));
});
