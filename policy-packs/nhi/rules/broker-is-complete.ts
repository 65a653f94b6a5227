import type { StackFinding, StackResource, StackRule } from "../rule";
import { brokerComponent, type BrokerPart, idle, partOf, partTypes, startedBy } from "../stack/broker";
import { fail } from "../verdict";

/** What a broker can't do without, with what is wrong where it is missing. */
const needed: Partial<Record<BrokerPart, string>> = {
  revoker: "no revoker: a grant can't be ended before its credential ends by itself",
  ends: "no schedule of ends: nothing starts the revoker unless somebody remembers to",
  reconciler: "no schedule of a reconciler: a grant that was not ended is not found",
  alarm: "no alarm: nobody hears of a revocation that failed",
};

export const brokerIsComplete: StackRule = {
  id: "broker-is-complete",
  title:
    "What gives access just in time also ends it, looks for what did not end, and says so when that fails.",
  why: "A broker that only gives is a slower way to a standing credential.",
  fix: "Use the component AccessBroker, or mark the parts with the tag nhi:part: issuer, revoker, ends, reconciler, alarm.",
  severity: "high",
  enforcement: "mandatory",
  topic: "missing-revocation",
  doesNotSee:
    "Whether the parts do what their mark says, parts that another stack makes, and brokers on other platforms than AWS.",
  whenNot: "Where the parts are spread over stacks: switch it off for the stack that has the issuer alone.",
  samples: {
    bad: `
new aws.lambda.Function("issuer", {
  role: "arn:aws:iam::123456789012:role/nhi-broker",
  packageType: "Image",
  imageUri: "123456789012.dkr.ecr.eu-central-1.amazonaws.com/broker:1",
  tags: { "nhi:part": "issuer" },
});
`,
    good: `
const part = (name: string) =>
  new aws.lambda.Function(name, {
    role: "arn:aws:iam::123456789012:role/nhi-broker",
    packageType: "Image",
    imageUri: "123456789012.dkr.ecr.eu-central-1.amazonaws.com/broker:1",
    tags: { "nhi:part": name },
  });
part("issuer");
part("revoker");
const reconciler = part("reconciler");
new aws.scheduler.ScheduleGroup("ends", { tags: { "nhi:part": "ends" } });
new aws.scheduler.Schedule("reconcile", {
  scheduleExpression: "rate(5 minutes)",
  flexibleTimeWindow: { mode: "OFF" },
  target: { arn: reconciler.arn, roleArn: "arn:aws:iam::123456789012:role/nhi-scheduler" },
});
new aws.cloudwatch.MetricAlarm("revocation-failed", {
  namespace: "nhi",
  metricName: "RevokeFailed",
  comparisonOperator: "GreaterThanThreshold",
  threshold: 0,
  evaluationPeriods: 1,
  alarmActions: ["arn:aws:sns:eu-central-1:123456789012:on-call"],
  tags: { "nhi:part": "alarm" },
});
`,
  },
  types: [brokerComponent, ...new Set(Object.values(partTypes).flat())],
  checkStack: (resources) => brokersOf(resources).flatMap(findings),
};

/** A broker: the resource that stands for it, and all that may be its parts. */
interface Broker {
  at: StackResource;
  parts: readonly StackResource[];
}

/** Each component is one. What is in no component is one together. */
function brokersOf(resources: readonly StackResource[]): Broker[] {
  const components = resources.filter(({ type }) => type === brokerComponent);
  const ofComponent = (component: StackResource) =>
    resources.filter(({ parent }) => parent === component.urn);
  const others = resources.filter(({ parent }) => !components.some(({ urn }) => urn === parent));
  const issuer = others.find((resource) => partOf(resource) === "issuer");
  return [
    ...components.map((at) => ({ at, parts: ofComponent(at) })),
    ...(issuer ? [{ at: issuer, parts: others }] : []),
  ];
}

function findings({ at, parts }: Broker): StackFinding[] {
  return (Object.keys(needed) as BrokerPart[]).flatMap((part): StackFinding[] => {
    const found = parts.filter((resource) => isPart(resource, part, parts));
    const working = found.find((resource) => idle(resource) === undefined);
    if (working) return [];
    const [broken] = found;
    return broken
      ? [{ ...fail(`its part ${part}`, idle(broken) ?? "", "Switch it on."), resource: broken }]
      : [{ ...fail("its broker", `has ${needed[part] ?? ""}`), resource: at }];
  });
}

const isPart = (resource: StackResource, part: BrokerPart, all: readonly StackResource[]): boolean =>
  (partTypes[part] as readonly string[]).includes(resource.type) &&
  (partOf(resource) === part ||
    (resource.type === "aws:scheduler/schedule:Schedule" && startedBy(resource, all) === part));
