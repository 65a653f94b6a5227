import { trustFindings } from "../../../../policy-packs/nhi/aws/trust";
import type { Value } from "../../../../policy-packs/nhi/value";
import { verdictOf } from "../issuers/judge";
import cases from "../cases.json";
import { isLetIn, type Token, type TrustStatement } from "./strangers";

/** A token of a stranger's and one of the named workload's, for each case that has them. */
interface Probe {
  engine: string;
  principal: { Federated: string };
  attacker: Token;
  legit: Token;
}

const rows = cases.flatMap((row) => {
  const probe = "probe" in row ? (row.probe as unknown as Probe) : undefined;
  if (probe?.engine !== "aws-sts") return [];
  const policy = ({ assumeRolePolicy }: { assumeRolePolicy: string | object }) =>
    (typeof assumeRolePolicy === "string" ? JSON.parse(assumeRolePolicy) : assumeRolePolicy) as {
      Statement: TrustStatement[];
    };
  const { id, title, expectBad } = row;
  return [
    {
      id,
      title,
      expectBad,
      host: probe.principal.Federated,
      attacker: probe.attacker,
      legit: probe.legit,
      bad: policy(row.bad as never),
      good: policy(row.good as never),
    },
  ];
});

const verdict = (policy: object) => verdictOf(trustFindings("assumeRolePolicy", policy as Value));

it("has tokens for most of the trusts", () => {
  expect(rows.length).toBeGreaterThan(30);
});

it.each(rows)(
  "$id, $title: the stranger gets in by the bad document, and only by it",
  ({ host, attacker, bad, good }) => {
    expect(isLetIn(bad.Statement, host, attacker)).toBe(true);
    expect(isLetIn(good.Statement, host, attacker)).toBe(false);
  },
);

it.each(rows)("$id, $title: the workload gets in by the good document", ({ host, legit, good }) => {
  expect(isLetIn(good.Statement, host, legit)).toBe(true);
});

it.each(rows)("$id, $title: the pack says so", ({ expectBad, bad, good }) => {
  expect(verdict(bad)).toBe(expectBad === "violation" ? "fail" : "undetermined");
  expect(verdict(good)).not.toBe("fail");
});
