import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Client } from "pg";
import { type Engine, openEngine } from "../tools/engine";
import type { Progress } from "../tools/progress";
import { createStack } from "../tools/stack";
import { trace } from "../trace";
import { timelineText, wordOf } from "../trace/text";
import type { GithubJob } from "./github-issuer";
import { connect, type Credentials, Job, refusal, refusedWithin } from "./job";
import type { Screen, Step } from "./screen";
import { auditFile, configure } from "./quickstart";
import { auditHash, Refused } from "./vault";
import { type Cleanup, startWorld, stateOf, type World } from "./world";

const root = join(__dirname, "..");
const pack = join(root, "policy-packs", "nhi");

/** The job that the quickstart lets in, and one of another repository with the same environment. */
const jobs: Record<string, GithubJob> = {
  release: {
    repository: "octo/app",
    repository_id: "456789",
    repository_owner_id: "123456",
    environment: "production",
  },
  stranger: {
    repository: "mallory/app",
    repository_id: "666",
    repository_owner_id: "999",
    environment: "production",
  },
};
const role = "orders-migration";
const path = "orders/creds/migrate";

export interface StoryOptions {
  progress: Progress;
  cleanup: Cleanup;
  /** Runs when the quickstart is up. A test breaks something here and sees the step fail that shows it. */
  afterUp?: (world: World) => Promise<void>;
}

/** The steps of the demo. Each one throws when what it shows does not hold. */
export function story({ progress, cleanup, afterUp }: StoryOptions): Step[] {
  // Each is set by the step that makes it, and used by later ones only.
  let world!: World;
  let job!: Job;
  let credentials!: Credentials;
  let session!: Client;
  let offline: Engine | undefined;

  /** Runs `pulumi`, its output quoted on the screen. Resolves with the exit code and the output. */
  const pulumi = async (engine: Engine, args: string[], screen: Screen) => {
    let output = "";
    const code = await engine.run([...args, "--non-interactive", "--color=never"], {
      onOutput: (text) => (output += text),
    });
    screen.quote(output);
    return { code, output };
  };

  /** A preview with the pack and no cloud account. */
  const preview = async (example: string, screen: Screen) => {
    offline ??= await openEngine({ offline: true, progress, env: stateOf(world) });
    cleanup.add(() => offline?.stop());
    const stack = await createStack(offline, join(root, "examples", example), world.folder);
    return pulumi(offline, ["preview", "--policy-pack", pack, ...stack], screen);
  };

  return [
    {
      title: "The engine, the secrets server, PostgreSQL and an OIDC issuer come up on loopback.",
      async run(screen) {
        world = await startWorld(jobs, progress, cleanup);
        const { engine, secrets, postgres, issuer, collector } = world;
        screen.say(`Pulumi CLI ${engine.cli.version}, from ${engine.cli.from}`);
        screen.say(
          `${secrets.kind === "openbao" ? "OpenBao" : "Vault"} ${secrets.version} at ${secrets.address}`,
        );
        screen.say(`PostgreSQL ${postgres.version} at ${postgres.host}:${postgres.port}`);
        screen.say(`OIDC issuer at ${issuer.url}, log collector at ${collector.address}`);
      },
    },
    {
      title: "`pulumi up` of examples/quickstart with the policy pack.",
      async run(screen) {
        const { engine, postgres, folder } = world;
        const admin = await connect(postgres, postgres);
        await admin.query(
          "CREATE TABLE orders (id int PRIMARY KEY, state text); INSERT INTO orders VALUES (1, 'new'), (2, 'paid')",
        );
        await admin.end();

        const stack = await createStack(engine, join(root, "examples", "quickstart"), folder);
        await configure(world, stack);
        const up = ["up", "--yes", "--skip-preview", "--policy-pack", pack, ...stack];
        const { code, output } = await pulumi(engine, up, screen);
        if (code !== 0) throw new Error(`pulumi up ended with code ${code}`);
        if (!/Policies:\s+✅ pulumi-nhi/.test(output))
          throw new Error("the policy pack did not judge the update");
        if (output.includes(postgres.password)) throw new Error("the administrator's password was shown");

        const words = await refusal(postgres, postgres);
        if (words === undefined) throw new Error("the administrator's first password still works");
        screen.say(`The administrator's first password: ${words}`);
        await afterUp?.(world);
      },
    },
    {
      title: "A job of octo/app signs in with its own token and queries the database. Others are refused.",
      async run(screen) {
        const { secrets, postgres, issuer } = world;
        const refused = async (who: string, jobName: string, audience: string) => {
          const token = await issuer.token(jobName, audience);
          const words = await Job.signIn(secrets.address, role, token).then(
            () => undefined,
            (error: unknown) => (error instanceof Refused ? error.words : Promise.reject(error as Error)),
          );
          if (words === undefined) throw new Error(`${who} was let in`);
          screen.say(`${who}: ${words}`);
        };
        await refused("A token of mallory/app", "stranger", secrets.address);
        await refused("A token of octo/app for another audience", "release", "https://vault.example.org");

        job = await Job.signIn(secrets.address, role, await issuer.token("release", secrets.address));
        credentials = await job.credentials(path);
        session = await connect(postgres, credentials);
        const { rows } = await session.query<{ user: string; orders: string }>(
          'SELECT current_user AS "user", count(*) AS orders FROM orders',
        );
        const [row] = rows;
        if (row?.user !== credentials.username || row.orders !== "2")
          throw new Error("the query gave something else");
        screen.say(
          `octo/app is ${row.user} for ${credentials.leaseSeconds} s, and reads ${row.orders} orders`,
        );
      },
    },
    {
      title: "The job ends: its lease is revoked, and PostgreSQL refuses the same credentials.",
      async run(screen) {
        const { postgres } = world;
        const start = performance.now();
        await job.revoke(credentials.leaseId);
        const words = await refusedWithin(postgres, credentials, 10_000);
        const milliseconds = Math.round(performance.now() - start);
        if (words === undefined)
          throw new Error("PostgreSQL still lets the job in 10 s after the revocation");
        screen.say(`${milliseconds} ms after the job asked for the end: ${words}`);

        const cut = await session.query("SELECT 1").then(
          () => false,
          () => true,
        );
        if (!cut) throw new Error("the session that was open goes on");
        screen.say("The session that was still open is cut.");
        await job.signOut();
      },
    },
    {
      title:
        "`nhi trace` of the lease: asked for, decided, issued, used, revoked, refused after. Nothing is missing.",
      async run(screen) {
        const { secrets, postgres, collector, folder } = world;
        const audit = auditFile(world);
        const database = join(folder, "postgresql.log");
        writeFileSync(database, postgres.log());
        const hash = await auditHash(secrets.address, await secrets.operatorToken(), credentials.leaseId);
        const timeline = await trace({
          id: credentials.leaseId,
          paths: [audit, database],
          vaultHashes: { lease: [hash], accessor: [] },
        });
        screen.quote(timelineText(timeline));
        const order = timeline.events.map(wordOf).filter((word, i, all) => !all.slice(0, i).includes(word));
        const words = order.filter((word) => word !== "completed").join(", ");
        if (words !== "requested, decided, issued, used, revoked, refused after")
          throw new Error(`the trace should go from requested to refused after; it is ${words || "empty"}`);
        const open = timeline.findings.filter((finding) => finding.level !== "note");
        if (open.length || timeline.problems.length)
          throw new Error(
            `the trace is not complete: ${[...open.map((one) => one.text), ...timeline.problems].join(" ")}`,
          );

        const second = join(folder, "second-device.log");
        writeFileSync(second, collector.records().join("\n"));
        const onSecond = await trace({ id: credentials.leaseId, paths: [second] });
        const ids = new Set(onSecond.events.map((event) => event.id));
        const onlyFirst = timeline.events.filter((event) => event.source === "vault" && !ids.has(event.id));
        if (onlyFirst.length)
          throw new Error(`the second audit device lacks: ${onlyFirst.map((e) => e.step).join(", ")}`);
        const canary = [readFileSync(audit, "utf8"), collector.records().join("\n"), postgres.log()].some(
          (log) => log.includes(credentials.password),
        );
        if (canary) throw new Error("the job's password is in a log");
        screen.say("Both audit devices have what Vault did. The password is in none of the logs.");
      },
    },
    {
      title: "`pulumi preview` of examples/blocked-static-key is stopped by the policy pack.",
      async run(screen) {
        const { code, output } = await preview("blocked-static-key", screen);
        if (code === 0) throw new Error("the preview was let through");
        const refused = output.match(/\[mandatory\]/g)?.length ?? 0;
        if (refused < 3) throw new Error(`three static credentials should be refused; ${refused} were`);
      },
    },
    {
      title: "`pulumi preview` of examples/github-to-aws, with no account: passes.",
      async run(screen) {
        const { code } = await preview("github-to-aws", screen);
        if (code !== 0) throw new Error(`the preview ended with code ${code}`);
      },
    },
  ];
}
