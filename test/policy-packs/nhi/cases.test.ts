import type { ResourceValidationPolicy } from "@pulumi/policy";
import { toPolicy } from "../../../policy-packs/nhi/rule";
import { rules } from "../../../policy-packs/nhi/rules";
import { analyze, type Props } from "../../support/analyze";
import cases from "./cases.json";

/** Known ways to go wrong, each with its mended twin. Where they come from stands in `source`. */
const policies: ResourceValidationPolicy[] = rules.map(toPolicy);
const levels = async (type: string, props: unknown) =>
  (await analyze(policies, type, "thing", props as Props)).diagnostics.map(({ level }) => level);

describe.each(cases.map((row) => [`${row.id} ${row.title}`, row] as const))("%s", (_, row) => {
  it(row.expectBad === "violation" ? "is refused" : "is reported as an advisory", async () => {
    const found = await levels(row.type, row.bad);
    if (row.expectBad === "violation") expect(found).toContain("mandatory");
    else expect([...new Set(found)]).toEqual(["advisory"]);
  });

  it("is let through when it is mended", async () => {
    const type = "goodType" in row && typeof row.goodType === "string" ? row.goodType : row.type;
    expect(await levels(type, row.good)).not.toContain("mandatory");
  });
});
