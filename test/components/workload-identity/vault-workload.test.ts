import { NhiKind, VaultWorkload, type VaultWorkloadArgs } from "pulumi-nhi";
import { notYetKnown, refusalOf, registeredBy, unknown } from "../../support/mocks";

const metadata = {
  owner: "team-orders",
  purpose: "migrate the orders database",
  environment: "production",
  kind: NhiKind.Pipeline,
  reviewBy: "2027-06-30",
};
const github = { mountAccessor: "auth_jwt_2f5d1c3a", aliasName: "456789" };
const args: VaultWorkloadArgs = { metadata, signIns: { github } };
const entity = {
  name: "migration",
  metadata: {
    "nhi-owner": "team-orders",
    "nhi-purpose": "migrate the orders database",
    "nhi-environment": "production",
    "nhi-kind": "pipeline",
    "nhi-review-by": "2027-06-30",
  },
};

describe("what is registered", () => {
  it("is the entity, and an alias for each sign-in", async () => {
    const signIns = { github, cluster: { mountAccessor: "auth_kubernetes_0a1b2c3d", aliasName: "7-uid" } };
    const canonicalId = "vault:identity/entity:Entity migration";
    const child = { parent: "VaultWorkload migration" };
    expect(await registeredBy(() => new VaultWorkload("migration", { metadata, signIns }))).toEqual([
      {
        type: "nhi:index:VaultWorkload",
        name: "migration",
        inputs: { metadata, signIns },
        outputs: { entityId: canonicalId },
      },
      { ...child, type: "vault:identity/entity:Entity", name: "migration", inputs: entity },
      {
        ...child,
        type: "vault:identity/entityAlias:EntityAlias",
        name: "migration-cluster",
        inputs: { name: "7-uid", mountAccessor: "auth_kubernetes_0a1b2c3d", canonicalId },
        after: ["Entity migration"],
      },
      {
        ...child,
        type: "vault:identity/entityAlias:EntityAlias",
        name: "migration-github",
        inputs: { name: "456789", mountAccessor: "auth_jwt_2f5d1c3a", canonicalId },
        after: ["Entity migration"],
      },
    ]);
  });

  it("waits for a mount that is not there yet, and has a name of its own", async () => {
    const registered = await registeredBy(
      () =>
        new VaultWorkload("migration", {
          metadata,
          entityName: "orders-migration",
          signIns: { github: { mountAccessor: notYetKnown(), aliasName: "456789" } },
        }),
      { preview: true },
    );
    const inputs = registered.filter(({ type }) => type.startsWith("vault:")).map((made) => made.inputs);
    expect(inputs).toEqual([
      { ...entity, name: "orders-migration" },
      {
        name: "456789",
        mountAccessor: unknown,
        canonicalId: "vault:identity/entity:Entity migration",
      },
    ]);
  });
});

describe("what is refused", () => {
  const notAnAccessor = (got: string) =>
    `signIns.github.mountAccessor must be the accessor of an auth mount, as "auth_jwt_2f5d1c3a", got "${got}". ` +
    "VaultTrustedIssuer gives its own as accessor.";
  const notAName = (got: string) =>
    `signIns.github.aliasName must be what Vault calls the workload at that mount, got "${got}". ` +
    "VaultFederatedRole gives it in aliasNames.";

  it.each<[string, Partial<VaultWorkloadArgs>, string]>([
    ["no owner", { metadata: { ...metadata, owner: "" } }, 'metadata.owner must say something, got "".'],
    [
      "an entity in capitals",
      { entityName: "Migration" },
      'entityName must be lower-case letters, digits, _ or -, got "Migration".',
    ],
    [
      "nobody",
      { signIns: {} },
      "signIns must have at least one sign-in. Without one nobody is this workload.",
    ],
    [
      "a sign-in with a name that can't be a resource's",
      { signIns: { "git hub": github } },
      'signIns must be called by lower-case letters, digits, _ or -, got "git hub".',
    ],
    ["a path", { signIns: { github: { ...github, mountAccessor: "jwt" } } }, notAnAccessor("jwt")],
    [
      "the accessor of an engine",
      { signIns: { github: { ...github, mountAccessor: "database_2f5d1c3a" } } },
      notAnAccessor("database_2f5d1c3a"),
    ],
    ["no name", { signIns: { github: { ...github, aliasName: "" } } }, notAName("")],
    ["a name with a space behind", { signIns: { github: { ...github, aliasName: "7 " } } }, notAName("7 ")],
    [
      "two names at one mount",
      { signIns: { github, gitlab: { ...github, aliasName: "7" } } },
      "signIns.gitlab.mountAccessor must be another one than that of signIns.github: " +
        "Vault takes one alias of a mount for each entity. Make a second VaultWorkload.",
    ],
  ])("%s", async (_, change, says) => {
    const message = await refusalOf(() => new VaultWorkload("migration", { ...args, ...change }));
    expect(message).toBe(`VaultWorkload "migration": ${says}`);
  });

  it("a component's name that can't be an entity's", async () => {
    expect(await refusalOf(() => new VaultWorkload("Migration", args))).toBe(
      'VaultWorkload "Migration": entityName must be lower-case letters, digits, _ or -, got "Migration".',
    );
  });
});
