import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { auditFile } from "../../demo/quickstart";
import { story } from "../../demo/story";
import { tell } from "../../demo/screen";
import { callVault } from "../../demo/vault";
import { Cleanup, type World } from "../../demo/world";
import { trace } from "../../trace";
import { recordedProgress } from "../support/progress";

/** Tells the story with something broken once the quickstart is up. Resolves with what was told. */
async function told(
  afterUp?: (world: World) => Promise<void>,
  beforeEnd: () => Promise<void> = () => Promise.resolve(),
) {
  const cleanup = new Cleanup();
  let screen = "";
  try {
    const steps = story({ progress: recordedProgress().progress, cleanup, ...(afterUp && { afterUp }) });
    const { held, failed } = await tell(steps, (text) => (screen += text));
    await beforeEnd();
    return { held, failed: failed && `${failed.step}: ${failed.error.message}`, screen };
  } finally {
    await cleanup.run();
  }
}

/** A change that somebody makes by hand, past the program. */
async function change(
  { secrets }: World,
  method: "POST" | "DELETE",
  path: string,
  body?: object,
): Promise<void> {
  await callVault(secrets.address, method, path, {
    token: await secrets.operatorToken(),
    ...(body && { body }),
  });
}

const minutes = 60_000;

/** What a trace of the story's logs says is missing, with each log given, and without one of them. */
async function missingWithout(world: World) {
  const audit = readFileSync(auditFile(world), "utf8");
  const lease = /"lease_id":"(orders\/creds\/migrate\/[^"]+)"/.exec(audit)?.[1] ?? "";
  const username = /"username":"(v-github-[^"]+)"/.exec(audit)?.[1] ?? "";
  const database = join(world.folder, "database.log");
  writeFileSync(database, world.postgres.log());
  const missing = async (id: string, paths: string[]) => {
    const { findings, events } = await trace({ id, paths });
    return {
      found: events.length > 0,
      missing: findings.flatMap((one) => (one.level === "note" ? [] : [one.id])),
    };
  };
  return {
    hash: await missing(lease, [auditFile(world), database]),
    postgresql: await missing(lease, [auditFile(world)]),
    vault: await missing(username, [database]),
    both: await missing(lease, []),
  };
}

it(
  "holds in every step when nothing is broken, and its trace says what is missing when a log is",
  async () => {
    let world: World | undefined;
    let without: unknown;
    const { held, failed, screen } = await told(
      (up) => {
        world = up;
        return Promise.resolve();
      },
      async () => {
        if (world) without = await missingWithout(world);
      },
    );
    expect(failed).toBeUndefined();
    expect(held).toBe(7);
    expect(screen).toMatch(/A token of mallory\/app: .*claim/);
    expect(screen).toMatch(/A token of octo\/app for another audience: .*aud/);
    expect(screen).toMatch(/\d+ ms after the job asked for the end: /);
    expect(without).toEqual({
      hash: { found: true, missing: ["hashed-lease"] },
      postgresql: { found: true, missing: ["hashed-lease", "no-source"] },
      vault: { found: true, missing: ["no-decision", "no-request", "no-source"] },
      both: { found: false, missing: [] },
    });
  },
  5 * minutes,
);

it(
  "fails at the sign-in when the role trusts every repository of the issuer",
  async () => {
    const { failed } = await told((world) =>
      change(world, "POST", "auth/github/role/orders-migration", {
        role_type: "jwt",
        user_claim: "repository_id",
        bound_audiences: [world.secrets.address],
        bound_claims: { environment: "production" },
      }),
    );
    expect(failed).toBe("3: A token of mallory/app was let in");
  },
  5 * minutes,
);

it(
  "fails at the sign-in when the role takes a token for another audience",
  async () => {
    const { failed } = await told((world) =>
      change(world, "POST", "auth/github/role/orders-migration", {
        role_type: "jwt",
        user_claim: "repository_id",
        bound_audiences: [world.secrets.address, "https://vault.example.org"],
        bound_claims: { repository_id: "456789" },
      }),
    );
    expect(failed).toBe("3: A token of octo/app for another audience was let in");
  },
  5 * minutes,
);

it(
  "fails at the end of the job when the role's revocation does nothing",
  async () => {
    const { failed } = await told((world) =>
      change(world, "POST", "orders/roles/migrate", { revocation_statements: ["SELECT 1;"] }),
    );
    expect(failed).toBe("4: PostgreSQL still lets the job in 10 s after the revocation");
  },
  5 * minutes,
);

it(
  "fails at the trail when the second audit device is gone",
  async () => {
    const { failed } = await told((world) => change(world, "DELETE", "sys/audit/audit-socket"));
    expect(failed).toBe("5: the second audit device lacks: requested, decided, issued, revoked, revoked");
  },
  5 * minutes,
);
