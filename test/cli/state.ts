import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface Exported {
  type: string;
  name: string;
  inputs?: object;
  outputs?: object;
  [more: string]: unknown;
}

export const urnOf = (stack: string, { type, name }: Pick<Exported, "type" | "name">) =>
  `urn:pulumi:${stack}::shop::${type}::${name}`;

/** What `pulumi stack export` writes of a stack with these resources. */
export const exported = (stack: string, resources: Exported[]) =>
  JSON.stringify({
    version: 3,
    deployment: {
      manifest: { time: "2026-11-23T10:00:00Z", magic: "", version: "v3.259.0" },
      resources: resources.map(({ name, inputs = {}, outputs = inputs, ...rest }) => ({
        urn: urnOf(stack, { ...rest, name }),
        custom: true,
        ...rest,
        inputs,
        outputs,
      })),
    },
  });

export const key: Exported = { type: "aws:iam/accessKey:AccessKey", name: "ci", inputs: { user: "ci" } };

const trust = {
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "lambda.amazonaws.com" } }],
};
/** A role that passes but for what a test changes. */
export const role = (name: string, inputs: object = {}): Exported => ({
  type: "aws:iam/role:Role",
  name,
  inputs: {
    assumeRolePolicy: JSON.stringify(trust),
    permissionsBoundary: "arn:aws:iam::123456789012:policy/machines",
    tags: {
      "nhi:owner": "team-shop",
      "nhi:purpose": "pack orders",
      "nhi:environment": "production",
      "nhi:kind": "service",
      "nhi:review-by": "2099-12-31",
    },
    ...inputs,
  },
});

/** A folder for a test's files. */
export function newFolder() {
  const folder = mkdtempSync(join(tmpdir(), "nhi-cli-"));
  return {
    folder,
    write: (name: string, text: string) => {
      const file = join(folder, name);
      writeFileSync(file, text);
      return file;
    },
  };
}
