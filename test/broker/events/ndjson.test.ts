import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { open as openFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { NdjsonEvents } from "../../../broker/events/ndjson";
import type { RefusalEvent } from "../../../broker/grant";

const event = (id: string): RefusalEvent => ({
  id,
  type: "nhi.call.refused",
  time: "2027-03-01T09:00:00.000Z",
  by: "ci",
  action: "request",
  reason: "no",
});
let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "nhi-events-"))));
afterEach(() => rmSync(folder, { recursive: true }));
const idsIn = (file: string) =>
  readFileSync(file, "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => (JSON.parse(line) as RefusalEvent).id);

it("adds a line for each event, in order, to a file that is its owner's alone", async () => {
  const file = join(folder, "events.ndjson");
  const events = await NdjsonEvents.open(file);
  await Promise.all([events.deliver([event("1"), event("2")]), events.deliver([event("3")])]);
  expect(idsIn(file)).toEqual(["1", "2", "3"]);
  await events.close();
  expect(statSync(file).mode & 0o777).toBe(0o600);

  const again = await NdjsonEvents.open(file);
  await again.deliver([event("4")]);
  await again.close();
  expect(idsIn(file)).toEqual(["1", "2", "3", "4"]);
});

it("ends a line that was left half written, so that the next one is whole", async () => {
  const file = join(folder, "events.ndjson");
  writeFileSync(file, `${JSON.stringify(event("1"))}\n{"id":"2","ty`);
  const events = await NdjsonEvents.open(file);
  await events.deliver([event("3")]);
  await events.close();
  expect(readFileSync(file, "utf8").split("\n")).toEqual([
    JSON.stringify(event("1")),
    `{"id":"2","ty`,
    JSON.stringify(event("3")),
    "",
  ]);
});

it("says that an event is not there, and goes on with the next", async () => {
  const events = await NdjsonEvents.open("/dev/full");
  await expect(events.deliver([event("1")])).rejects.toThrow("ENOSPC");
  await expect(events.deliver([event("2")])).rejects.toThrow("ENOSPC");
  await events.close();
});

it("ends what a full disk cut, so that the next line is whole", async () => {
  const file = join(folder, "events.ndjson");
  const events = await NdjsonEvents.open(file);
  const handle = await openFile(file);
  const append = jest.spyOn(Object.getPrototypeOf(handle), "appendFile");
  await handle.close();
  append.mockImplementationOnce(async () => {
    writeFileSync(file, '{"id":"1","ty', { flag: "a" });
    await Promise.reject(new Error("ENOSPC"));
  });
  await expect(events.deliver([event("1")])).rejects.toThrow("ENOSPC");
  append.mockRestore();
  await events.deliver([event("2")]);
  await events.close();
  expect(readFileSync(file, "utf8").split("\n")).toEqual(['{"id":"1","ty', JSON.stringify(event("2")), ""]);
});
