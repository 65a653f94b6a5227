import type { StackResource } from "../rule";
import { isObject, type Value } from "../value";

/** Where a workload names the identity that it runs as: a path into its properties. */
const paths: Record<string, readonly string[]> = {
  "aws:apprunner/service:Service": ["instanceConfiguration", "instanceRoleArn"],
  "aws:codebuild/project:Project": ["serviceRole"],
  "aws:ecs/taskDefinition:TaskDefinition": ["taskRoleArn"],
  "aws:eks/podIdentityAssociation:PodIdentityAssociation": ["roleArn"],
  "aws:glue/job:Job": ["roleArn"],
  "aws:iam/instanceProfile:InstanceProfile": ["role"],
  "aws:lambda/function:Function": ["role"],
  "aws:sfn/stateMachine:StateMachine": ["roleArn"],
  "gcp:cloudfunctions/function:Function": ["serviceAccountEmail"],
  "gcp:cloudfunctionsv2/function:Function": ["serviceConfig", "serviceAccountEmail"],
  "gcp:cloudrunv2/job:Job": ["template", "template", "serviceAccount"],
  "gcp:cloudrunv2/service:Service": ["template", "serviceAccount"],
  "gcp:compute/instance:Instance": ["serviceAccount", "email"],
};

/** Types that run as an identity of their stack or another one. */
export const userTypes = Object.keys(paths);
/** The identities. */
export const identityTypes = ["aws:iam/role:Role", "gcp:serviceaccount/account:Account"];

/** The identity that a workload runs as: its URN where it is in the stack, else its name. */
export interface Use {
  identity: string;
  property: string;
}

/** Every name that an identity of the stack is known by, with its URN, which is one of them. */
export function identityNames(all: readonly StackResource[]): Map<string, string> {
  const names = new Map<string, string>();
  for (const identity of all.filter(({ type }) => identityTypes.includes(type)))
    for (const name of [identity.urn, ...["arn", "name", "email"].map((property) => identity.read(property))])
      if (typeof name === "string" && name !== "") names.set(name, identity.urn);
  return names;
}

export function useOf(user: StackResource, names: Map<string, string>): Use | undefined {
  const [top, ...below] = paths[user.type] ?? [];
  if (top === undefined) return undefined;
  const named = below.reduce<Value | undefined>(
    (value, key) => (isObject(value) ? value[key] : undefined),
    user.read(top),
  );
  const identity =
    typeof named === "string" && named !== ""
      ? (names.get(named) ?? named)
      : user.sourcesOf(top).find((urn) => names.has(urn));
  return identity === undefined ? undefined : { identity, property: [top, ...below].join(".") };
}
