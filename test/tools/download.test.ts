import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { download } from "../../tools/download";
import { recordedProgress } from "../support/progress";

const body = Buffer.from("the release");
const sha256 = createHash("sha256").update(body).digest("hex");
const { progress } = recordedProgress();
let server: Server;
let url: string;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "nhi-download-"));
  server = createServer((request, response) => {
    if (request.url === "/gone") response.writeHead(404).end();
    else response.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

it("writes the file when it is exactly the pinned one", async () => {
  const file = join(folder, "whole");
  await download(`${url}/release`, sha256, file, progress);
  expect(readFileSync(file)).toEqual(body);
});

it("refuses a file with another digest", async () => {
  const pinned = "0".repeat(64);
  await expect(download(`${url}/release`, pinned, join(folder, "other"), progress)).rejects.toThrow(
    `its SHA-256 is ${sha256}, not the pinned ${pinned}`,
  );
});

it("says what the server answered", async () => {
  await expect(download(`${url}/gone`, sha256, join(folder, "gone"), progress)).rejects.toThrow(
    "the server answered 404",
  );
});

it("says why there is no answer", async () => {
  await expect(
    download("http://127.0.0.1:9/release", sha256, join(folder, "none"), progress),
  ).rejects.toThrow(/^fetch failed: (ECONNREFUSED|bad port)$/);
});
