import { join } from "node:path";
import { builtNhi, nhi } from "../cli/run";
import type { newFolder } from "../cli/state";
import { exported, key, role, urnOf } from "../cli/state";

/** Stands in every place of a state that may hold a secret, and in no export. */
export const canary = "canary-51d0";

const night = role("night", { maxSessionDuration: 43200 });
const resources = [
  key,
  { ...key, name: '=cmd|"<b>`@all\u0001,\n' },
  night,
  role("later", { assumeRolePolicy: "04da6b54-80e4-46f7-96ec-b56ff0331ba9" }),
  { type: "pulumi:providers:vault", name: "vault", inputs: { token: canary } },
  { type: "aws:iam/accessKey:AccessKey", name: "leak", inputs: { user: "ci" }, outputs: { secret: canary } },
];
const settings = {
  "identities-are-audited": "disabled",
  "identities-are-reviewed": "advisory",
  settings: {
    baseline: [
      {
        rule: "sessions-are-short",
        urn: urnOf("prod", night),
        property: "maxSessionDuration",
        due: "2099-01-01",
      },
    ],
  },
};

/** Evidence of each status, a rule that is switched off, and a stack that could not be read. Two stacks take workers, which are built. */
export async function sample({ folder, write }: ReturnType<typeof newFolder>): Promise<string> {
  const file = join(folder, "sample.ndjson");
  await builtNhi([
    ...["audit", "--state", write("prod.json", exported("prod", resources)), write("torn.json", "{")],
    ...["--settings", write("settings.json", JSON.stringify(settings)), "--evidence", file],
  ]);
  return file;
}

/** The evidence in a format, as the command writes it. */
export async function exportedAs(file: string, format: string): Promise<string> {
  const { code, out, err } = await nhi(["export", file, "--format", format]);
  expect({ code, err }).toEqual({ code: 0, err: "" });
  return out;
}
