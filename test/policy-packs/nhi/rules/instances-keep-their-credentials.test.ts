import { instancesKeepTheirCredentials } from "../../../../policy-packs/nhi/rules/instances-keep-their-credentials";
import { unknownText } from "../../../support/analyze";
import { testRule } from "../../../support/rule-tester";

const instance = "aws:ec2/instance:Instance";
const template = "aws:ec2/launchTemplate:LaunchTemplate";
const says = [
  "metadataOptions.httpTokens lets whoever makes a program on it fetch an address fetch the credentials of its role",
];
const notSet = [
  "metadataOptions.httpTokens is not set, so that the image or the account decides who can fetch the credentials of its role",
];
const optional = { metadataOptions: { httpTokens: "optional" } };

testRule(instancesKeepTheirCredentials, {
  allows: [
    {
      name: "tokens",
      type: instance,
      props: { iamInstanceProfile: "web", metadataOptions: { httpTokens: "required" } },
    },
    {
      name: "no metadata service",
      type: instance,
      props: {
        iamInstanceProfile: "web",
        metadataOptions: { httpEndpoint: "disabled", httpTokens: "optional" },
      },
    },
    { name: "no role", type: instance, props: optional },
  ],
  blocks: [
    ...[
      instance,
      "aws:ec2/launchConfiguration:LaunchConfiguration",
      "aws:ec2/spotInstanceRequest:SpotInstanceRequest",
      "aws-native:ec2:Instance",
    ].map((type) => ({
      name: `no tokens, in ${type}`,
      type,
      props: { iamInstanceProfile: unknownText, ...optional },
      says,
    })),
    {
      name: "no tokens, for a profile by its ARN",
      type: template,
      props: { iamInstanceProfile: { arn: "arn:aws:iam::123456789012:instance-profile/web" }, ...optional },
      says,
    },
  ],
  undecided: [
    { name: "what is not set", type: instance, props: { iamInstanceProfile: "web" }, says: notSet },
    {
      name: "what is not known yet",
      type: instance,
      props: { iamInstanceProfile: "web", metadataOptions: { httpTokens: unknownText } },
      says: ["metadataOptions.httpTokens is not known yet"],
    },
  ],
});
