import type { Policies } from "@pulumi/policy";
import {
  judge,
  judgeAll,
  judgeStack,
  type Analysis,
  type Given,
  type Props,
} from "../../policy-packs/nhi/testing";

export { secret, unknownText, type Analysis, type Given, type Props } from "../../policy-packs/nhi/testing";

type Config = Record<string, unknown>;

/** All policies of a call with one configuration: enough for tests of one rule. */
const forEach = (policies: Policies, config: Config | undefined) =>
  config && { configs: Object.fromEntries(policies.map(({ name }) => [name, config])) };

export const analyze = (
  policies: Policies,
  type: string,
  name: string,
  props: Props,
  config?: Config,
): Promise<Analysis> => judge(policies, { type, name, props }, forEach(policies, config));

export const analyzeStack = (
  policies: Policies,
  resources: readonly Given[],
  config?: Config,
): Promise<Analysis> => judgeStack(policies, resources, forEach(policies, config));

export const analyzeAll = (
  policies: Policies,
  resources: readonly Given[],
  configs?: Record<string, Config>,
): Promise<Analysis> => judgeAll(policies, resources, configs && { configs });
