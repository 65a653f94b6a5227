import { launch, type Browser, type Page } from "puppeteer-core";
import { findDebianProgram } from "../../tools/debian";
import { screenProgress } from "../../tools/progress";

/** Chromium without a screen: one that is installed, or else Debian's. */
export async function startBrowser(): Promise<Browser> {
  const { binary, env } = await findDebianProgram(
    { program: "chromium", folder: "usr/lib/chromium", package: "chromium" },
    screenProgress(),
  );
  return launch({ executablePath: binary, env, args: ["--no-sandbox", "--disable-dev-shm-usage"] });
}

export interface Opened {
  page: Page;
  /** What the page asked the network for. All of it was refused. */
  requests: string[];
  /** Errors and refusals of the console. */
  errors: string[];
}

/** Opens a file, and lets it ask for nothing else. */
export async function openFile(browser: Browser, url: string): Promise<Opened> {
  const page = await browser.newPage();
  const requests: string[] = [];
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error") errors.push(message.text());
  });
  await page.setRequestInterception(true);
  page.on("request", (request) => {
    if (request.url() === url) return void request.continue();
    requests.push(request.url());
    void request.abort();
  });
  await page.goto(url);
  return { page, requests, errors };
}
