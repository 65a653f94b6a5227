import { rules } from "../../../policy-packs/nhi/rules";
import { toPolicy } from "../../../policy-packs/nhi/to-policy";
import { analyze, analyzeAll, type Given, type Props } from "../../support/analyze";
import cases from "./cases.json";

/** Known ways to go wrong, each with its mended twin. Where they come from stands in `source`. */
interface Case {
  id: string;
  title: string;
  type: string;
  /** Of the mended twin, where mending takes another resource. */
  goodType?: string;
  /** `stack`: what is wrong shows in all resources together, which are in `resources`. */
  scope?: "stack";
  bad: object;
  good: object;
  expectBad: "violation" | "advisory";
}
const rows = cases as unknown as Case[];
const policies = rules.map((rule) => toPolicy(rule));

async function levels({ scope }: Case, type: string, given: object): Promise<string[]> {
  const { diagnostics } =
    scope === "stack"
      ? await analyzeAll(policies, named(given as { resources: Omit<Given, "name">[] }))
      : await analyze(policies, type, "thing", given as Props);
  return diagnostics.map(({ level }) => level);
}

const named = ({ resources }: { resources: Omit<Given, "name">[] }): Given[] =>
  resources.map((resource, index) => ({ ...resource, name: `thing-${index}` }));

it.each(rows.filter(({ expectBad }) => expectBad === "violation"))("refuses $id, $title", async (row) => {
  expect(await levels(row, row.type, row.bad)).toContain("mandatory");
});

it.each(rows.filter(({ expectBad }) => expectBad === "advisory"))(
  "reports $id as an advisory, $title",
  async (row) => {
    expect([...new Set(await levels(row, row.type, row.bad))]).toEqual(["advisory"]);
  },
);

it.each(rows)("lets the mended twin of $id through", async (row) => {
  expect(await levels(row, row.goodType ?? row.type, row.good)).not.toContain("mandatory");
});

/** The numbers of all cases that are to be judged, so that none is lost on the way. */
const numbers =
  "005 008 011 012 013 015 016 019 022 025 026 027 028 030 032 033 036 037 039 040 045 046 047 048 050 051 052 054 057 058 060 064 065 066 069 070 071 074 075 077 080 082 083 084 086 088 091 094 096 098 099 100 103 105 107 108 109 113 114 117 118 119 120 122 123 126 127 129 131 134 135 136 139 141 142 143 145 147 153 154 155 158 161 162 165 168 169 170 172 175 176 178 180 181 183 185 186";

it("has every case", () => {
  const given = rows.map(({ id }) => id.replace("FED-", ""));
  expect(numbers.split(" ").filter((number) => !given.includes(number))).toEqual([]);
  expect(given.filter((number, index) => given.indexOf(number) !== index)).toEqual([]);
});
