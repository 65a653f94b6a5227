import type { Chained, Header, RuleRecord } from "../../record";
import { frameworkResources, metadata, prop, reviewedControls, tokenOf, uuidOf } from "./document";

export const planOf = (header: Header): string => uuidOf("assessment-plan", header.id);

/** The plan that a run followed: its rules as objectives, each at a control that it supports. */
export async function* plan(records: AsyncIterable<Chained>): AsyncGenerator<string> {
  let header: Header | undefined;
  const rules: RuleRecord[] = [];
  for await (const record of records) {
    if (record.record === "header") header = record;
    else if (record.record === "rule") rules.push(record);
    // The rules stand before the first stack, and the plan says nothing of what was found.
    else break;
  }
  if (header) yield `${JSON.stringify({ "assessment-plan": documentOf(header, rules) })}\n`;
}

function documentOf(header: Header, rules: readonly RuleRecord[]) {
  const on = rules.filter(({ level }) => level !== "disabled");
  const ssp = uuidOf("system-security-plan");
  const tool = uuidOf("tool", header.tools);
  const objectives = on.flatMap((rule) => objectiveOf(rule));
  return {
    uuid: planOf(header),
    metadata: metadata("Assessment of machine identities", header.startedAt, header.tools.pack),
    "import-ssp": { href: `#${ssp}` },
    ...(objectives.length > 0 && { "local-definitions": { "objectives-and-methods": objectives } }),
    "reviewed-controls": reviewedControls(on),
    "assessment-subjects": [
      {
        type: "inventory-item",
        description: "Every resource of the stacks that the run was given.",
        "include-all": {},
      },
    ],
    "assessment-assets": {
      components: [
        {
          uuid: tool,
          type: "software",
          title: "pulumi-nhi",
          description: "Judges what is declared by the rules of its policy pack.",
          props: Object.entries(header.tools).map(([name, version]) => prop(`version-${name}`, version)),
          status: { state: "operational" },
        },
      ],
      "assessment-platforms": [
        { uuid: uuidOf("platform", header.id), "uses-components": [{ "component-uuid": tool }] },
      ],
    },
    tasks: [
      {
        uuid: uuidOf("task", header.id),
        type: "action",
        title: `nhi ${header.command}`,
        timing: { "on-date": { date: header.startedAt } },
      },
    ],
    "back-matter": {
      resources: [
        {
          uuid: ssp,
          title: "The system security plan",
          description: "It is not known here: put yours in its place.",
        },
        ...frameworkResources(on),
      ],
    },
  };
}

/** A rule as the objective of the control that it supports most. Its id is what findings name. */
function objectiveOf({ id, title, controls, level, severity }: RuleRecord) {
  const control = controls.find(({ role }) => role === "primary") ?? controls[0];
  if (!control) return [];
  return [
    {
      "control-id": tokenOf(control),
      props: [prop("control-label", control.id), prop("level", level), prop("severity", severity)],
      parts: [{ id, name: "assessment-objective", prose: title }],
    },
  ];
}
