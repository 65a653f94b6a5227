import { definePack } from "../../../policy-packs/nhi/pack";
import { rules } from "../../../policy-packs/nhi/rules";
import {
  judge,
  remediate,
  secret,
  unknownText,
  type Given,
  type JudgeOptions,
  type Props,
} from "../../../policy-packs/nhi/testing";
import { ruleNamed, type } from "./rules-of-tests";
import { today } from "../../support/rule-tester";
import { fail, mendedBy } from "../../../policy-packs/nhi/verdict";

const pack = () => definePack(rules, () => today);
const given = (resource: Omit<Given, "name">): Given => ({ name: "it", ...resource });

/** What the pack makes of a resource, all of its rules at the level `remediate`. */
async function mended(resource: Given, options?: JudgeOptions): Promise<Props | undefined> {
  return (await remediate(pack(), resource, options)).at(-1)?.props;
}

const trust = JSON.stringify({
  Statement: [{ Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" }],
});
const role = "aws:iam/role:Role";
const jwtRole = "vault:jwt/authBackendRole:AuthBackendRole";
const trail = "aws:cloudtrail/trail:Trail";

describe("what has one right answer is written in", () => {
  it.each<{ what: string; type: string; props: Props; to: Props }>([
    {
      what: "a role's session",
      type: role,
      props: { maxSessionDuration: 43_200 },
      to: { maxSessionDuration: 3600 },
    },
    {
      what: "a permission set's session, as AWS writes it",
      type: "aws:ssoadmin/permissionSet:PermissionSet",
      props: { sessionDuration: "PT12H" },
      to: { sessionDuration: "PT1H" },
    },
    {
      what: "a profile's session",
      type: "aws:rolesanywhere/profile:Profile",
      props: { durationSeconds: 7200 },
      to: { durationSeconds: 3600 },
    },
    {
      what: "a token's life, where the role has none",
      type: jwtRole,
      props: {},
      to: { tokenTtl: 3600, tokenMaxTtl: 14_400 },
    },
    {
      what: "the end of a periodic token",
      type: jwtRole,
      props: { tokenPeriod: 3600 },
      to: { tokenExplicitMaxTtl: 14_400 },
    },
    {
      what: "a lease",
      type: "vault:database/secretBackendRole:SecretBackendRole",
      props: { defaultTtl: 86_400, maxTtl: 86_400 },
      to: { defaultTtl: 3600, maxTtl: 14_400 },
    },
    {
      what: "an SSH certificate, in Vault's own form",
      type: "vault:ssh/secretBackendRole:SecretBackendRole",
      props: { keyType: "ca", allowUserCertificates: true, maxTtl: "24h" },
      to: { maxTtl: "3600s" },
    },
    {
      what: "a trail",
      type: trail,
      props: { enableLogging: false, isMultiRegionTrail: false, includeGlobalServiceEvents: false },
      to: {
        enableLogging: true,
        isMultiRegionTrail: true,
        includeGlobalServiceEvents: true,
        enableLogFileValidation: true,
      },
    },
    {
      what: "the block of public access to a log's bucket",
      type: "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
      props: { bucket: "audit-log", blockPublicAcls: false },
      to: {
        blockPublicAcls: true,
        blockPublicPolicy: true,
        ignorePublicAcls: true,
        restrictPublicBuckets: true,
      },
    },
  ])("$what", async ({ type, props, to }) => {
    const after = await mended(given({ type, props }));
    expect(after).toEqual({ ...props, ...to });
    // What was written in is what the rule asks for.
    const again = await remediate(pack(), given({ type, props: after ?? {} }));
    expect(again).toEqual([]);
  });
});

it("leaves what is not known yet and what is secret as it came", async () => {
  const props = { assumeRolePolicy: unknownText, description: secret("canary"), maxSessionDuration: 7200 };
  expect(await mended(given({ type: role, props }))).toEqual({ ...props, maxSessionDuration: 3600 });
});

it.each<{ what: string; type: string; props: Props }>([
  { what: "a value that is not known yet", type: role, props: { maxSessionDuration: unknownText } },
  { what: "what is right already", type: role, props: { maxSessionDuration: 3600, assumeRolePolicy: trust } },
  {
    what: "who is let in",
    type: role,
    props: {
      assumeRolePolicy: JSON.stringify({
        Statement: [{ Effect: "Allow", Principal: "*", Action: "sts:AssumeRole" }],
      }),
    },
  },
  { what: "a static key", type: "aws:iam/accessKey:AccessKey", props: { user: "deploy" } },
  {
    what: "a bucket that holds no log",
    type: "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
    props: { bucket: "website", blockPublicAcls: false },
  },
])("does not touch $what", async ({ type, props }) => {
  expect(await remediate(pack(), given({ type, props }))).toEqual([]);
});

describe("the settings of the team", () => {
  const long = given({ type: role, props: { assumeRolePolicy: trust, maxSessionDuration: 7200 } });
  const urn = `urn:pulumi:test::test::${role}::it`;
  /** As in the engine: the settings come with the first resource that is judged. */
  async function mendedUnder(settings: object, config: Record<string, unknown> = {}) {
    const policies = pack();
    const options = { configs: { settings: { ...settings }, "sessions-are-short": config } };
    await judge(policies, given({ type: "pulumi:pulumi:Stack", props: {} }), options);
    return (await remediate(policies, long, options)).at(-1)?.props?.maxSessionDuration;
  }

  it("say what the ceiling is", async () => {
    expect(await mendedUnder({})).toBe(3600);
    expect(await mendedUnder({}, { maxSessionSeconds: 5400 })).toBe(5400);
  });

  it("keep an exempted finding as it is", async () => {
    const exemption = {
      rule: "sessions-are-short",
      urn,
      property: "maxSessionDuration",
      owner: "batch",
      reason: "can't be split",
      compensatingControl: "one bucket",
      approvedBy: "security",
      expires: new Date(today + 86_400_000).toISOString().slice(0, 10),
    };
    expect(await mendedUnder({ exemptions: [exemption] })).toBeUndefined();
    expect(await mendedUnder({ exemptions: [{ ...exemption, property: "tags" }] })).toBe(3600);
  });

  it("switch the rule off, and its remedy with it", async () => {
    const levels = [{ rules: ["sessions-are-short"], level: "disabled" }];
    expect(await mendedUnder({ levels })).toBeUndefined();
  });
});

it("does nothing where a rule throws, or has said nothing of a remedy", async () => {
  const finding = mendedBy(fail("size", "is too big"), { size: 1 });
  const thing = { type, name: "thing", props: { size: 9 } };
  const says = { remedy: "It becomes small." };
  expect(await remediate([ruleNamed("small", { ...says, check: () => [finding] })], thing)).toEqual([
    { policy: "small", props: { size: 1 } },
  ]);
  expect(await remediate([ruleNamed("small", { check: () => [finding] })], thing)).toEqual([]);
  const broken = () => {
    throw new Error("canary");
  };
  expect(await remediate([ruleNamed("small", { ...says, check: broken })], thing)).toEqual([]);
});
