import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { allow, serviceRole } from "../aws-service-role";
import { awsTags, type NhiMetadata } from "../identity";
import { refuse } from "../refusal";
import { addressPrefix, awsAuditAlertsProblem } from "./aws-alert-checks";
import { alertsFor, type Alert } from "./aws-alert-patterns";
import { alertPaths, alertPlaces, type AlertWebhook } from "./aws-alert-targets";

/** The end of a static credential that was excepted. */
export interface ExceptionEnd {
  /** The exception's name, as the team knows it. */
  name: string;
  /** Its last day, as YYYY-MM-DD. */
  expires: string;
}

export interface AwsAuditAlertsArgs {
  /** Who answers for the alerts and why they exist. Becomes the tags `nhi:*`. */
  metadata: NhiMetadata;
  /** The account that the AWS provider works in: 12 digits. */
  accountId: string;
  /** The partition of the account. Default: `aws`. */
  partition?: string | undefined;
  /** The region of the topics and webhooks, which the AWS provider works in. */
  region: string;
  /**
   * Further regions whose events are sent there. Events of IAM and of sign-ins arrive in `us-east-1` only, so it must be
   * here where `region` is another one. Default: none.
   */
  forwardedRegions?: string[] | undefined;
  /** ARNs of roles that a broker gives out, for example `roleArn` of an `AwsJitRole`. Default: none is watched. */
  jitRoleArns?: string[] | undefined;
  /** ARNs of roles for emergencies. Default: none is watched. */
  breakGlassRoleArns?: string[] | undefined;
  /** Networks that the JIT roles are used from, as /8, /16, /24 or /32. Default: any address. */
  knownNetworks?: string[] | undefined;
  /**
   * Names of buckets that keep a log, for example `cloudtrail-audit-123456789012-eu-central-1` of an `AwsAuditTrail` called
   * `audit`. Default: none is watched.
   */
  logBucketNames?: string[] | undefined;
  /** The ends of excepted static credentials. On the last day, the targets are told. Default: none. */
  exceptionEnds?: ExceptionEnd[] | undefined;
  /** SNS topics that are told. Their policy has to let `events.amazonaws.com` publish. Default: none. */
  topicArns?: string[] | undefined;
  /** Places on the web that are told. Default: none. One topic or webhook is required. */
  webhooks?: AlertWebhook[] | undefined;
  /** An SQS queue for alerts that could not be delivered within a day. Default: none, so that they are lost. */
  deadLetterQueueArn?: string | undefined;
}

/**
 * Says at once when somebody makes a static key, uses root, blinds a trail, changes who may sign in, assumes a JIT role
 * without its grant, goes on after revocation, comes from elsewhere, opens break-glass or ends a key. It needs a trail,
 * for example `AwsAuditTrail`: EventBridge sees the calls that CloudTrail records.
 *
 * @example
 * ```typescript
 * new AwsAuditAlerts("alerts", {
 *   metadata,
 *   accountId: "123456789012",
 *   region: "eu-central-1",
 *   forwardedRegions: ["us-east-1"],
 *   jitRoleArns: ["arn:aws:iam::123456789012:role/deploy-jit"],
 *   knownNetworks: ["10.20.0.0/16"],
 *   topicArns: ["arn:aws:sns:eu-central-1:123456789012:security-alerts"],
 * });
 * ```
 */
export class AwsAuditAlerts extends pulumi.ComponentResource {
  /** The names of the rules that watch. Known at preview. */
  readonly ruleNames: pulumi.Output<string[]>;

  constructor(name: string, args: AwsAuditAlertsArgs, opts?: pulumi.ComponentResourceOptions) {
    refuse("AwsAuditAlerts", name, awsAuditAlertsProblem(name, args));
    const { webhooks = [], ...shown } = args;
    // The component's own state has no keys of webhooks: the connections keep them, as secrets.
    const known = webhooks.map(({ name, url, header, format }) => ({ name, url, header, format }));
    super("nhi:index:AwsAuditAlerts", name, { ...shown, webhooks: known }, opts);

    const alerts = alertsFor({
      jitRoleArns: args.jitRoleArns ?? [],
      breakGlassRoleArns: args.breakGlassRoleArns ?? [],
      addressPrefixes: (args.knownNetworks ?? []).map(addressPrefix),
      logBucketNames: args.logBucketNames ?? [],
      rulePrefix: `${name}-`,
      topicArns: args.topicArns ?? [],
    });
    const places = alertPlaces(name, args, this);
    const rules = alerts.map((alert) => {
      const rule = this.rule(name, alert, args);
      for (const place of places)
        new aws.cloudwatch.EventTarget(
          `${name}-${alert.name}-${place.name}`,
          {
            rule: `${name}-${alert.name}`,
            targetId: place.name,
            arn: place.arn,
            ...(place.roleArn && { roleArn: place.roleArn }),
            inputTransformer: { inputPaths: alertPaths, inputTemplate: place.template(alert.says) },
            ...(args.deadLetterQueueArn !== undefined && {
              deadLetterConfig: { arn: args.deadLetterQueueArn },
            }),
          },
          { parent: this, dependsOn: rule },
        );
      return rule;
    });
    if ((args.forwardedRegions ?? []).length > 0) this.forward(name, alerts, args);
    if ((args.exceptionEnds ?? []).length > 0) this.announceEnds(name, args);

    const ruleNames = alerts.map((alert) => `${name}-${alert.name}`);
    this.ruleNames = pulumi.all(rules.map(({ urn }) => urn)).apply(() => ruleNames);
    this.registerOutputs({ ruleNames: this.ruleNames });
  }

  private rule(
    name: string,
    alert: Alert,
    args: AwsAuditAlertsArgs,
    region?: string,
  ): aws.cloudwatch.EventRule {
    return new aws.cloudwatch.EventRule(
      `${name}-${alert.name}${region === undefined ? "" : `-${region}`}`,
      {
        name: `${name}-${alert.name}`,
        description: alert.says,
        eventPattern: JSON.stringify(alert.pattern),
        tags: awsTags(args.metadata),
        ...(region !== undefined && { region }),
      },
      { parent: this },
    );
  }

  /** The same rules in further regions, which pass the event on to the bus of the region with the targets. */
  private forward(name: string, alerts: readonly Alert[], args: AwsAuditAlertsArgs): void {
    const bus = `arn:${args.partition ?? "aws"}:events:${args.region}:${args.accountId}:event-bus/default`;
    const forwarder = serviceRole(name, "forwarder", "events.amazonaws.com", args, this);
    allow(name, "forwarder", forwarder, "events:PutEvents", [bus], this);
    for (const region of args.forwardedRegions ?? [])
      for (const alert of alerts) {
        const rule = this.rule(name, alert, args, region);
        new aws.cloudwatch.EventTarget(
          `${name}-${alert.name}-${region}`,
          { rule: `${name}-${alert.name}`, targetId: "home", arn: bus, roleArn: forwarder.arn, region },
          { parent: this, dependsOn: rule },
        );
      }
  }

  /** One schedule for each end and topic: it fires once, in the morning of the last day. */
  private announceEnds(name: string, args: AwsAuditAlertsArgs): void {
    const topicArns = args.topicArns ?? [];
    const announcer = serviceRole(name, "announcer", "scheduler.amazonaws.com", args, this);
    allow(name, "announcer", announcer, "sns:Publish", topicArns, this);
    for (const end of args.exceptionEnds ?? [])
      for (const topicArn of topicArns)
        new aws.scheduler.Schedule(
          `${name}-${end.name}-${topicArn.split(":").at(-1)}`,
          {
            description: `The exception ${end.name} ends on ${end.expires}.`,
            scheduleExpression: `at(${end.expires}T06:00:00)`,
            flexibleTimeWindow: { mode: "OFF" },
            target: {
              arn: topicArn,
              roleArn: announcer.arn,
              input: `The exception ${end.name} ends today, ${end.expires}. Replace its static credential by a federated one, or have it approved anew.`,
            },
          },
          { parent: this },
        );
  }
}
