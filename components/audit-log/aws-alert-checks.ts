import {
  accountIdProblem,
  bucketNameProblem,
  isRegion,
  partitionProblem,
  regionProblem,
  roleArnProblem,
} from "../aws-names";
import { awsTagsProblem, metadataProblem } from "../identity";
import { firstProblem, plainProblem, shown, type Problem } from "../refusal";
import { alertsFor } from "./aws-alert-patterns";
import type { AlertWebhook } from "./aws-alert-targets";
import type { AwsAuditAlertsArgs, ExceptionEnd } from "./aws-audit-alerts";

/** AWS takes 64 characters in a rule's name, and the alert's is part of it. */
const longestName =
  64 -
  Math.max(
    ...alertsFor({
      jitRoleArns: [""],
      breakGlassRoleArns: [""],
      addressPrefixes: [""],
      logBucketNames: [""],
      rulePrefix: "",
      topicArns: [],
    }).map(({ name }) => name.length + 1),
  );

/** The only region in which the events of IAM and of sign-ins arrive (EventBridge User Guide, "CloudTrail"). */
const globalRegion = "us-east-1";

export function awsAuditAlertsProblem(name: string, args: AwsAuditAlertsArgs): Problem {
  const { accountId, region, partition = "aws", forwardedRegions = [] } = args;
  return (
    metadataProblem(args.metadata) ??
    awsTagsProblem(args.metadata) ??
    (/^[\w.-]+$/.test(name) && name.length <= longestName
      ? undefined
      : `the name must be 1 to ${longestName} letters, digits or . _ -: it becomes part of the rules' names.`) ??
    accountIdProblem(accountId) ??
    partitionProblem(partition) ??
    regionProblem(region) ??
    firstProblem(forwardedRegions, (other, index) =>
      isRegion(other) && other !== region && forwardedRegions.indexOf(other) === index
        ? undefined
        : `forwardedRegions[${index}] must be another region than "${region}", named once, got ${shown(other)}.`,
    ) ??
    (partition === "aws" && ![region, ...forwardedRegions].includes(globalRegion)
      ? `forwardedRegions must have "${globalRegion}": the events of IAM and of root's sign-ins arrive there only.`
      : undefined) ??
    firstProblem(args.jitRoleArns ?? [], (arn, index) => roleArnProblem(`jitRoleArns[${index}]`, arn)) ??
    firstProblem(args.breakGlassRoleArns ?? [], (arn, index) =>
      roleArnProblem(`breakGlassRoleArns[${index}]`, arn),
    ) ??
    networksProblem(args) ??
    firstProblem(args.logBucketNames ?? [], (bucket, index) =>
      bucketNameProblem(`logBucketNames[${index}]`, bucket),
    ) ??
    targetsProblem(args) ??
    firstProblem(args.exceptionEnds ?? [], endProblem)
  );
}

const octet = "(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
const network = new RegExp(
  `^(${octet}\\.0\\.0\\.0/8|(${octet}\\.){2}0\\.0/16|(${octet}\\.){3}0/24|(${octet}\\.){3}${octet}/32)$`,
);

/** `10.20.` for `10.20.0.0/16`: EventBridge compares the beginnings of texts. */
export function addressPrefix(cidr: string): string {
  const [address = "", bits = ""] = cidr.split("/");
  const octets = address.split(".").slice(0, Number(bits) / 8);
  return octets.length === 4 ? octets.join(".") : `${octets.join(".")}.`;
}

function networksProblem({ knownNetworks = [], jitRoleArns = [] }: AwsAuditAlertsArgs): Problem {
  if (knownNetworks.length > 0 && jitRoleArns.length === 0)
    return "knownNetworks must come with jitRoleArns, whose use is watched.";
  return firstProblem(knownNetworks, (cidr, index) =>
    network.test(cidr)
      ? undefined
      : `knownNetworks[${index}] must be an IPv4 network with /8, /16, /24 or /32, for example "10.20.0.0/16", got ${shown(cidr)}. EventBridge compares the beginnings of addresses.`,
  );
}

function targetsProblem({
  region,
  accountId,
  topicArns = [],
  webhooks = [],
  exceptionEnds = [],
}: AwsAuditAlertsArgs): Problem {
  if (topicArns.length + webhooks.length === 0)
    return "topicArns or webhooks must name somebody who is told. An alert that nobody gets is none.";
  if (exceptionEnds.length > 0 && topicArns.length === 0)
    return "topicArns must have a topic for exceptionEnds: a schedule can't call a webhook.";
  return (
    firstProblem(topicArns, (arn, index) =>
      new RegExp(`^arn:aws(-[a-z]+)*:sns:${region}:${accountId}:[\\w-]{1,256}$`).test(arn)
        ? undefined
        : `topicArns[${index}] must be the ARN of a topic in ${region} of ${accountId}, got ${shown(arn)}. A rule reaches no other.`,
    ) ?? firstProblem(webhooks, (webhook, index) => webhookProblem(webhooks, webhook, index))
  );
}

function webhookProblem(all: readonly AlertWebhook[], webhook: AlertWebhook, index: number): Problem {
  const where = `webhooks[${index}]`;
  if (!/^[a-z0-9-]{1,20}$/.test(webhook.name))
    return `${where}.name must be 1 to 20 lower-case letters, digits or -, got ${shown(webhook.name)}.`;
  if (all.findIndex(({ name }) => name === webhook.name) !== index)
    return `${where}.name must be used once, got ${shown(webhook.name)} again.`;
  if (!/^https:\/\/[^\s@?#]+$/.test(webhook.url))
    return `${where}.url must begin with https:// and have no user, query or fragment: they are not kept secret.`;
  if (webhook.format === "pagerduty" && webhook.header !== undefined)
    return `${where}.header must be left out with format pagerduty, which has the key in the message.`;
  return plainProblem(webhook.key, (key) =>
    key === "" ? `${where}.key must not be empty. Without it anybody could send alerts.` : undefined,
  );
}

const endProblem = ({ name, expires }: ExceptionEnd, index: number): Problem => {
  if (!/^[A-Za-z0-9-]{1,64}$/.test(name))
    return `exceptionEnds[${index}].name must be 1 to 64 letters, digits or -, got ${shown(name)}.`;
  return /^\d{4}-\d{2}-\d{2}$/.test(expires) && !Number.isNaN(Date.parse(expires))
    ? undefined
    : `exceptionEnds[${index}].expires must be a day as YYYY-MM-DD, got ${shown(expires)}.`;
};
