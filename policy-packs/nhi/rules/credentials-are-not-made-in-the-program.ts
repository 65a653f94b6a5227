import type { StackFinding, StackRule } from "../rule";
import { madeCredentials, makerTypes, sinks } from "../stack/made-credentials";
import { isException } from "../stack/targets";
import { rotatedIn, rotationTypes } from "../stack/rotations";
import { advise, fail } from "../verdict";

export const credentialsAreNotMadeInTheProgram: StackRule = {
  id: "credentials-are-not-made-in-the-program",
  title: "No key and no password that the program itself has made lets a machine in.",
  why: "What a program makes stands in its state for everybody who reads that, and is the same until somebody changes it by hand.",
  fix: "Let the platform make and renew it, or let the machine in by what it is.",
  severity: "high",
  enforcement: "mandatory",
  topic: "static-key",
  doesNotSee:
    "Secrets that another program makes, or a library instead of a resource. A property that is only named after the secret, or made of its length, counts as made of it.",
  whenNot:
    "A system that takes nothing but a password: keep it as a StaticCredentialException, with an end, or as an exemption.",
  samples: {
    bad: `
const password = new random.RandomPassword("orders", { length: 32 });
new aws.rds.Instance("orders", {
  engine: "postgres",
  instanceClass: "db.t4g.micro",
  allocatedStorage: 20,
  username: "orders",
  password: password.result,
});
`,
    good: `
new aws.rds.Instance("orders", {
  engine: "postgres",
  instanceClass: "db.t4g.micro",
  allocatedStorage: 20,
  username: "orders",
  manageMasterUserPassword: true,
});
`,
  },
  types: [...makerTypes, ...Object.keys(sinks), ...rotationTypes],
  checkStack(resources) {
    const isRotated = rotatedIn(resources);
    const all = new Map(resources.map((resource) => [resource.urn, resource]));
    return resources
      .filter((resource) => !isException(resource))
      .flatMap((resource) =>
        madeCredentials(resource, all).flatMap(({ property, maker, sink }): StackFinding[] => {
          const says = `is made of ${maker.type} "${maker.name}", which stands in the state and is never renewed`;
          if (!sink.isStore) return [{ ...fail(property, says, sink.instead), resource }];
          return isRotated(resource) ? [] : [{ ...advise(property, says, sink.instead), resource }];
        }),
      );
  },
};
