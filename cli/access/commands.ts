import type { Command } from "commander";
import type { Screen } from "../screen";
import type * as brokerHost from "./broker-host";
import { closeOrOpen, grants, tellGrant } from "./grants";
import { run, type RunOptions } from "./run";
import { tokenVariable } from "./token";

/** What talks to a broker, and the broker itself. */
export function addAccessCommands(program: Command, screen: Screen, ends: (code: number) => void): void {
  const toBroker = (name: string) =>
    program
      .command(name)
      .option("--broker <url>", "where the broker is (default: NHI_BROKER)")
      .option("--token-file <file>", `a file with your token (default: the token in ${tokenVariable})`)
      .option(
        "--github-audience <audience>",
        "in a GitHub job: the audience of the token that it asks GitHub for",
      );

  toBroker("run")
    .argument("<command...>", "after `--`: the command, which gets the credential in its environment")
    .requiredOption("--role <role>", "what is asked for: a role of the broker's settings")
    .requiredOption("--purpose <words>", "why, in words that a reviewer understands")
    .requiredOption("--environment <name>", "where it is for: the environment of the role")
    .option("--ttl <time>", "how long at most: 90s, 15m, 1h", "15m")
    .option("--task <id>", "the job, ticket or run that it is for")
    .option("--resource <name...>", "part of what the role can reach")
    .option("--parent <grant>", "the grant whose next step this is")
    .option("--json", "say what happens as JSON, a line each, on standard error")
    .description("get access for one command, and give it back however the command ends")
    .action(async (command: string[], options: RunOptions) => {
      ends(await run(command, options, screen));
    });
  toBroker("grants")
    .option("--role <role>", "those of one role")
    .option("--open", "those that are not over")
    .option("--json", "print them as JSON")
    .description("list the grants that you may see, newest first")
    .action(async (options: object) => {
      await grants(options, screen);
    });
  for (const [what, description] of [
    ["approve", "say yes to somebody's request"],
    ["deny", "say no to somebody's request"],
    ["revoke", "end a grant now"],
  ] as const)
    toBroker(what)
      .argument("<grant>", "its id")
      .option("--json", "print the grant as JSON")
      .description(description)
      .action(async (id: string, options: object) => {
        await tellGrant(what, id, options, screen);
      });
  toBroker("close")
    .option("--role <role>", "one role; without it and --requester, everything")
    .option("--requester <id>", "one requester")
    .requiredOption("--reason <words>", "why")
    .description("the kill switch: end what is out, and mint nothing more")
    .action(async (options: object) => {
      await closeOrOpen(options, screen);
    });
  toBroker("open")
    .option("--role <role>", "one role; without it and --requester, everything")
    .option("--requester <id>", "one requester")
    .description("take the kill switch back")
    .action(async (options: object) => {
      await closeOrOpen({ ...options, open: true }, screen);
    });

  program
    .command("broker")
    .requiredOption("--settings <file>", "the broker's settings: roles, targets, issuers")
    .requiredOption("--policies <folder>", "a folder of Cedar policies: *.cedar")
    .option("--events <file>", "where each event is added, a line of JSON each")
    .option(
      "--table <name>",
      "the DynamoDB table that keeps grants; without it, they are gone with the process",
    )
    .option(
      "--host <address>",
      "the address to listen on; another than this machine's own is for behind a proxy",
      "127.0.0.1",
    )
    .option("--port <number>", "the port to listen on", "7443")
    .option("--check", "check the settings and the policies, and start nothing")
    .description("run an access broker as an HTTP server")
    .action(async (options: brokerHost.BrokerHostOptions) => {
      // Cedar and the clouds' clients take longer to load than any other command takes to run.
      // eslint-disable-next-line @typescript-eslint/no-require-imports
      const { hostBroker } = require("./broker-host") as typeof brokerHost;
      ends(await hostBroker(options, screen));
    });
}
