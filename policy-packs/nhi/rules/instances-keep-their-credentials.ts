import { awsInstances } from "../aws/instances";
import type { ResourceRule } from "../rule";

const judges = { ...awsInstances };

export const instancesKeepTheirCredentials: ResourceRule = {
  id: "instances-keep-their-credentials",
  title:
    "An instance hands the credentials of its role to its own programs, and to nobody who only makes them fetch an address.",
  why: "Without a session token, one forwarded request to the metadata service gives a stranger the role.",
  fix: 'Set metadataOptions.httpTokens to "required".',
  severity: "high",
  enforcement: "mandatory",
  topic: "weak-federation-trust",
  doesNotSee:
    "Programs that an attacker runs on the instance, containers that reach its metadata service, and images that ask for tokens by themselves.",
  whenNot:
    "A program too old to ask for a token: give it an instance of its own, with a role that can do little.",
  samples: {
    bad: `
new aws.ec2.Instance("web", {
  ami: "ami-0abc1234def567890",
  instanceType: "t4g.small",
  iamInstanceProfile: "web",
  metadataOptions: { httpTokens: "optional" },
});
`,
    good: `
new aws.ec2.Instance("web", {
  ami: "ami-0abc1234def567890",
  instanceType: "t4g.small",
  iamInstanceProfile: "web",
  metadataOptions: { httpTokens: "required" },
});
`,
  },
  types: Object.keys(judges),
  check: (resource) => judges[resource.type]?.(resource) ?? [],
};
