import { PolicyPack } from "@pulumi/policy";
import { definePack } from "./pack";
import { rules } from "./rules";

// Starts the server that the engine talks to. Nothing else in the pack has an effect, so nothing else is imported by tests.
new PolicyPack("pulumi-nhi", {
  displayName: "Machine identities without standing secrets",
  policies: definePack(rules),
});
