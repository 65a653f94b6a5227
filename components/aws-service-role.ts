import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { awsTags, type NhiMetadata } from "./identity";

/** A role that one service of AWS acts with, for this account's resources only. */
export function serviceRole(
  name: string,
  task: string,
  service: string,
  args: { metadata: NhiMetadata; accountId: string },
  parent: pulumi.Resource,
): aws.iam.Role {
  const roleName = `${name}-${task}`;
  return new aws.iam.Role(
    roleName,
    {
      name: roleName,
      maxSessionDuration: 3600,
      assumeRolePolicy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          {
            Effect: "Allow",
            Principal: { Service: service },
            Action: "sts:AssumeRole",
            Condition: { StringEquals: { "aws:SourceAccount": args.accountId } },
          },
        ],
      }),
      tags: awsTags(args.metadata),
    },
    { parent },
  );
}

/** What such a role may do. */
export function allow(
  name: string,
  task: string,
  role: aws.iam.Role,
  action: string,
  resources: pulumi.Input<string>[],
  parent: pulumi.Resource,
): void {
  new aws.iam.RolePolicy(
    `${name}-${task}`,
    {
      role: role.name,
      name: task,
      policy: pulumi.jsonStringify({
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Action: action, Resource: resources }],
      }),
    },
    { parent },
  );
}
