import fc from "fast-check";
import { awsTags, gcpLabels, metadataLine, type NhiMetadata } from "../../../components/identity";
import { isMarked, markOf } from "../../../policy-packs/nhi/marks";
import type { Resource } from "../../../policy-packs/nhi/rule";
import { unknown, type Value } from "../../../policy-packs/nhi/value";

const resource = (props: Record<string, Value>): Resource => ({
  type: "test:index:Thing",
  read: (property) => (Object.hasOwn(props, property) ? props[property] : undefined),
  ceiling: () => 0,
  list: () => [],
  now: 0,
});
const metadata = {
  owner: "orders",
  purpose: "migrates the orders database",
  environment: "production",
  kind: "pipeline",
  reviewBy: "2027-06-30",
} satisfies NhiMetadata;
const keys = ["owner", "purpose", "environment", "kind", "review-by"];
const said = (props: Record<string, Value>) => keys.map((key) => markOf(resource(props), key));
const all = ["orders", "migrates the orders database", "production", "pipeline", "2027-06-30"];

it.each<[string, Record<string, Value>]>([
  ["AWS tags", { tags: awsTags(metadata) }],
  ["the tags that the provider adds to all", { tags: {}, tagsAll: awsTags(metadata) }],
  [
    "tags in another case",
    {
      tags: Object.fromEntries(
        Object.entries(awsTags(metadata)).map(([key, value]) => [key.toUpperCase(), value]),
      ),
    },
  ],
  ["tags beside labels that are not known yet", { labels: unknown, tags: awsTags(metadata) }],
  [
    "tags as CloudFormation lists them",
    { tags: Object.entries(awsTags(metadata)).map(([key, value]) => ({ key, value })) },
  ],
  ["a component's metadata", { metadata: { ...metadata } }],
  [
    "Vault's metadata",
    {
      metadata: {
        owner: "orders",
        purpose: "migrates the orders database",
        environment: "production",
        kind: "pipeline",
        "review-by": "2027-06-30",
      },
    },
  ],
  ["a description", { description: metadataLine(metadata) }],
])("reads what %s say", (_, props) => {
  expect(said(props)).toEqual(all);
});

it("reads GCP labels, which bend texts", () => {
  expect(said({ labels: gcpLabels(metadata) })).toEqual([
    "orders",
    "migrates-the-orders-database",
    "production",
    "pipeline",
    "2027-06-30",
  ]);
});

it("reads from a description whatever a component may write into it", () => {
  const text = fc
    .string({ minLength: 1, maxLength: 60 })
    .filter((given) => !/, (environment|kind|review by) | \(owner /.test(` ${given}`));
  fc.assert(
    fc.property(text, text, text, (owner, purpose, environment) => {
      const line = metadataLine({ ...metadata, owner, purpose, environment });
      expect(said({ description: line })).toEqual([owner, purpose, environment, "pipeline", "2027-06-30"]);
    }),
  );
});

it.each<[string, Record<string, Value>]>([
  ["nothing", {}],
  ["tags of another kind", { tags: { owner: "orders", nhi: "orders" } }],
  ["a description of somebody's own", { description: "migrates the database (see the wiki)" }],
  ["half a line", { description: "migrates (owner orders, kind pipeline)" }],
  ["a line that is longer than any", { description: "x".repeat(5000) + metadataLine(metadata) }],
  ["no tags", { tags: null, description: 7, metadata: [] }],
])("finds nothing in %s", (_, props) => {
  expect(said(props)).toEqual(keys.map(() => undefined));
});

it("leaves open what is not known yet", () => {
  expect(said({ tags: unknown })).toEqual(keys.map(() => unknown));
  expect(said({ description: unknown })).toEqual(keys.map(() => unknown));
  expect(said({ tags: { "nhi:owner": unknown } })).toEqual([
    unknown,
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
  expect(said({ tags: unknown, tagsAll: awsTags(metadata) })).toEqual(all);
});

it("takes a mark that is false or empty for none", () => {
  const marked = (value: Value) => isMarked(resource({ tags: { "nhi:jit": value } }), "jit");
  expect(["true", "yes", 1].map(marked)).toEqual([true, true, true]);
  expect(["false", "FALSE", "", " ", null, false, unknown, {}].map(marked)).toEqual(Array(8).fill(false));
});
