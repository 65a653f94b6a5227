import { readFileSync } from "node:fs";

/** The fields of a process's `stat` from the third on (proc(5)): the second may hold spaces. */
function fieldsOf(pid: number | "self"): string[] {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
}

/** Two fields that count ticks of 10 ms. */
const secondsIn = (fields: readonly string[], user: number, system: number) =>
  (Number(fields[user]) + Number(fields[system])) / 100;

/** What a process has computed: user and system time, which other programs on the machine hardly change. */
export const cpuSeconds = (pid: number) => secondsIn(fieldsOf(pid), 11, 12);

/** What the children of this process that have ended, and theirs, have computed. */
export const cpuSecondsOfChildren = () => secondsIn(fieldsOf("self"), 13, 14);

/** The most memory that a process has had. */
export function peakMiB(pid: number): number {
  const [, kilobytes] = /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return Number(kilobytes) / 1024;
}
