import { rules } from "../../../policy-packs/nhi/rules";
import { toPolicy } from "../../../policy-packs/nhi/to-policy";
import { analyze, type Props } from "../../support/analyze";
import cases from "./cases.json";

/** Known ways to go wrong, each with its mended twin. Where they come from stands in `source`. */
const policies = rules.map((rule) => toPolicy(rule));
const levels = async (type: string, props: unknown) =>
  (await analyze(policies, type, "thing", props as Props)).diagnostics.map(({ level }) => level);

const rows = cases.map((row) => ({ ...row, goodType: "goodType" in row ? row.goodType : row.type }));

it.each(rows.filter(({ expectBad }) => expectBad === "violation"))(
  "refuses $id, $title",
  async ({ type, bad }) => {
    expect(await levels(type, bad)).toContain("mandatory");
  },
);

it.each(rows.filter(({ expectBad }) => expectBad !== "violation"))(
  "reports $id as an advisory, $title",
  async ({ type, bad }) => {
    expect([...new Set(await levels(type, bad))]).toEqual(["advisory"]);
  },
);

it.each(rows)("lets the mended twin of $id through", async ({ goodType, good }) => {
  expect(await levels(goodType, good)).not.toContain("mandatory");
});
