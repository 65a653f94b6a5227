import type { RuleRecord } from "../../record";
import {
  controlProps,
  frameworkRef,
  frameworkResources,
  frameworksOf,
  metadata,
  prop,
  tokenOf,
  uuidOf,
} from "./document";

/** What the pack is, apart from any run. */
export interface Catalogue {
  rules: readonly RuleRecord[];
  /** The package's version. */
  version: string;
  /** When the document is made. */
  now: string;
}

const pack = uuidOf("component", "policy pack");
const labelProps = ({ labels }: RuleRecord) => labels.map((label) => prop("label", label));

/** A component definition: for each framework the controls that a rule supports, keyed by `Rule_Id`. */
export const component = ({ rules, version, now }: Catalogue) => ({
  "component-definition": {
    uuid: uuidOf("component-definition", version),
    metadata: metadata("Rules for machine identities", now, version),
    components: [
      {
        uuid: pack,
        type: "validation",
        title: "pulumi-nhi policy pack",
        description: "Judges what Pulumi programs declare of machine identities, before it is deployed.",
        props: rules.map(({ id, title }) => ({ ...prop("Rule_Id", id), remarks: title })),
        "control-implementations": [...frameworksOf(rules)].map(([name]) => ({
          uuid: uuidOf("control-implementation", name),
          source: frameworkRef(name),
          description: `Rules that support controls of ${name}. That they fit is the judgement of the pack's authors, and no published mapping.`,
          "implemented-requirements": requirementsOf(rules, name),
        })),
      },
    ],
    "back-matter": { resources: frameworkResources(rules) },
  },
});

const requirementsOf = (rules: readonly RuleRecord[], name: string) =>
  rules.flatMap((rule) =>
    rule.controls
      .filter(({ framework, version }) => `${framework} ${version}` === name)
      .map((control) => ({
        uuid: uuidOf("implemented-requirement", rule.id, name, control.id),
        "control-id": tokenOf(control),
        description: rule.title,
        props: [prop("Rule_Id", rule.id), ...controlProps(control), ...labelProps(rule)],
      })),
  );

/** A mapping collection: the crosswalk from the pack's rules to the controls of each framework. */
export const mapping = ({ rules, version, now }: Catalogue) => ({
  "mapping-collection": {
    uuid: uuidOf("mapping-collection", version),
    metadata: metadata("Rules for machine identities, and the controls that they support", now, version),
    provenance: {
      method: "human",
      "matching-rationale": "functional",
      status: "complete",
      "mapping-description":
        "A rule supports a control and does not fulfil it. The fit is the judgement of the pack's authors, and no published mapping.",
    },
    mappings: [...frameworksOf(rules)].map(([name]) => ({
      uuid: uuidOf("mapping", name),
      "source-resource": { type: "catalog", href: `#${pack}` },
      "target-resource": { type: "catalog", href: frameworkRef(name) },
      maps: rules.flatMap((rule) =>
        rule.controls
          .filter((control) => `${control.framework} ${control.version}` === name)
          .map((control) => ({
            uuid: uuidOf("map", rule.id, name, control.id),
            relationship: "intersects-with",
            sources: [
              { type: "control", "id-ref": rule.id, props: [prop("topic", rule.topic), ...labelProps(rule)] },
            ],
            targets: [{ type: "control", "id-ref": control.id, props: controlProps(control) }],
          })),
      ),
    })),
    "back-matter": {
      resources: [
        { uuid: pack, title: "The rules of the pulumi-nhi policy pack" },
        ...frameworkResources(rules),
      ],
    },
  },
});
