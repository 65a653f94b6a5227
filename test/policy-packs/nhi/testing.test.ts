import type { ResourceValidationPolicy, StackValidationPolicy } from "@pulumi/policy";
import {
  judge,
  judgeAll,
  judgeStack,
  secret,
  unknownText,
  type Given,
} from "../../../policy-packs/nhi/testing";
import { ruleNamed, type } from "./rules-of-tests";

const thing: Given = { type, name: "thing", props: { size: 1 } };

/** A policy of somebody else's, written for the SDK alone. */
const says = (validateResource: ResourceValidationPolicy["validateResource"]): ResourceValidationPolicy => ({
  name: "theirs",
  description: "Theirs.",
  enforcementLevel: "mandatory",
  ...(validateResource && { validateResource }),
});

it("judges with somebody else's policy and with a rule of this package alike", async () => {
  const theirs = says((args, report) => report(`${args.type} ${args.name} ${args.urn}`));
  const { diagnostics } = await judge([theirs, ruleNamed("ours")], thing);
  expect(diagnostics.map(({ policy, level }) => [policy, level])).toEqual([
    ["theirs", "mandatory"],
    ["ours", "mandatory"],
  ]);
  expect(diagnostics[0]?.message).toBe(`Theirs.\n${type} thing urn:pulumi:test::test::${type}::thing`);
});

it("gives values that are not known yet as the engine does, which ends a policy with an advisory", async () => {
  const reads = says((args, report) => report((args.props as { size: string }).size));
  const { diagnostics } = await judge([reads], { ...thing, props: { size: unknownText } });
  expect(diagnostics).toEqual([
    { policy: "theirs", level: "advisory", message: expect.stringContaining("can't run policy") as string },
  ]);
});

it("gives secrets in plain text, and configuration, tags and provider", async () => {
  let seen: unknown;
  const reads = says((args) => {
    const { size } = args.props as { size: string };
    seen = [size, args.getConfig(), args.stackTags.get("tier"), args.provider?.name, args.urn.split("::")[0]];
  });
  await judge(
    [reads],
    {
      ...thing,
      props: { size: secret("big") },
      provider: { type: "pulumi:providers:test", name: "mine", props: {} },
    },
    { configs: { theirs: { most: 3 } }, stackTags: { tier: "one" }, stack: "production" },
  );
  expect(seen).toEqual(["big", { most: 3 }, "one", "mine", "urn:pulumi:production"]);
});

it("keeps the SDK's look at the type before a policy is called, with configuration too", async () => {
  const validate = Object.assign(() => undefined, { __pulumiType: "other:index:Thing" });
  const { notApplicable } = await judge([says(validate)], thing, { configs: { theirs: {} } });
  expect(notApplicable).toEqual(["theirs"]);
});

it("takes policies with several functions", async () => {
  const theirs = says([(_, report) => report("one"), (_, report) => report("two")]);
  const { diagnostics } = await judge([theirs], thing, { configs: { theirs: {} } });
  expect(diagnostics.map(({ message }) => message)).toEqual(["Theirs.\none", "Theirs.\ntwo"]);
});

it("rejects when a policy throws, which would stop a deployment", async () => {
  const throws = says(() => {
    throw new Error("broken");
  });
  await expect(judge([throws], thing)).rejects.toThrow();
});

const overStack: StackValidationPolicy = {
  name: "over-stack",
  description: "Over all.",
  validateStack(args, report) {
    for (const { name, parent, propertyDependencies } of args.resources)
      report(`${name} of ${parent?.name ?? "none"} from ${propertyDependencies.size?.[0]?.name ?? "none"}`);
  },
};

it("judges a stack with parents and with what properties are made of", async () => {
  const { diagnostics } = await judgeStack(
    [overStack],
    [thing, { ...thing, name: "child", parent: "thing", sources: { size: ["thing"] } }],
  );
  expect(diagnostics.map(({ message }) => message)).toEqual([
    "Over all.\nthing of none from none",
    "Over all.\nchild of thing from thing",
  ]);
});

it("judges each resource in order, and then all of them", async () => {
  const each = says((args, report) => report(args.name));
  const { diagnostics } = await judgeAll([each, overStack], [thing, { ...thing, name: "second" }]);
  expect(diagnostics.map(({ message }) => message.split("\n")[1])).toEqual([
    "thing",
    "second",
    "thing of none from none",
    "second of none from none",
  ]);
});
