import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Whether there is a Java with Maven, which the matcher needs. */
export const hasJava = ["java", "mvn"].every((program) =>
  (process.env.PATH ?? "").split(":").some((folder) => existsSync(join(folder, program))),
);

/** Asks Event Ruler, the library that EventBridge itself matches with (github.com/aws/event-ruler), from Maven Central. */
export function matches(cases: readonly { pattern: unknown; event: unknown }[]): boolean[] {
  const folder = mkdtempSync(join(tmpdir(), "event-ruler-"));
  try {
    const classpath = join(folder, "classpath");
    const pom = join(__dirname, "pom.xml");
    execFileSync("mvn", [
      "-q",
      "-B",
      "-f",
      pom,
      "dependency:build-classpath",
      `-Dmdep.outputFile=${classpath}`,
    ]);
    const answer = execFileSync(
      "java",
      ["-cp", readFileSync(classpath, "utf8"), join(__dirname, "Matches.java")],
      { input: JSON.stringify(cases), encoding: "utf8" },
    );
    return JSON.parse(answer) as boolean[];
  } finally {
    rmSync(folder, { recursive: true });
  }
}
