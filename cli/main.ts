import { Command, CommanderError } from "commander";
import { addAccessCommands } from "./access/commands";
import { audit, type AuditOptions } from "./audit";
import { formatNames } from "../evidence/formats";
import { exportEvidence } from "./export";
import { check, type CheckOptions } from "./check";
import { mostDays, usualDays } from "./baseline";
import { CouldNotRun, ExitCode } from "./exit-code";
import { explain } from "./explain";
import { inventory, inventoryFormats, type InventoryOptions } from "./inventory";
import { htmlReport, type HtmlReportOptions } from "./html-report";
import type { Screen } from "./screen";
import { usualPrefix } from "../trace/sources/postgresql";
import { traceAccess, traceFormats, type TraceCommandOptions } from "./trace";
import { signEvidence, signingKey } from "./sign";
import { verifyFiles, type VerifyOptions } from "./verify";
import { packageVersion } from "./version";

/** Runs `nhi` with these arguments. Resolves with the exit code, and never rejects. */
export async function main(args: readonly string[], screen: Screen): Promise<number> {
  let code: number = ExitCode.Clean;
  const program = new Command("nhi")
    .description("Judges machine identities: what Pulumi manages, what it is about to make, and why.")
    .version(packageVersion)
    .exitOverride()
    .configureOutput({ writeOut: screen.out, writeErr: screen.err })
    .showSuggestionAfterError()
    .addHelpText("after", exitCodes);

  program
    .command("explain")
    .argument("[rule]", "the id of a rule, as in [no-static-keys]; without it, all rules are listed")
    .description("show what a rule demands, why, and how to fix what it finds")
    .action((rule: string | undefined) => {
      explain(rule, screen);
    });

  program
    .command("audit")
    .description(
      "judge what stacks are made of now, from their exported state: no login, no cloud, no preview",
    )
    .option("--state <file...>", "exported states: what `pulumi stack export` writes")
    .option("--stack <name...>", "stacks that the Pulumi CLI exports")
    .option("--all-stacks", "all stacks of the project in this folder")
    .option("--settings <file>", "the pack's settings, as for `pulumi preview --policy-pack-config`")
    .option(
      "--write-baseline <file>",
      "write settings that let today's findings stay, so that only new ones block",
    )
    .option(
      "--due <day>",
      `the day by which they are mended, YYYY-MM-DD, at most ${mostDays} days ahead (default: in ${usualDays} days)`,
    )
    .option("--evidence <file>", "write each check with its result, as nhi-evidence/v1")
    .option("--sign <key>", "sign the evidence with this private key, in PEM")
    .option("--json", "print the result as JSON")
    .action(async (options: AuditOptions) => {
      code = await audit(options, screen);
    });

  program
    .command("check")
    .argument("[pulumi arguments...]", "after `--`, for `pulumi preview`: -- --stack prod")
    .description("run `pulumi preview` with the pack, and say what it found")
    .option("--settings <file>", "the pack's settings, as for `pulumi preview --policy-pack-config`")
    .option("--evidence <file>", "write each check with its result, as nhi-evidence/v1")
    .option("--sign <key>", "sign the evidence with this private key, in PEM")
    .option("--json", "print the result as JSON")
    .action(async (pulumiArgs: string[], options: CheckOptions) => {
      code = await check(pulumiArgs, options, screen);
    });
  program
    .command("export")
    .argument("[file]", "a file of evidence; oscal-component and oscal-mapping need none")
    .requiredOption("--format <format>", formatNames.join(", "))
    .option("--output <file>", "where to write it; without it, to the screen")
    .description("write evidence for code scanning, a CI system's tests, a spreadsheet or a pull request")
    .action(async (file: string | undefined, options: { format: string; output?: string }) => {
      await exportEvidence(file, options, screen);
    });
  program
    .command("verify")
    .argument("<file...>", "files of evidence")
    .option("--hash <sha256>", "the last hash, as it was kept elsewhere")
    .description("check that evidence is what was written: one changed byte is found")
    .option("--public-key <file>", "the key that signed, in PEM: FILE.sig must be its signature of FILE")
    .action(async (files: string[], options: VerifyOptions) => {
      code = await verifyFiles(files, options, screen);
    });
  program
    .command("sign")
    .argument("<file>", "a file of evidence")
    .requiredOption("--key <file>", "a private key of Ed25519 or ECDSA P-256 in PEM")
    .description("sign evidence: FILE.sig is a DSSE envelope with an in-toto statement")
    .action(async (file: string, { key }: { key: string }) => {
      await signEvidence(file, signingKey(key));
    });

  program
    .command("inventory")
    .description("list every machine identity of stacks: overdue and orphaned ones first")
    .option("--state <file...>", "exported states: what `pulumi stack export` writes")
    .option("--stack <name...>", "stacks that the Pulumi CLI exports")
    .option("--all-stacks", "all stacks of the project in this folder")
    .option("--format <format>", inventoryFormats.join(", "), "table")
    .option("--output <file>", "where to write it; without it, to the screen")
    .option(
      "--due <days>",
      "only what is to be reviewed within that time, as 30d, is overdue or names no day; exit code 1 when there is any",
    )
    .action(async (options: InventoryOptions) => {
      code = await inventory(options, screen);
    });
  program
    .command("report")
    .argument("<file...>", "files of evidence; of several the newest is reported, with the trend over all")
    .option("--output <file>", "where to write the page (default: report.html)")
    .option("--diff", "compare two files, OLD NEW: what is new, what is fixed, what was asked otherwise")
    .option("--json", "print the comparison as JSON")
    .description("write evidence as one HTML page, or compare two runs")
    .action(async (files: string[], options: HtmlReportOptions) => {
      code = await htmlReport(files, options, screen);
    });

  program
    .command("trace")
    .argument("<id>", "a grant's id, a lease's, a source identity, a database's user or an access key's id")
    .argument("[path...]", "files and folders of logs, packed or not; - is standard input")
    .description("put together what logs say about one access: who asked, what decided, what it did, its end")
    .option("--broker <path...>", "the broker's events")
    .option("--cloudtrail <path...>", "CloudTrail's files, or an Athena query's result")
    .option("--vault <path...>", "Vault's audit log")
    .option("--postgresql <path...>", "PostgreSQL's log")
    .option("--gcp <path...>", "Cloud Audit Logs")
    .option("--postgres-prefix <prefix>", "log_line_prefix of PostgreSQL's log", usualPrefix)
    .option("--vault-hash <name=hash...>", "lease=HASH or accessor=HASH, as sys/audit-hash/<device> gives it")
    .option("--format <format>", traceFormats.join(", "), "text")
    .option("--output <file>", "where to write it; without it, to the screen")
    .addHelpText("after", traceExitCodes)
    .action(async (id: string, paths: string[], options: TraceCommandOptions) => {
      code = await traceAccess(id, paths, options, screen);
    });

  addAccessCommands(program, screen, (ended) => (code = ended));

  try {
    await program.parseAsync([...args], { from: "user" });
  } catch (error) {
    // Commander has already said what it has to say.
    if (error instanceof CommanderError) return error.exitCode === 0 ? ExitCode.Clean : ExitCode.CouldNotRun;
    // What was not foreseen may hold a value in its text, so only its kind is shown.
    const line =
      error instanceof CouldNotRun
        ? error.message
        : `nhi stopped: ${error instanceof Error ? `${error.name} ${placeOf(error)}` : "something that is no error"}. Report it.`;
    screen.err(`${line}\n`);
    code = ExitCode.CouldNotRun;
  }
  return code;
}

/** The first place of a stack: `at judge (…/judge.js:12:3)`. */
function placeOf({ stack = "" }: Error): string {
  return /^\s+(at .+)$/m.exec(stack)?.[1] ?? "at an unknown place";
}

const traceExitCodes = `
Exit codes:
  0  the trace is complete, and nothing in it contradicts
  1  something contradicts: used after it was revoked, issued without a decision
  2  something is missing
  3  a log could not be read to its end, or the arguments are bad`;

const exitCodes = `
Exit codes:
  0  nothing blocks
  1  a finding blocks
  2  what could not be decided blocks, because the settings are strict about it
  3  not everything could be judged: bad arguments, a file that can't be read, no engine`;
