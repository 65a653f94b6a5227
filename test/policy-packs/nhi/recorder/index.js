const { appendFileSync } = require("node:fs");
const { PolicyPack } = require("@pulumi/policy");

const record = (entry) => appendFileSync(process.env.RECORD_TO, JSON.stringify(entry) + "\n");

/** The properties that the tests ask for, as a policy reads them. */
const read = (props) =>
  Object.fromEntries(
    ["assumeRolePolicy", "policy", "description"].flatMap((name) => {
      if (!(name in props)) return [];
      try {
        return [[name, props[name]]];
      } catch (error) {
        return [[name, error.constructor.name]];
      }
    }),
  );

new PolicyPack("recorder", {
  policies: [
    {
      name: "each",
      description: "Writes down each resource.",
      enforcementLevel: "advisory",
      configSchema: { properties: { most: { type: "integer", default: 3 } } },
      validateResource: ({ type, name, props, provider, getConfig }) =>
        record({ each: type, name, props: read(props), provider: provider?.name, config: getConfig() }),
    },
    {
      name: "remedy",
      description: "Changes each role.",
      enforcementLevel: "remediate",
      remediateResource: Object.assign(
        ({ name, props }) => {
          record({ remedy: name });
          props.description = "remedied";
          return props;
        },
        { __pulumiType: "aws:iam/role:Role" },
      ),
    },
    {
      name: "together",
      description: "Writes down all resources.",
      enforcementLevel: "advisory",
      validateStack: ({ resources }) =>
        record({
          together: resources.map(({ type, name, props, parent, provider, propertyDependencies }) => ({
            type,
            name,
            props: read(props),
            parent: parent?.name,
            provider: provider?.name,
            role: propertyDependencies.role?.map((source) => source.name),
          })),
        }),
    },
  ],
});
