import * as pulumi from "@pulumi/pulumi";

// Everything that the host tells a program, given back.
const config = new pulumi.Config();
console.log("said on standard output");
export const told = {
  project: pulumi.getProject(),
  stack: pulumi.getStack(),
  organization: pulumi.getOrganization(),
  dryRun: pulumi.runtime.isDryRun(),
  plain: config.require("plain"),
  secretIsMarked: pulumi.isSecret(config.requireSecret("hidden")),
};
export const hidden = config.requireSecret("hidden");
