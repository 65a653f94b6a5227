import { openEngine } from "./engine";
import { screenProgress } from "./progress";

/**
 * `npm run pulumi -- <args>`: the Pulumi CLI that this machine has or can get, on a local file backend. `--offline`
 * stands in for AWS, GCP and Vault.
 */
async function main(): Promise<number> {
  const args = process.argv.slice(2).filter((arg) => arg !== "--offline");
  const engine = await openEngine({
    offline: process.argv.includes("--offline"),
    progress: screenProgress(),
  });
  // Ctrl-C goes to the whole group: the CLI ends the update, and this process waits for it.
  process.on("SIGINT", () => undefined);
  try {
    // npm runs scripts in the package's root; the user means the folder they are in.
    const cwd = process.env.INIT_CWD ?? process.cwd();
    if (worksOnStack(args) && !namesStack(args)) {
      const where = directoryArgs(args);
      const selected = await engine.run(["stack", "--show-name", "--non-interactive", ...where], {
        cwd,
        onOutput: () => undefined,
      });
      if (selected !== 0)
        await engine.run(["stack", "select", "dev", "--create", "--non-interactive", ...where], { cwd });
    }
    return await engine.run(args, { cwd });
  } finally {
    await engine.stop();
  }
}

/** Commands that need a stack. Without one of their own they get the stack `dev`. */
function worksOnStack([command = ""]: string[]): boolean {
  return ["preview", "up", "update", "refresh", "destroy", "import", "config"].includes(command);
}

function namesStack(args: string[]): boolean {
  return "PULUMI_STACK" in process.env || args.some((arg) => /^(-s|--stack)(=|$)/.test(arg));
}

function directoryArgs(args: string[]): string[] {
  const at = args.findIndex((arg) => arg === "-C" || arg === "--cwd");
  if (at >= 0) return args.slice(at, at + 2);
  return args.filter((arg) => arg.startsWith("--cwd="));
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error((error as Error).message);
    process.exit(1);
  },
);
