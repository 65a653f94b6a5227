import { availableParallelism } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { judgeSource, nameOf, type Judged, type Settings, type Source } from "./source";

/** More workers than this wait for the disk. */
const most = 8;

/**
 * Judges the sources at the same time, and gives what came of them in their order. How many are held in memory does not
 * grow with their number.
 */
export async function* judgeAll(sources: readonly Source[], settings: Settings): AsyncGenerator<Judged> {
  const size = Math.min(sources.length, availableParallelism(), most);
  if (size < 2) {
    // A worker would only cost its start.
    for (const source of sources) yield await judgeSource(source, settings);
    return;
  }
  const crew = openCrew(size, settings);
  try {
    const begun: Promise<Judged>[] = [];
    for (const source of sources) {
      begun.push(crew.judge(source));
      const oldest = begun.length >= 2 * size ? begun.shift() : undefined;
      if (oldest) yield await oldest;
    }
    for (const judged of begun) yield await judged;
  } finally {
    await crew.close();
  }
}

interface Job {
  source: Source;
  done: (judged: Judged) => void;
}

function openCrew(size: number, settings: Settings) {
  const waiting: Job[] = [];
  const idle: Worker[] = [];
  const all = new Set<Worker>();

  const start = () => {
    const worker = new Worker(join(__dirname, "worker.js"), { workerData: settings });
    all.add(worker);
    return worker;
  };
  const next = () => {
    while (waiting.length > 0) {
      const worker = idle.pop() ?? (all.size < size ? start() : undefined);
      const job = worker && waiting.shift();
      if (!worker || !job) return;
      give(worker, job);
    }
  };
  const give = (worker: Worker, { source, done }: Job) => {
    const ended = (judged: Judged, isAlive: boolean) => {
      worker.removeAllListeners("message").removeAllListeners("error");
      if (isAlive) idle.push(worker);
      else all.delete(worker);
      done(judged);
      next();
    };
    worker.once("message", (judged: Judged) => ended(judged, true));
    // One state that takes all memory ends its worker, and not the others.
    worker.once("error", (error: NodeJS.ErrnoException) =>
      ended(
        { source, problem: `${nameOf(source)} could not be judged: ${error.code ?? error.name}.` },
        false,
      ),
    );
    worker.postMessage(source);
  };

  return {
    judge: (source: Source) =>
      new Promise<Judged>((done) => {
        waiting.push({ source, done });
        next();
      }),
    close: async () => {
      await Promise.all([...all].map((worker) => worker.terminate()));
    },
  };
}
