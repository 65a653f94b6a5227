import { main } from "../cli/main";
import { processScreen } from "../cli/screen";
import { openEngine } from "./engine";
import { screenProgress } from "./progress";

/**
 * `npm run nhi -- <args>`: the command as users have it, with the Pulumi CLI that this machine has or can get.
 * `--offline` stands in for AWS, GCP and Vault.
 */
async function run(): Promise<number> {
  const args = process.argv.slice(2).filter((arg) => arg !== "--offline");
  const engine = await openEngine({
    offline: process.argv.includes("--offline"),
    progress: screenProgress(),
  });
  Object.assign(process.env, engine.env);
  // npm runs scripts in the package's root; the user means the folder they are in.
  process.chdir(process.env.INIT_CWD ?? process.cwd());
  try {
    return await main(args, processScreen());
  } finally {
    await engine.stop();
  }
}

run().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error((error as Error).message);
    process.exit(1);
  },
);
