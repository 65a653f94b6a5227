import { AwsAuditProtection, NhiKind, type AwsAuditProtectionArgs } from "pulumi-nhi";
import { refusalOf, registeredBy } from "../../support/mocks";
import { verdictOf } from "./authorization";

const deployer = "arn:aws:iam::123456789012:role/deploy-audit";
const args: AwsAuditProtectionArgs = {
  metadata: {
    owner: "security",
    purpose: "audit logs of all accounts",
    environment: "production",
    kind: NhiKind.Service,
    reviewBy: "2027-06-30",
  },
  administrators: [deployer],
  targetIds: ["r-ab12", "ou-ab12-abcdefgh", "210987654321"],
};

it("is a service control policy, attached where it is to hold", async () => {
  const registered = await registeredBy(() => new AwsAuditProtection("stays-on", args));
  const policy = registered.find(({ type }) => type === "aws:organizations/policy:Policy");
  expect(policy?.inputs).toMatchObject({ name: "stays-on", type: "SERVICE_CONTROL_POLICY" });
  expect(
    registered
      .filter(({ type }) => type === "aws:organizations/policyAttachment:PolicyAttachment")
      .map(({ inputs }) => (inputs as { targetId: string }).targetId)
      .sort(),
  ).toEqual(["210987654321", "ou-ab12-abcdefgh", "r-ab12"]);
  const component = registered.find(({ type }) => type === "nhi:index:AwsAuditProtection");
  expect(component?.outputs).toEqual({ document: (policy?.inputs as { content: string }).content });
});

it("lets nobody but the administrators stop, narrow or delete a trail", async () => {
  const registered = await registeredBy(() => new AwsAuditProtection("stays-on", args));
  const { document } = registered.find(({ outputs }) => outputs)?.outputs as { document: string };
  const others = ["arn:aws:iam::210987654321:role/Administrator", "arn:aws:iam::210987654321:root"];
  const ask = (principal: string, action: string, resource = "*") =>
    verdictOf(document, { principal, action, resource });
  for (const action of [
    "StopLogging",
    "DeleteTrail",
    "UpdateTrail",
    "PutEventSelectors",
    "DeleteEventDataStore",
  ]) {
    for (const principal of others) expect(ask(principal, `cloudtrail:${action}`)).toBe("deny");
    expect(ask(deployer, `cloudtrail:${action}`)).toBe("nothing");
  }
  const group = "arn:aws:logs:eu-central-1:210987654321:log-group:";
  for (const principal of others) {
    expect(ask(principal, "logs:DeleteLogGroup", `${group}/aws/cloudtrail/audit`)).toBe("deny");
    expect(ask(principal, "logs:DeleteLogGroup", `${group}/aws/lambda/shop`)).toBe("nothing");
    expect(ask(principal, "cloudtrail:LookupEvents")).toBe("nothing");
  }
});

it.each<{ wrong: Partial<AwsAuditProtectionArgs>; says: string }>([
  {
    wrong: { administrators: [] },
    says: "administrators must name at least the role that runs pulumi up. Nobody could mend the trail.",
  },
  {
    wrong: { targetIds: [] },
    says: "targetIds must have at least one root, unit or account. A policy that is attached nowhere keeps nothing on.",
  },
  {
    wrong: { targetIds: ["production"] },
    says: `targetIds[0] must be a root (r-…), a unit (ou-…) or an account (12 digits), got "production".`,
  },
  { wrong: { policyName: "" }, says: `policyName must be 1 to 128 characters (AWS's limit), got "".` },
  {
    wrong: { metadata: { ...args.metadata, owner: "" } },
    says: `metadata.owner must say something, got "".`,
  },
])("refuses: $says", async ({ wrong, says }) => {
  expect(await refusalOf(() => new AwsAuditProtection("stays-on", { ...args, ...wrong }))).toBe(
    `AwsAuditProtection "stays-on": ${says}`,
  );
});
