import type { PolicyConfigJSONSchema } from "@pulumi/policy/schema";
import { dayForm, wholeUrn } from "./exemptions";
import type { Rule } from "./rule";
import { settingsSchema } from "./settings";
import { configSchemaOf } from "./config-schema";

type Schema = PolicyConfigJSONSchema;
type Properties = Record<string, Schema>;

/**
 * The JSON schema of the file that `--policy-pack-config` names, for editors. It is made of the schemas that the engine
 * gets, and says beforehand what else the pack refuses by name while it runs. What only the day of the run decides, and
 * that owner and approver differ, no schema says.
 */
export function settingsFileSchema(rules: readonly Rule[]): object {
  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "The settings of the pulumi-nhi policy pack",
    type: "object",
    properties: {
      all: { ...levelsWithRemedy, description: "The level of every rule that has none of its own here." },
      environments: {
        type: "array",
        items: { type: "string" },
        description: "Pulumi ESC environments that the engine opens for the pack.",
      },
      settings: policy("What holds for the whole pack.", settingsFor(rules)),
      exemptions: policy("The level of an exemption that is not needed any more.", {}),
      ...Object.fromEntries(
        rules.map((rule) => [
          rule.id,
          policy(
            rule.title,
            configSchemaOf(rule).properties,
            rule.remedy === undefined ? engineLevels : levelsWithRemedy,
          ),
        ]),
      ),
    },
    // The engine passes over a name that it does not know: a rule that is misspelled would have its defaults.
    additionalProperties: false,
  };
}

const engineLevels = { type: "string", enum: ["advisory", "mandatory", "disabled"] };
/** The engine takes `remediate` for any rule, and has nothing to write in where the rule has no remedy. */
const levelsWithRemedy = { type: "string", enum: [...engineLevels.enum, "remediate"] };

/** What the engine takes for a policy: a level, or its properties and a level among them. */
const policy = (description: string, properties: Properties, levels = engineLevels) => ({
  description,
  anyOf: [
    levels,
    {
      type: "object",
      properties: { enforcementLevel: levels, ...properties },
      additionalProperties: false,
    },
  ],
});

function settingsFor(rules: readonly Rule[]): Properties {
  const { levels, exemptions, baseline, tiers, ...others } = settingsSchema.properties;
  const ids = rules.map(({ id }) => id);
  const exemptible = rules.filter(({ neverExempt }) => neverExempt === undefined).map(({ id }) => id);
  const some = { pattern: "\\S" };
  const day = { pattern: dayForm.source };
  const urn = { pattern: wholeUrn.source };
  return {
    ...others,
    levels: entries(levels, { rules: { items: { enum: [...ids, "all"] } }, from: day }),
    exemptions: entries(
      exemptions,
      {
        ...{ rule: { enum: exemptible }, urn, expires: day },
        ...{ property: some, owner: some, reason: some, compensatingControl: some, approvedBy: some },
      },
      Object.keys(exemptions.items.properties),
    ),
    baseline: entries(
      baseline,
      { rule: { enum: ids }, urn, property: some, due: day },
      Object.keys(baseline.items.properties),
    ),
    tiers,
  };
}

/** A list's schema with more said of the properties of its entries. */
function entries(
  list: { items: { properties: Properties; required: string[] } },
  more: Properties,
  required: string[] = list.items.required,
): Schema {
  const properties = Object.fromEntries(
    Object.entries(list.items.properties).map(([name, schema]) => [name, { ...schema, ...more[name] }]),
  );
  return { ...list, items: { ...list.items, required, properties } };
}
