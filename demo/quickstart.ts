import { join } from "node:path";
import type { World } from "./world";

/** Where the quickstart's first audit device writes. */
export const auditFile = ({ secrets }: World) => join(secrets.dir, "audit.log");

/** What the quickstart needs to know. The password goes in encrypted. */
export async function configure(world: World, stack: string[]): Promise<void> {
  const { engine, secrets, postgres, issuer, collector } = world;
  const settings = {
    issuer: issuer.url,
    vaultAddress: secrets.address,
    auditFile: auditFile(world),
    auditSocket: collector.address,
    databaseHost: postgres.host,
    databasePort: String(postgres.port),
    database: postgres.database,
    databaseUser: postgres.username,
    databaseSslMode: "disable",
  };
  const plain = Object.entries(settings).flatMap(([name, value]) => ["--plaintext", `${name}=${value}`]);
  const quiet = { onOutput: () => undefined };
  const codes = [
    await engine.run(["config", "set-all", ...plain, ...stack], quiet),
    await engine.run(["config", "set", "--secret", "databasePassword", ...stack], {
      ...quiet,
      input: postgres.password,
    }),
  ];
  if (codes.some((code) => code !== 0)) throw new Error("the configuration was refused");
}
