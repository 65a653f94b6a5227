import { definePack } from "../../../policy-packs/nhi/pack";
import { rules } from "../../../policy-packs/nhi/rules";
import { analyze, analyzeStack, type Given } from "../../support/analyze";

const json = (sid: string) =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      { Sid: sid, Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" },
    ],
  });
const role = (name: string): Given => ({
  type: "aws:iam/role:Role",
  name,
  props: { assumeRolePolicy: json(name) },
});
const parse = jest.spyOn(JSON, "parse");
const timesParsed = (text: string) => parse.mock.calls.filter(([given]) => given === text).length;
afterEach(() => parse.mockClear());

it("parses a document once, however many rules read it", async () => {
  const { type, name, props } = role("one");
  const readers = rules.filter(({ types }) => types.includes(type));
  expect(readers.length).toBeGreaterThan(5);
  await analyze(definePack(rules), type, name, props);
  expect(timesParsed(json("one"))).toBe(1);
});

it("parses each of a thousand documents of a stack once, after each resource was judged too", async () => {
  const roles = Array.from({ length: 1000 }, (_, index) => role(`r${index}`));
  const policies = definePack(rules);
  for (const { type, name, props } of roles) await analyze(policies, type, name, props);
  await analyzeStack(policies, roles);
  expect(roles.filter(({ name }) => timesParsed(json(name)) !== 1)).toEqual([]);
});
