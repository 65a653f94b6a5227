import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { exported, key } from "./state";

const root = join(__dirname, "../..");
let folder: string;

/** The package as a team has it that installed it: nothing of this repository is near. */
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "nhi-installed-"));
  const npm = (args: string[], cwd: string) =>
    execFileSync("npm", args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  // `npm run build` has made what it holds.
  npm(["pack", "--ignore-scripts", "--pack-destination", folder], root);
  const [tarball = ""] = readdirSync(folder).filter((file) => file.endsWith(".tgz"));
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "team", private: true }));
  npm(["install", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline", `./${tarball}`], folder);
}, 300_000);
afterAll(() => rmSync(folder, { recursive: true }));

const command = () => join(folder, "node_modules", ".bin", "nhi");

function nhi(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(command(), args, { cwd: folder, encoding: "utf8" });
  return { code: status, out: stdout, err: stderr };
}

it("runs from the tarball", () => {
  expect(nhi("--version")).toEqual({ code: 0, out: "0.1.0\n", err: "" });
  expect(nhi("explain", "no-static-keys").out).toMatch(/^no-static-keys\n/);
});

it("audits several stacks, and keeps evidence that it can verify and export", () => {
  const files = ["dev", "prod"].map((stack) => {
    writeFileSync(join(folder, `${stack}.json`), exported(stack, [key]));
    return `${stack}.json`;
  });
  const audit = nhi("audit", "--state", ...files, "--evidence", "evidence.ndjson");
  expect(audit.err).toBe("");
  expect(audit.code).toBe(1);
  expect(audit.out).toContain('blocks: aws:iam/accessKey:AccessKey "ci": it is a static key.  (shop/prod)');
  expect(nhi("verify", "evidence.ndjson").code).toBe(0);
  expect(nhi("export", "evidence.ndjson", "--format", "sarif").out).toContain('"version":"2.1.0"');
}, 60_000);

it("ends quietly when the reader of its output has enough", () => {
  const { status, stdout, stderr } = spawnSync("sh", ["-c", `"${command()}" explain | head -1`], {
    encoding: "utf8",
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  expect(stdout).toMatch(/^rule +severity/);
});
