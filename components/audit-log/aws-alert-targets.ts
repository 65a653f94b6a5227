import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { allow, serviceRole } from "../aws-service-role";
import type { AwsAuditAlertsArgs } from "./aws-audit-alerts";

/** What a webhook is told. */
export const AlertFormat = {
  /** `summary`, `source`, `severity` and the whole event. */
  Plain: "plain",
  /** An event of PagerDuty's Events API v2, which others take as well. */
  PagerDuty: "pagerduty",
} as const;
export type AlertFormat = (typeof AlertFormat)[keyof typeof AlertFormat];

/** A place on the web that is told. */
export interface AlertWebhook {
  /** What it is called here, in lower case. Once. */
  name: string;
  /** The address, with `https`. */
  url: string;
  /** What proves the sender: the value of `header`, or PagerDuty's integration key. Kept in Secrets Manager by AWS. */
  key: pulumi.Input<string>;
  /** The header that has the key. Default: `Authorization`. Not for PagerDuty, which has it in the message. */
  header?: string | undefined;
  /** What is sent. Default: `plain`. */
  format?: AlertFormat;
}

/** Where an alert goes, and in which form. */
interface Place {
  name: string;
  arn: pulumi.Input<string>;
  roleArn?: pulumi.Input<string>;
  template: (says: string) => string;
}

/** What an alert tells of the event. One that the event does not have is left empty by EventBridge. */
export const alertPaths = {
  account: "$.account",
  call: "$.detail.eventName",
  id: "$.detail.eventID",
  region: "$.detail.awsRegion",
  time: "$.detail.eventTime",
  who: "$.detail.userIdentity.arn",
  from: "$.detail.sourceIPAddress",
};
const told = "<call> by <who> from <from>, account <account>, <region>, <time>, event <id>.";

const sentence = (says: string) => JSON.stringify(`${says} ${told}`);

const plainEvent = (says: string) =>
  `{"summary": ${sentence(says)}, "source": "aws:<account>", "severity": "critical", "event": <aws.events.event.json>}`;

/** PagerDuty, "Send an alert event". AWS adds the `routing_key`. */
const pagerDutyEvent = (says: string) =>
  `{"event_action": "trigger", "dedup_key": "<id>", "payload": ${plainEvent(says).replace('"event":', '"custom_details":')}}`;

/** The topics, and the webhooks with what EventBridge calls them by. */
export function alertPlaces(name: string, args: AwsAuditAlertsArgs, parent: pulumi.Resource): Place[] {
  const topics = (args.topicArns ?? []).map((arn) => ({
    name: arn.split(":").at(-1) ?? "",
    arn,
    template: sentence,
  }));
  const webhooks = args.webhooks ?? [];
  if (webhooks.length === 0) return topics;
  const caller = serviceRole(name, "webhooks", "events.amazonaws.com", args, parent);
  const made = webhooks.map((webhook) => {
    const destination = webhookDestination(name, webhook, parent);
    return { webhook, destination };
  });
  allow(
    name,
    "webhooks",
    caller,
    "events:InvokeApiDestination",
    made.map(({ destination }) => destination.arn),
    parent,
  );
  return [
    ...topics,
    ...made.map(({ webhook, destination }) => ({
      name: webhook.name,
      arn: destination.arn,
      roleArn: caller.arn,
      template: webhook.format === AlertFormat.PagerDuty ? pagerDutyEvent : plainEvent,
    })),
  ];
}

function webhookDestination(
  name: string,
  webhook: AlertWebhook,
  parent: pulumi.Resource,
): aws.cloudwatch.EventApiDestination {
  const isPagerDuty = webhook.format === AlertFormat.PagerDuty;
  const key = pulumi.secret(webhook.key);
  const connection = new aws.cloudwatch.EventConnection(
    `${name}-${webhook.name}`,
    {
      name: `${name}-${webhook.name}`,
      authorizationType: "API_KEY",
      // AWS asks for a key in a header even where the other side wants it in the message.
      authParameters: isPagerDuty
        ? {
            apiKey: { key: "X-Sender", value: "aws" },
            invocationHttpParameters: { bodies: [{ key: "routing_key", value: key, isValueSecret: true }] },
          }
        : { apiKey: { key: webhook.header ?? "Authorization", value: key } },
    },
    { parent, additionalSecretOutputs: ["authParameters"] },
  );
  return new aws.cloudwatch.EventApiDestination(
    `${name}-${webhook.name}`,
    {
      name: `${name}-${webhook.name}`,
      connectionArn: connection.arn,
      invocationEndpoint: webhook.url,
      httpMethod: "POST",
    },
    { parent },
  );
}
