import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { cacheFolder, keep, kept } from "../../tools/cache";
import { recordedProgress } from "../support/progress";

let cache: string;
const before = process.env.PULUMI_NHI_CACHE;
beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), "nhi-cache-"));
  process.env.PULUMI_NHI_CACHE = cache;
});
afterEach(() => {
  rmSync(cache, { recursive: true, force: true });
  if (before === undefined) delete process.env.PULUMI_NHI_CACHE;
  else process.env.PULUMI_NHI_CACHE = before;
});

const writes = (text: string) => (folder: string) => {
  writeFileSync(join(folder, "program"), text);
  return Promise.resolve();
};

it("is where PULUMI_NHI_CACHE says, else under XDG_CACHE_HOME", () => {
  expect(cacheFolder()).toBe(cache);
  delete process.env.PULUMI_NHI_CACHE;
  const xdg = process.env.XDG_CACHE_HOME;
  process.env.XDG_CACHE_HOME = "/xdg";
  expect(cacheFolder()).toBe("/xdg/pulumi-nhi");
  if (xdg === undefined) delete process.env.XDG_CACHE_HOME;
  else process.env.XDG_CACHE_HOME = xdg;
});

it("makes a thing once and gives it again", async () => {
  const { progress } = recordedProgress();
  expect(kept("tool")).toBeUndefined();
  const folder = await keep("tool", progress, writes("first"));
  expect(await keep("tool", progress, writes("second"))).toBe(folder);
  expect(readFileSync(join(folder, "program"), "utf8")).toBe("first");
  expect(kept("tool")).toBe(folder);
});

it("lets one make it and the others wait when two ask at once", async () => {
  const { progress, lines } = recordedProgress();
  let made = 0;
  const slowly = async (folder: string) => {
    made += 1;
    await wait(300);
    await writes("whole")(folder);
  };
  const folders = await Promise.all([keep("tool", progress, slowly), keep("tool", progress, slowly)]);
  expect(made).toBe(1);
  expect(new Set(folders).size).toBe(1);
  expect(readFileSync(join(folders[0], "program"), "utf8")).toBe("whole");
  expect(lines).toEqual(["Another process is getting tool; waiting for it."]);
});

it("keeps nothing of a build that failed, and builds again", async () => {
  const { progress } = recordedProgress();
  const fails = async (folder: string) => {
    await writes("half")(folder);
    throw new Error("no space");
  };
  await expect(keep("tool", progress, fails)).rejects.toThrow("no space");
  expect(readdirSync(cache)).toEqual([]);
  const folder = await keep("tool", progress, writes("whole"));
  expect(readFileSync(join(folder, "program"), "utf8")).toBe("whole");
});

it("does not take what a killed build left behind for a finished one", async () => {
  const { progress } = recordedProgress();
  mkdirSync(join(cache, "tool.unfinished"));
  writeFileSync(join(cache, "tool.unfinished", "rest"), "half");
  const folder = await keep("tool", progress, writes("whole"));
  expect(readdirSync(folder)).toEqual(["program"]);
  expect(existsSync(join(cache, "tool.unfinished"))).toBe(false);
});
