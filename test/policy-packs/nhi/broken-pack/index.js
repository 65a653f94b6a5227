// A pack whose rules throw: what a bug in a rule does to a deployment.
const { PolicyPack } = require("@pulumi/policy");
const { definePack } = require("../../../../policy-packs/nhi/dist/define.js");

const said = {
  title: "Nothing.",
  why: "Nothing.",
  fix: "Nothing.",
  severity: "critical",
  enforcement: "mandatory",
  topic: "static-key",
  doesNotSee: "Nothing.",
  whenNot: "Never.",
  samples: { bad: "", good: "" },
  types: ["aws:iam/role:Role"],
};

new PolicyPack("broken-pack", {
  policies: definePack([
    {
      ...said,
      id: "throws",
      check() {
        throw new TypeError("the canary of a property");
      },
    },
    {
      ...said,
      id: "throws-at-the-end",
      checkStack() {
        throw new RangeError("the canary of a property");
      },
    },
  ]),
});
