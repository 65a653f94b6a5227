import type { PolicyConfigSchema } from "@pulumi/policy";
import type { Rule } from "./rule";
import { tierSetting } from "./tiers";

/** What a team can set for a rule: its ceilings, by tier as well, its lists, and how strict it is. The engine checks it. */
export function configSchemaOf({ ceilings = {}, lists = {} }: Rule): PolicyConfigSchema {
  const integer = (description: string, value: number) => ({
    type: "integer",
    minimum: 1,
    default: value,
    description,
  });
  const ofCeilings = Object.entries(ceilings).flatMap(([name, { seconds, says, sensitive, longRunning }]) => [
    [name, integer(says, seconds)],
    ...(sensitive === undefined
      ? []
      : [
          [
            tierSetting(name, "sensitive"),
            integer(`The same for identities of the tier sensitive. Default: ${sensitive}.`, sensitive),
          ],
        ]),
    ...(longRunning === undefined
      ? []
      : [
          [
            tierSetting(name, "long-running"),
            integer(
              `The same for identities of the tier long-running. Default: ${longRunning}.`,
              longRunning,
            ),
          ],
        ]),
  ]);
  const ofLists = Object.entries(lists).map(([name, { values, says }]) => [
    name,
    { type: "array", items: { type: "string" }, default: [...values], description: says },
  ]);
  return {
    properties: {
      ...(Object.fromEntries([...ofCeilings, ...ofLists]) as PolicyConfigSchema["properties"]),
      strictUnknown: {
        type: "boolean",
        default: false,
        description: "Report what could not be decided at the rule's own level. Default: as an advisory.",
      },
    },
  };
}
