import * as sdk from "@pulumi/policy";
import type { ResourceValidation } from "@pulumi/policy";
import { analyze, secret, unknownText } from "../../support/analyze";

/** What the pack relies on in the SDK, so that an upgrade that changes it is seen here. */
const policy = (validateResource: ResourceValidation) => ({ name: "p", description: "d", validateResource });

const readsA: ResourceValidation = (args) => {
  expect((args.props as Record<string, unknown>).a).toBeDefined();
};

it("looks at a policy's type before it unpacks the resource", async () => {
  let called = 0;
  const validate: ResourceValidation = () => {
    called += 1;
  };
  Object.assign(validate, { __pulumiType: "a:b:C" });
  expect((await analyze([policy(validate)], "x:y:Z", "n", {})).notApplicable).toEqual(["p"]);
  expect(called).toBe(0);
  await analyze([policy(validate)], "a:b:C", "n", {});
  expect(called).toBe(1);
});

it("throws when a value that is not known yet is read, and not when its presence is asked for", () => {
  // Exported since 1.21, and left out of the types.
  const { unknownCheckingProxy } = sdk as unknown as { unknownCheckingProxy: (props: object) => object };
  const props = unknownCheckingProxy({ a: unknownText, b: 1 }) as Record<string, unknown>;
  expect(() => props.a).toThrow("string value at .a can't be known during preview");
  expect(Object.keys(props)).toEqual(["a", "b"]);
  expect("a" in props).toBe(true);
});

it("ends a policy at such a read with an advisory, whatever its level: the silent pass that the pack avoids", async () => {
  const { diagnostics } = await analyze(
    [{ ...policy(readsA), enforcementLevel: "mandatory" }],
    "a:b:C",
    "n",
    { a: unknownText },
  );
  expect(diagnostics.map(({ level }) => level)).toEqual(["advisory"]);
});

it("fails the whole call when a policy throws anything else: the stopped deployment that the pack avoids", async () => {
  const throws = policy(() => {
    throw new Error("broken");
  });
  await expect(analyze([throws], "a:b:C", "n", {})).rejects.toThrow();
});

it("lets one violation have a level of its own", async () => {
  const reports: ResourceValidation = (_, report) =>
    (report as unknown as (violation: object) => void)({ message: "m", enforcementLevel: "advisory" });
  const { diagnostics } = await analyze(
    [{ ...policy(reports), enforcementLevel: "mandatory" }],
    "a:b:C",
    "n",
    {},
  );
  expect(diagnostics).toEqual([{ policy: "p", level: "advisory", message: "m" }]);
});

it("gives a policy secrets in plain text, so that no message may show a value", async () => {
  let seen: unknown;
  const reads: ResourceValidation = (args) => {
    seen = (args.props as Record<string, unknown>).a;
  };
  await analyze([policy(reads)], "a:b:C", "n", { a: secret("plain") });
  expect(seen).toBe("plain");
});
