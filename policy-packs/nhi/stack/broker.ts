import { isMarked, markOf, marks } from "../marks";
import type { StackResource } from "../rule";
import { texts } from "../aws/document";
import { isObject, unknown, type Value } from "../value";

/** The component that makes a whole broker. */
export const brokerComponent = "nhi:index:AccessBroker";

/** Where a part of a broker may stand, by the mark `nhi:part`. */
export const partTypes = {
  /** Decides and mints, or the role that it does so with. */
  issuer: [
    "aws:iam/role:Role",
    "aws:lambda/function:Function",
    "aws:ecs/taskDefinition:TaskDefinition",
    "aws:sfn/stateMachine:StateMachine",
  ],
  /** Ends a grant before its credential does. */
  revoker: [
    "aws:lambda/function:Function",
    "aws:ecs/taskDefinition:TaskDefinition",
    "aws:sfn/stateMachine:StateMachine",
  ],
  /** The schedule, or the group of schedules, that starts the revoker at a grant's end. */
  ends: ["aws:scheduler/scheduleGroup:ScheduleGroup", "aws:cloudwatch/eventRule:EventRule"],
  /** The schedule that starts what looks for grants that should have ended. */
  reconciler: ["aws:scheduler/schedule:Schedule", "aws:cloudwatch/eventRule:EventRule"],
  /** Tells somebody that a revocation failed. */
  alarm: ["aws:cloudwatch/metricAlarm:MetricAlarm"],
} as const;
export type BrokerPart = keyof typeof partTypes;

/** The text of `nhi:part`, in lower case. `broker` is what decides and mints as well. */
export function partOf(resource: StackResource): BrokerPart | undefined {
  const mark = markOf(resource, marks.part);
  const name = typeof mark === "string" ? mark.toLowerCase() : "";
  if (name === "broker") return "issuer";
  return Object.keys(partTypes).find((part): part is BrokerPart => part === name);
}

export const isJitRole = (resource: StackResource): boolean =>
  resource.type === "aws:iam/role:Role" && isMarked(resource, marks.jit);

/** Why a part that is there does nothing, or nothing when it works as far as is known. */
export function idle(resource: StackResource): string | undefined {
  switch (resource.type) {
    case "aws:scheduler/schedule:Schedule":
    case "aws:cloudwatch/eventRule:EventRule":
      return isText(resource.read("state"), "disabled") ? "is switched off" : undefined;
    case "aws:cloudwatch/metricAlarm:MetricAlarm": {
      const isSilent = resource.read("actionsEnabled") === false || isEmpty(resource.read("alarmActions"));
      return isSilent ? "tells nobody" : undefined;
    }
    default:
      return undefined;
  }
}

const isText = (value: Value | undefined, text: string) =>
  typeof value === "string" && value.toLowerCase() === text;

const isEmpty = (value: Value | undefined) =>
  value !== unknown && texts(value).filter((text) => text !== "").length === 0;

/** A schedule has no tags: what it starts says what it is for. */
export function startedBy(schedule: StackResource, all: readonly StackResource[]): BrokerPart | undefined {
  const target = schedule.read("target");
  const arn = isObject(target) ? target.arn : undefined;
  const started = all.find(
    (resource) =>
      schedule.sourcesOf("target").includes(resource.urn) ||
      (typeof arn === "string" && arn !== "" && resource.read("arn") === arn),
  );
  const mark = started ? markOf(started, marks.part) : undefined;
  return mark === "reconciler" ? "reconciler" : undefined;
}
