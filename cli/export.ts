import { closeSync, openSync, writeFileSync } from "node:fs";
import { rules } from "#pack/rules/index";
import { binaryFormats, catalogueFormats, formatNames, formats } from "../evidence/formats";
import { ruleRecord } from "../evidence/run";
import { CouldNotRun } from "./exit-code";
import type { Screen } from "./screen";
import { verifiedRecords } from "./verified";
import { packageVersion } from "./version";

/** Writes evidence in another format. What is not as it was written is not passed on. */
export async function exportEvidence(
  file: string | undefined,
  { format, output }: { format: string; output?: string },
  screen: Screen,
): Promise<void> {
  const catalogue = catalogueFormats[format];
  const write = formats[format];
  if (catalogue) {
    const document = catalogue({
      rules: rules.map((rule) => ruleRecord(rule, rule.enforcement)),
      version: packageVersion,
      now: new Date().toISOString(),
    });
    await writeTo(output, screen, [`${JSON.stringify(document)}\n`]);
    return;
  }
  if (!write) throw new CouldNotRun(`--format must be one of ${formatNames.join(", ")}, got "${format}".`);
  if (file === undefined)
    throw new CouldNotRun(`--format ${format} is made of evidence: name a file that --evidence wrote.`);
  if (binaryFormats.includes(format) && output === undefined)
    throw new CouldNotRun(`--format ${format} is no text: name a file for it with --output.`);
  await writeTo(output, screen, write(await verifiedRecords(file)));
}

async function writeTo(
  output: string | undefined,
  screen: Screen,
  pieces: Iterable<string> | AsyncIterable<string | Uint8Array>,
): Promise<void> {
  const target = output === undefined ? undefined : opened(output);
  for await (const piece of pieces)
    if (target !== undefined) writeFileSync(target, piece);
    else if (typeof piece === "string") screen.out(piece);
  if (target !== undefined) closeSync(target);
}

function opened(file: string): number {
  try {
    return openSync(file, "w");
  } catch (error) {
    throw new CouldNotRun(
      `${file} can't be written: ${(error as NodeJS.ErrnoException).code ?? "unknown reason"}.`,
    );
  }
}
