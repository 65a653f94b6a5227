import type { Resource } from "../rule";
import { unknown } from "../value";
import { fail, type Finding, undetermined } from "../verdict";
import { element } from "./document";

/** Machines whose role's credentials the metadata service hands to whatever asks from inside. */
export const awsInstances: Record<string, (resource: Resource) => Finding[]> = {
  "aws:ec2/instance:Instance": tokensFindings,
  "aws:ec2/launchConfiguration:LaunchConfiguration": tokensFindings,
  "aws:ec2/launchTemplate:LaunchTemplate": tokensFindings,
  "aws:ec2/spotInstanceRequest:SpotInstanceRequest": tokensFindings,
  "aws-native:ec2:Instance": tokensFindings,
};

function tokensFindings(resource: Resource): Finding[] {
  const profile = resource.read("iamInstanceProfile");
  if (profile === undefined || profile === null || profile === "") return [];
  const options = resource.read("metadataOptions");
  const tokens = element(options, "httptokens");
  if (element(options, "httpendpoint") === "disabled" || tokens === "required") return [];
  if (tokens === "optional")
    return [
      fail(
        "metadataOptions.httpTokens",
        "lets whoever makes a program on it fetch an address fetch the credentials of its role",
      ),
    ];
  return [
    undetermined(
      "metadataOptions.httpTokens",
      tokens === unknown
        ? "is not known yet"
        : "is not set, so that the image or the account decides who can fetch the credentials of its role",
    ),
  ];
}
