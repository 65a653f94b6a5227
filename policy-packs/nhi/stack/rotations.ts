import type { StackResource } from "../rule";

/** What renews a secret of Secrets Manager. */
const rotations = [
  "aws:secretsmanager/secretRotation:SecretRotation",
  "aws-native:secretsmanager:RotationSchedule",
];
const secretTypes = ["aws:secretsmanager/secret:Secret", "aws-native:secretsmanager:Secret"];

export const rotationTypes = [...rotations, ...secretTypes];

export const isSecret = ({ type }: StackResource) => secretTypes.includes(type);

/** Tells whether something in the stack renews a secret, or the one that a version is of. */
export function rotatedIn(all: readonly StackResource[]): (resource: StackResource) => boolean {
  const rotated = new Set(all.filter(({ type }) => rotations.includes(type)).flatMap(secretNames));
  return (resource) => secretNames(resource).some((name) => rotated.has(name));
}

/** What a resource calls a secret by: the resources that the name is made of, and the name itself where it is known. */
function secretNames(resource: StackResource): string[] {
  if (isSecret(resource))
    return [resource.urn, ...["arn", "id", "name"].flatMap((property) => textOf(resource, property))];
  return [...resource.sourcesOf("secretId"), ...textOf(resource, "secretId")];
}

function textOf(resource: StackResource, property: string): string[] {
  const value = resource.read(property);
  return typeof value === "string" && value !== "" ? [value] : [];
}
