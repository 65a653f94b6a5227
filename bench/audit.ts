import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { figure, table } from "./figures";

const checkov = "checkov==3.3.30";
const resources = 10_000;
const stacks = 1000;

/** The same five resources, as Pulumi and as Terraform know them. */
const trust = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "lambda.amazonaws.com" } }],
});
interface Kind {
  type: string;
  inputs: (name: string) => object;
  hcl: (name: string) => string;
}
const kinds: Kind[] = [
  {
    type: "aws:iam/role:Role",
    inputs: () => ({ assumeRolePolicy: trust, maxSessionDuration: 3600 }),
    hcl: (name) =>
      `resource "aws_iam_role" "${name}" {\n  assume_role_policy = ${JSON.stringify(trust)}\n  max_session_duration = 3600\n}\n`,
  },
  {
    type: "aws:iam/accessKey:AccessKey",
    inputs: () => ({ user: "ci" }),
    hcl: (name) => `resource "aws_iam_access_key" "${name}" {\n  user = "ci"\n}\n`,
  },
  {
    type: "aws:s3/bucket:Bucket",
    inputs: (name) => ({ bucket: name }),
    hcl: (name) => `resource "aws_s3_bucket" "${name}" {\n  bucket = "${name}"\n}\n`,
  },
  {
    type: "aws:sqs/queue:Queue",
    inputs: (name) => ({ name }),
    hcl: (name) => `resource "aws_sqs_queue" "${name}" {\n  name = "${name}"\n}\n`,
  },
  {
    type: "aws:cloudwatch/logGroup:LogGroup",
    inputs: (name) => ({ name, retentionInDays: 30 }),
    hcl: (name) =>
      `resource "aws_cloudwatch_log_group" "${name}" {\n  name = "${name}"\n  retention_in_days = 30\n}\n`,
  },
];

function kindOf(at: number): Kind {
  const kind = kinds[at % kinds.length];
  if (!kind) throw new Error("there is no kind");
  return kind;
}

function stateOf(stack: string, count: number): string {
  const made = Array.from({ length: count }, (_, at) => {
    const { type, inputs } = kindOf(at);
    const values = inputs(`r${at}`);
    const urn = `urn:pulumi:${stack}::shop::${type}::r${at}`;
    return { urn, type, custom: true, inputs: values, outputs: values };
  });
  const manifest = { time: "2026-11-23T10:00:00Z", magic: "", version: "v3.259.0" };
  return JSON.stringify({ version: 3, deployment: { manifest, resources: made } });
}

const terraformOf = (count: number) =>
  Array.from({ length: count }, (_, at) => kindOf(at).hcl(`r${at}`)).join("\n");

interface Measured {
  seconds: number;
  cpuSeconds: number;
  peakMiB: number;
}

/** What the operating system says of a process that ended: getrusage(2) of the children of one that only waits. */
const waits = `import json, resource, subprocess, sys, time
begin = time.time()
subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps({"seconds": time.time() - begin, "cpuSeconds": used.ru_utime + used.ru_stime, "peakMiB": used.ru_maxrss / 1024}))`;

const measured = (...command: string[]) =>
  JSON.parse(execFileSync("python3", ["-c", waits, ...command], { encoding: "utf8" })) as Measured;

/** Checkov from PyPI, in a folder of the cache. */
function installed(): string {
  const folder = join(homedir(), ".cache", "pulumi-nhi", checkov.replace("==", "-"));
  const command = join(folder, "bin", "checkov");
  if (!existsSync(command)) {
    execFileSync("python3", ["-m", "venv", folder]);
    execFileSync(join(folder, "bin", "pip"), ["install", "--quiet", checkov]);
  }
  return command;
}

function main(): void {
  const command = installed();
  const nhi = (...args: string[]) =>
    measured(process.execPath, join(__dirname, "../dist/cli/index.js"), ...args);
  const folder = mkdtempSync(join(tmpdir(), "nhi-bench-"));
  try {
    const state = join(folder, "state.json");
    writeFileSync(state, stateOf("prod", resources));
    const terraform = join(folder, "terraform");
    mkdirSync(terraform);
    writeFileSync(join(terraform, "main.tf"), terraformOf(resources));
    const estate = Array.from({ length: stacks }, (_, at) => {
      const file = join(folder, `stack-${at}.json`);
      writeFileSync(file, stateOf(`s${at}`, 100));
      return file;
    });

    const own = nhi("audit", "--state", state, "--evidence", join(folder, "own.ndjson"));
    const few = nhi("audit", "--state", ...estate.slice(0, 100), "--evidence", join(folder, "few.ndjson"));
    const all = nhi("audit", "--state", ...estate, "--evidence", join(folder, "all.ndjson"));
    const theirs = measured(
      command,
      ...[
        "-d",
        terraform,
        "--framework",
        "terraform",
        "--compact",
        "--quiet",
        "--skip-download",
        "-o",
        "json",
      ],
    );
    const row = (what: string, { seconds, cpuSeconds, peakMiB }: Measured) => [
      what,
      `${figure(seconds)} s`,
      `${figure(cpuSeconds)} s`,
      `${figure(peakMiB)} MiB`,
    ];
    const ratio = theirs.cpuSeconds / own.cpuSeconds;
    const report = `# Figures of the audit

Written by \`npx tsx bench/audit.ts\` after \`npm run build\`, from one run on a machine that other programs used at the same
time: the ratio is of CPU time. Five types of AWS resources in equal parts, in one state, and the same as Terraform (HCL).
Checkov judges more than machine identities, with all its rules for these types; what it computes in workers that it does
not wait for may be missing in its CPU time, so the time on the clock stands beside it; ${checkov} is of PyPI.

| what | ratio | wanted | held |
| --- | --- | --- | --- |
| ${resources} resources: Checkov ÷ \`nhi audit --evidence\`, CPU time | ${figure(ratio)} | ≥ 20 | ${ratio >= 20 ? "yes" : "**no**"} |
| memory at ${stacks} stacks ÷ at 100 | ${figure(all.peakMiB / few.peakMiB)} | ≤ 1.5 | ${all.peakMiB / few.peakMiB <= 1.5 ? "yes" : "**no**"} |

${table(
  ["what", "on the clock", "CPU time", "most memory"],
  [
    row(`nhi audit, ${resources} resources, with evidence`, own),
    row(`Checkov, ${resources} resources`, theirs),
    row("nhi audit, 100 stacks of 100 resources, with evidence", few),
    row(`nhi audit, ${stacks} stacks of 100 resources, with evidence`, all),
  ],
)}
`;
    writeFileSync(join(__dirname, "audit.md"), report);
    process.stdout.write(report);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

main();
