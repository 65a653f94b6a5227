const { PolicyPack } = require("@pulumi/policy");

new PolicyPack("empty", {
  policies: [
    { name: "empty", description: "Finds nothing.", enforcementLevel: "mandatory", validateResource() {} },
  ],
});
