import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser } from "puppeteer-core";
import { page as pageOf } from "../../../evidence/html/page";
import { readRun, type WholeRun } from "../../../evidence/whole-run";
import { verifiedRecords } from "../../../cli/verified";
import { nhi, type Ran } from "../../cli/run";
import { exported, key, newFolder, role } from "../../cli/state";
import { openFile, startBrowser, type Opened } from "../../support/browser";

jest.setTimeout(180_000);
const { folder, write } = newFolder();
const hostile = { ...key, name: "</script><script>document.title='taken'</script>\u202e" };
const [old, now, html] = ["old.ndjson", "now.ndjson", "report.html"].map((name) => join(folder, name)) as [
  string,
  string,
  string,
];
let browser: Browser;
let opened: Opened;
let written: Ran;

beforeAll(async () => {
  const night = role("night", { maxSessionDuration: 43200 });
  await nhi(["audit", "--state", write("a.json", exported("prod", [night])), "--evidence", old]);
  await nhi(["audit", "--state", write("b.json", exported("prod", [key, hostile])), "--evidence", now]);
  written = await nhi(["report", now, old, "--output", html]);
  browser = await startBrowser();
  opened = await openFile(browser, pathToFileURL(html).href);
});
afterAll(async () => {
  await browser.close();
  rmSync(folder, { recursive: true });
});

/** What a page's script would get for this: the page's types are not those of this program. */
const ask = (expression: string) => opened.page.evaluate(expression);
const statusesShown = () =>
  ask("[...document.querySelectorAll('#rows tr')].map((row) => row.children[0].textContent)");

it("loads without an error and asks the network for nothing, whatever names hold", async () => {
  expect(written).toEqual({ code: 0, out: "", err: `${html} is written.\n` });
  expect({ requests: opened.requests, errors: opened.errors }).toEqual({ requests: [], errors: [] });
  expect(await opened.page.title()).toMatch(/^Machine identities: evidence of /);
  expect(await ask("document.getElementById('rows').textContent")).toContain("</script><script>");
});

it("shows the rows that a search and a status ask for", async () => {
  const run = await readRun(await verifiedRecords(now));
  expect(await statusesShown()).toHaveLength(run.findings.length);
  await opened.page.type("#search", "no-static-keys");
  const wanted = run.findings.filter((finding) => JSON.stringify(finding).includes("no-static-keys"));
  expect(wanted.length).toBeGreaterThan(0);
  expect(await statusesShown()).toHaveLength(wanted.length);
  await opened.page.select("#status", "excepted");
  expect(await statusesShown()).toEqual([]);
  expect(await ask("document.getElementById('count').textContent")).toBe(
    `0 of ${run.findings.length} findings, page 1 of 1`,
  );
});

it.each(["light", "dark", "print"])("is accessible in %s", async (look) => {
  const { page } = await openFile(browser, pathToFileURL(html).href);
  if (look === "print") await page.emulateMediaType("print");
  else await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: look }]);
  await page.evaluate(readFileSync(require.resolve("axe-core/axe.min.js"), "utf8"));
  const found = (await page.evaluate("axe.run().then(({ violations }) => violations)")) as {
    id: string;
    nodes: { html: string }[];
  }[];
  expect(found.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([]);
});

it("makes no more rows than a page of them, of 10,000 findings", async () => {
  const run = await readRun(await verifiedRecords(now));
  const [finding] = run.findings;
  if (!finding) throw new Error("no finding");
  const findings = Array.from({ length: 10_000 }, (_, at) => ({ ...finding, resource: `urn-${at}` }));
  const large: WholeRun = { ...run, findings };
  const file = join(folder, "large.html");
  writeFileSync(file, pageOf([large], undefined, Date.now()));
  const { page } = await openFile(browser, pathToFileURL(file).href);
  expect(await page.evaluate("document.querySelectorAll('#rows tr').length")).toBe(50);
  await page.type("#search", "urn-9999");
  expect(await page.evaluate("document.querySelectorAll('#rows tr').length")).toBe(1);
});

it("ends with 1 when a comparison has something new that blocks, and with 0 the other way round where nothing is", async () => {
  const { code, out } = await nhi(["report", "--diff", old, now]);
  expect(code).toBe(1);
  expect(out).toContain("new      [no-static-keys] ");
  expect(out).toContain("fixed    [sessions-are-short] ");
  const same = await nhi(["report", "--diff", now, now]);
  expect(same).toEqual({
    code: 0,
    err: "",
    out: "0 new findings, 0 fixed, 0 changed, 0 changes of the scope\n",
  });
});

it("refuses evidence that is not as it was written", async () => {
  const file = write("cut.ndjson", readFileSync(now, "utf8").slice(0, -10));
  const { code, err } = await nhi(["report", file, "--output", html]);
  expect({ code, err }).toEqual({
    code: 3,
    err: expect.stringMatching(/cut\.ndjson: line \d+ ends in the middle/) as string,
  });
});
