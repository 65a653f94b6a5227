import { brokerIsComplete } from "../../../../policy-packs/nhi/rules/broker-is-complete";
import { type Given, type Props, unknownText } from "../../../support/analyze";
import { testStackRule } from "../../../support/rule-tester";

const lambda = "aws:lambda/function:Function";
const rule = "aws:cloudwatch/eventRule:EventRule";
const schedule = "aws:scheduler/schedule:Schedule";
const alarmType = "aws:cloudwatch/metricAlarm:MetricAlarm";
const component = "nhi:index:AccessBroker";
const part = (type: string, name: string, props: Props = {}): Given => ({
  type,
  name,
  props: { tags: { "nhi:part": name }, ...props },
});

const issuer = part(lambda, "issuer");
const revoker = part(lambda, "revoker");
const reconciler = part(lambda, "reconciler", { arn: "arn:reconciler" });
const ends = part("aws:scheduler/scheduleGroup:ScheduleGroup", "ends");
const alarm = part(alarmType, "alarm", { alarmActions: ["arn:aws:sns:eu-central-1:123456789012:on-call"] });
const reconcile: Given = {
  type: schedule,
  name: "reconcile",
  props: { target: { arn: unknownText } },
  sources: { target: ["reconciler"] },
};
const whole = [issuer, revoker, ends, reconciler, reconcile, alarm];
const without = (...parts: Given[]) => whole.filter((resource) => !parts.includes(resource));

const lacks = {
  revoker: "has no revoker: a grant can't be ended before its credential ends by itself",
  ends: "has no schedule of ends: nothing starts the revoker unless somebody remembers to",
  reconciler: "has no schedule of a reconciler: a grant that was not ended is not found",
  alarm: "has no alarm: nobody hears of a revocation that failed",
};
const says = (what: keyof typeof lacks, at = `${lambda} "issuer"`) => `${at}: its broker ${lacks[what]}`;

testStackRule(brokerIsComplete, {
  allows: [
    { name: "all parts", resources: whole },
    {
      name: "a rule as the schedule of ends, another as the reconciler's",
      resources: [
        ...without(ends, reconcile),
        part(rule, "ends"),
        { ...part(rule, "reconciler"), name: "tick" },
      ],
    },
    {
      name: "a schedule that names its target",
      resources: [
        ...without(reconcile),
        { type: schedule, name: "reconcile", props: { target: { arn: "arn:reconciler" } } },
      ],
    },
    {
      name: "parts in other services",
      resources: [
        ...without(issuer, revoker),
        part("aws:ecs/taskDefinition:TaskDefinition", "issuer"),
        part("aws:sfn/stateMachine:StateMachine", "revoker"),
      ],
    },
    {
      name: "the component with its parts",
      resources: [
        { type: component, name: "broker", props: {} },
        ...whole.map((resource) => ({ ...resource, parent: "broker" })),
      ],
    },
    { name: "parts without an issuer, which another stack has", resources: [revoker, alarm] },
    {
      name: "what is no part",
      resources: [{ type: lambda, name: "web", props: { tags: { "nhi:part": "frontend" } } }],
    },
    {
      name: "an alarm whose action is not known yet",
      resources: [...without(alarm), part(alarmType, "alarm", { alarmActions: unknownText })],
    },
  ],
  blocks: [
    {
      name: "an issuer alone",
      resources: [issuer],
      says: [says("revoker"), says("ends"), says("reconciler"), says("alarm")],
    },
    {
      name: "the broker's role alone",
      resources: [part("aws:iam/role:Role", "broker")],
      says: (["revoker", "ends", "reconciler", "alarm"] as const).map((what) =>
        says(what, 'aws:iam/role:Role "broker"'),
      ),
    },
    { name: "no revoker", resources: without(revoker), says: [says("revoker")] },
    { name: "no schedule of ends", resources: without(ends), says: [says("ends")] },
    { name: "a reconciler that nothing starts", resources: without(reconcile), says: [says("reconciler")] },
    {
      name: "a schedule that starts something else",
      resources: [...without(reconcile), { ...reconcile, sources: { target: ["revoker"] } }],
      says: [says("reconciler")],
    },
    { name: "no alarm", resources: without(alarm), says: [says("alarm")] },
    {
      name: "an alarm that is called by another name",
      resources: [...without(alarm), part(alarmType, "alarms", { alarmActions: ["arn:a"] })],
      says: [says("alarm")],
    },
    {
      name: "an alarm without an action",
      resources: [...without(alarm), part(alarmType, "alarm", { alarmActions: [] })],
      says: [`${alarmType} "alarm": its part alarm tells nobody`],
    },
    {
      name: "an alarm whose actions are off",
      resources: [
        ...without(alarm),
        part(alarmType, "alarm", { alarmActions: ["arn:a"], actionsEnabled: false }),
      ],
      says: [`${alarmType} "alarm": its part alarm tells nobody`],
    },
    {
      name: "a schedule that is off",
      resources: [...without(reconcile), { ...reconcile, props: { ...reconcile.props, state: "DISABLED" } }],
      says: [`${schedule} "reconcile": its part reconciler is switched off`],
    },
    {
      name: "a rule that is off",
      resources: [...without(ends), part(rule, "ends", { state: "DISABLED" })],
      says: [`${rule} "ends": its part ends is switched off`],
    },
    {
      name: "a component whose parts belong to another",
      resources: [{ type: component, name: "broker", props: {} }, ...whole],
      says: (["revoker", "ends", "reconciler", "alarm"] as const).map((what) =>
        says(what, `${component} "broker"`),
      ),
    },
  ],
});
