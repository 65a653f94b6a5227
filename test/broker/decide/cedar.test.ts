import { CedarDecider } from "../../../broker/decide/cedar";

const problem = (files: Record<string, string>) => {
  try {
    new CedarDecider(files);
    return "it was taken";
  } catch (error) {
    return (error as Error).message;
  }
};

it.each<{ files: Record<string, string>; says: string }>([
  { files: {}, says: "There must be at least one policy: without one, every request is denied." },
  { files: { "a.cedar": "permit (" }, says: "a.cedar must be Cedar policies: unexpected end of input." },
  {
    files: { "a.cedar": "permit (principal == ?principal, action, resource);" },
    says: "a.cedar must have policies only, and has a template. Write it out for each use.",
  },
  {
    files: {
      "a.cedar": `@id("x") permit (principal, action, resource);`,
      "b.cedar": `@id("x") forbid (principal, action, resource);`,
    },
    says: "b.cedar: the id x is there twice. Give each policy an @id of its own.",
  },
])("says: $says", ({ files, says }) => {
  expect(problem(files)).toBe(says);
});

it.each([
  // A forbid with a slip would forbid nothing.
  `forbid (principal, action == Nhi::Action::"request", resource) when { context.ttlSecond > 60 };`,
  `forbid (principal, action == Nhi::Action::"requests", resource);`,
  `forbid (principal, action, resource == Nhi::Rolle::"deploy");`,
  `permit (principal, action == Nhi::Action::"request", resource) when { context.intent.task == "x" };`,
  `permit (principal, action == Nhi::Action::"request", resource) when { principal.getTag("repository") == "octo/app" };`,
])("takes no policy that does not fit the schema: %s", (policy) => {
  expect(problem({ "a.cedar": policy })).toMatch(/^A policy does not fit the schema: a\.cedar#1: [^\n]+$/);
});

it("has one hash for the same policies, whatever the order of their files", () => {
  const [one, other] = ["permit (principal, action, resource);", "forbid (principal, action, resource);"];
  const hash = (files: Record<string, string>) => new CedarDecider(files).policyHash;
  expect(hash({ a: one, b: other })).toBe(hash({ b: other, a: one }));
  expect(hash({ a: one, b: other })).not.toBe(hash({ a: other, b: one }));
  expect(hash({ a: one })).not.toBe(hash({ a: `${one} ` }));
});
