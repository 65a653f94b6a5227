import { version } from "@pulumi/aws/package.json";
import { suffix, text, tokenParts } from "./names";
import type { OfflineCloud, Properties, Resource } from "./server";

/** The account of AWS's own documentation examples. */
export const accountId = "123456789012";
const partition = "aws";
const region = "us-east-1";

/** The property that holds a resource's name, where it is not `name`. */
const nameProperty: Record<string, string> = {
  "aws:s3/bucket:Bucket": "bucket",
  "aws:iam/accessKey:AccessKey": "user",
  "aws:iam/openIdConnectProvider:OpenIdConnectProvider": "url",
};

/** Types that have no name of their own, so that none is made up for them. */
const nameless = new Set(["aws:iam/rolePolicyAttachment:RolePolicyAttachment"]);

/** Services without a region in their ARNs. */
const global = new Set(["iam", "s3", "organizations", "cloudfront", "route53"]);

/** How IAM writes the kind of a resource in its ARN, where it is not the token's. */
const arnKind: Record<string, string> = {
  "aws:iam/openIdConnectProvider:OpenIdConnectProvider": "oidc-provider",
  "aws:iam/samlProvider:SamlProvider": "saml-provider",
  "aws:iam/instanceProfile:InstanceProfile": "instance-profile",
};

export const aws: OfflineCloud = {
  package: "aws",
  version,

  replaces: new Set(["name", "bucket", "url", "user"]),

  check({ type, name, inputs }) {
    const property = nameProperty[type] ?? "name";
    if (
      property !== "name" ||
      nameless.has(type) ||
      inputs[property] !== undefined ||
      inputs.namePrefix !== undefined
    )
      return inputs;
    return { ...inputs, name: `${name}-${suffix(name)}` };
  },

  created(resource) {
    const named = physicalName(resource);
    const arn = arnOf(resource, named);
    return { id: idOf(resource, named, arn), outputs: { arn, ...moreOutputs(resource, named) } };
  },

  invoke(token, args) {
    // An account that nobody has been in has none, and says so in AWS's words.
    if (token === "aws:iam/getOpenIdConnectProvider:getOpenIdConnectProvider")
      throw new Error(`NoSuchEntity: OpenIDConnect Provider not found for arn ${text(args, "arn") ?? ""}`);
    return answers[token];
  },
};

function physicalName({ type, name, inputs }: Resource): string {
  return text(inputs, nameProperty[type] ?? "name") ?? `${name}-${suffix(name)}`;
}

function arnOf({ type, inputs }: Resource, named: string): string {
  const { service, kind } = tokenParts(type);
  if (service === "s3") return `arn:${partition}:s3:::${named}`;
  const path = service === "iam" ? (text(inputs, "path") ?? "/") : "/";
  const tail = named.replace(/^https:\/\//, "");
  return `arn:${partition}:${service}:${global.has(service) ? "" : region}:${accountId}:${arnKind[type] ?? kind}${path}${tail}`;
}

/** IAM's roles and users are known by name, what has no name in its API by its ARN. */
function idOf({ type }: Resource, named: string, arn: string): string {
  if (type === "aws:iam/policy:Policy" || type === "aws:iam/openIdConnectProvider:OpenIdConnectProvider")
    return arn;
  if (type === "aws:iam/accessKey:AccessKey") return accessKeyId(named);
  return named;
}

function moreOutputs({ type }: Resource, named: string): Properties {
  switch (type) {
    case "aws:iam/role:Role":
      return { uniqueId: `AROA${suffix(named, 17).toUpperCase()}`, createDate: "2026-01-01T00:00:00Z" };
    case "aws:iam/user:User":
      return { uniqueId: `AIDA${suffix(named, 17).toUpperCase()}` };
    case "aws:iam/accessKey:AccessKey":
      return { secret: "made-up-offline" };
    default:
      return {};
  }
}

/** Not a key that works anywhere, and no more does its secret. */
const accessKeyId = (user: string) => `AKIAOFFLINE${suffix(user, 9).toUpperCase()}`;

const answers: Record<string, Properties> = {
  "aws:index/getCallerIdentity:getCallerIdentity": {
    accountId,
    arn: `arn:${partition}:sts::${accountId}:assumed-role/offline/preview`,
    id: accountId,
    userId: "AROAOFFLINE:preview",
  },
  "aws:index/getPartition:getPartition": {
    partition,
    dnsSuffix: "amazonaws.com",
    reverseDnsPrefix: "com.amazonaws",
    id: partition,
  },
  "aws:index/getRegion:getRegion": {
    name: region,
    region,
    id: region,
    endpoint: `ec2.${region}.amazonaws.com`,
    description: "US East (N. Virginia)",
  },
};
