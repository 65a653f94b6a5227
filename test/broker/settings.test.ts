import { readSettings } from "../../broker/settings";

const role = {
  tenant: "octo",
  environment: "production",
  tier: "standard",
  gcp: {
    entitlement: "projects/shop/locations/global/entitlements/deploy",
    serviceAccount: "deploy@shop.iam.gserviceaccount.com",
  },
};
const vault = { tokenRole: "jit", policies: ["migrate"], secrets: [] };
const noTarget = { tenant: "octo", environment: "production", tier: "standard" };
const problem = (settings: unknown) => {
  try {
    readSettings(typeof settings === "string" ? settings : JSON.stringify(settings));
    return "they were taken";
  } catch (error) {
    return (error as Error).message;
  }
};

it("gives a role the ceiling of its tier, and an approval three hours", () => {
  const approval = { needed: 1, approvers: ["alice"] };
  const { roles, issuers } = readSettings(
    JSON.stringify({ roles: { deploy: role, fix: { ...role, tier: "sensitive", approval } } }),
  );
  expect(roles.deploy).toEqual({ ...role, name: "deploy", maxTtlSeconds: 3600 });
  expect(roles.fix).toMatchObject({
    maxTtlSeconds: 900,
    approval: { ...approval, expiresInSeconds: 10_800 },
  });
  expect(issuers).toEqual([]);
});

it.each<{ settings: unknown; says: string }>([
  { settings: "{", says: "The broker's settings must be JSON, and are not." },
  { settings: {}, says: "The broker's settings: they must have required property 'roles'." },
  { settings: { roles: {} }, says: "The broker's settings: roles must NOT have fewer than 1 properties." },
  {
    settings: { roles: { deploy: { ...role, tier: "secret" } } },
    says: "The broker's settings: roles.deploy.tier must be one of sensitive, standard.",
  },
  {
    settings: { roles: { deploy: { ...role, vault } } },
    says: "The broker's settings: roles.deploy must have exactly one of aws, vault and gcp.",
  },
  {
    settings: { roles: { deploy: noTarget } },
    says: "The broker's settings: roles.deploy must have exactly one of aws, vault and gcp.",
  },
  {
    settings: { roles: { deploy: { ...role, ttl: 60 } } },
    says: `The broker's settings: roles.deploy must have no "ttl": there is no such setting.`,
  },
  {
    settings: { roles: { deploy: { ...role, maxTtlSeconds: 7200 } } },
    says: "The broker's settings: roles.deploy.maxTtlSeconds must be at most 3600 for the tier standard, got 7200.",
  },
  {
    settings: { roles: { deploy: { ...role, approval: { needed: 2, approvers: ["alice", "alice"] } } } },
    says: "The broker's settings: roles.deploy.approval.needed is 2, and there are 1 approvers. Nothing would ever be approved.",
  },
])("says: $says", ({ settings, says }) => {
  expect(problem(settings)).toBe(says);
});
