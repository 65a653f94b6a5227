import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { rules } from "#pack/rules/index";
import sdkPackage from "@pulumi/policy/package.json";
import type { Header, RuleRecord } from "../evidence/record";
import { openRun, type EvidenceRun, type Origin } from "../evidence/run";
import { CouldNotRun } from "./exit-code";
import { configuredPack, type PackConfig } from "./settings-file";
import { nameOf, type Source } from "./source";
import { packageFolder, packageVersion } from "./version";

const packVersion = (
  JSON.parse(readFileSync(join(packageFolder, "policy-packs", "nhi", "package.json"), "utf8")) as {
    version: string;
  }
).version;

export interface EvidenceOptions {
  command: Header["command"];
  config: PackConfig;
  settingsFile: string | undefined;
  /** The version of the Pulumi CLI, where it takes part. */
  pulumi?: string;
}

/** Begins the evidence of a run in a new file. */
export function beginEvidence(file: string, options: EvidenceOptions): EvidenceRun {
  const { command, config, settingsFile, pulumi } = options;
  try {
    return openRun(file, {
      command,
      rules,
      levels: levelsWith(config, settingsFile ?? ""),
      tools: {
        nhi: packageVersion,
        pack: packVersion,
        policySdk: sdkPackage.version,
        node: process.versions.node,
        ...(pulumi !== undefined && { pulumi }),
      },
      settings:
        settingsFile === undefined
          ? null
          : {
              file: settingsFile,
              sha256: createHash("sha256").update(readFileSync(settingsFile)).digest("hex"),
              content: config,
            },
    });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new CouldNotRun(
      code === "EEXIST"
        ? `${file} is there already, and evidence is not written over: name another file.`
        : `${file} can't be written: ${code}.`,
    );
  }
}

function levelsWith(config: PackConfig, settingsFile: string): ReadonlyMap<string, RuleRecord["level"]> {
  return new Map(
    configuredPack(config, settingsFile).map(({ name, enforcementLevel: level }) => [
      name,
      level === "disabled" || level === "advisory" ? level : "mandatory",
    ]),
  );
}

/** Where an audited stack's resources came from. */
export const originOf = (source: Source, written?: string, cli?: string): Origin => ({
  source: { kind: "file" in source ? "state-file" : "stack-export", name: nameOf(source) },
  writtenAt: written ?? null,
  pulumi: cli ?? null,
});
