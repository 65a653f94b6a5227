import { open, type FileHandle } from "node:fs/promises";
import type { BrokerEvent } from "../grant";
import type { EventSink } from "../ports";

/**
 * Adds each event to a file, a line of JSON each, and answers when it is on the disk: a broker that is gone the moment
 * after has told what it did. A line that an earlier process left half written is ended, so that it spoils no other.
 */
export class NdjsonEvents implements EventSink {
  private last = Promise.resolve();
  /** A write that failed may have left half a line. */
  private isTorn = false;

  private constructor(private readonly file: FileHandle) {}

  /** Only its owner can read a file that is made: who asked for what is nobody else's. */
  static async open(path: string): Promise<NdjsonEvents> {
    const file = await open(path, "a+", 0o600);
    const { size } = await file.stat();
    const end = Buffer.alloc(1);
    if (size > 0) await file.read(end, 0, 1, size - 1);
    if (size > 0 && end.toString() !== "\n") await file.appendFile("\n");
    return new NdjsonEvents(file);
  }

  deliver(events: readonly BrokerEvent[]): Promise<void> {
    const lines = events.map((event) => `${JSON.stringify(event)}\n`).join("");
    // One after the other: two writes at once could mix their lines.
    const written = this.last.then(async () => {
      const begin = this.isTorn ? "\n" : "";
      this.isTorn = true;
      await this.file.appendFile(begin + lines);
      await this.file.datasync();
      this.isTorn = false;
    });
    this.last = written.catch(() => undefined);
    return written;
  }

  async close(): Promise<void> {
    await this.last;
    await this.file.close();
  }
}
