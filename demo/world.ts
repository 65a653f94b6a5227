import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openEngine, type Engine } from "../tools/engine";
import { findSecretsServer } from "../tools/find-secrets-server";
import type { Progress } from "../tools/progress";
import { startSecretsServer, type SecretsServer } from "../tools/secrets-server";
import { startCollector, type Collector } from "./collector";
import { startGithubIssuer, type GithubIssuer, type GithubJob } from "./github-issuer";
import { startPostgres, type Postgres } from "./postgres";

/** What runs during the story. */
export interface World {
  engine: Engine;
  secrets: SecretsServer;
  postgres: Postgres;
  issuer: GithubIssuer;
  collector: Collector;
  /** For what is written meanwhile. */
  folder: string;
}

/** What was started and has to be stopped, whatever happens in between. */
export class Cleanup {
  private readonly ends: (() => void | Promise<void>)[] = [];
  private ending: Promise<void> | undefined;

  /** What is started while everything ends, ends as well. */
  add(end: () => void | Promise<void>): void {
    this.ends.push(end);
    if (this.ending) this.ending = this.ending.then(() => this.endAll());
  }

  /** Ends everything, the last started first. Further calls wait for the first. */
  run(): Promise<void> {
    this.ending ??= this.endAll();
    return this.ending;
  }

  private async endAll(): Promise<void> {
    const failures: string[] = [];
    for (let end = this.ends.pop(); end; end = this.ends.pop()) {
      try {
        await end();
      } catch (error) {
        failures.push((error as Error).message);
      }
    }
    if (failures.length) throw new Error(`Not everything could be stopped: ${failures.join("; ")}`);
  }
}

/** Starts the engine and every server on loopback. */
export async function startWorld(
  jobs: Record<string, GithubJob>,
  progress: Progress,
  cleanup: Cleanup,
): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), "nhi-demo-"));
  cleanup.add(() => rmSync(folder, { recursive: true, force: true }));

  const secrets = await startSecretsServer(await findSecretsServer(progress));
  cleanup.add(() => secrets.stop());
  const collector = await startCollector();
  cleanup.add(() => collector.stop());
  const postgres = await startPostgres();
  cleanup.add(() => postgres.stop());
  const issuer = await startGithubIssuer(jobs);
  cleanup.add(() => issuer.stop());

  const engine = await openEngine({
    progress,
    // Not the root token: one of fifteen minutes.
    env: { ...stateOf({ folder }), VAULT_ADDR: secrets.address, VAULT_TOKEN: await secrets.operatorToken() },
  });
  cleanup.add(() => engine.stop());
  return { engine, secrets, postgres, issuer, collector, folder };
}

/** A state of the story's own, gone with its folder. */
export function stateOf({ folder }: { folder: string }): Record<string, string> {
  return {
    PULUMI_BACKEND_URL: `file://${folder}`,
    PULUMI_CONFIG_PASSPHRASE: passphrase,
    // The story needs no other plugin than Vault's.
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
  };
}

const passphrase = randomBytes(24).toString("base64url");
