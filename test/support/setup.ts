import { findPulumi } from "../../tools/find-pulumi";
import { findSecretsServer } from "../../tools/find-secrets-server";
import { screenProgress } from "../../tools/progress";

/** Gets what the tests on real parts need, once and before any test's time runs. */
export default async function setup(): Promise<void> {
  const progress = screenProgress();
  const cli = await findPulumi(progress);
  const server = await findSecretsServer(progress);
  progress.say(
    `Testing with Pulumi ${cli.version} from ${cli.from}, ${server.kind} ${server.version} from ${server.from}.`,
  );
}
