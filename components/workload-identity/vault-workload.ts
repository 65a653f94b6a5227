import * as pulumi from "@pulumi/pulumi";
import * as vault from "@pulumi/vault";
import { metadataProblem, vaultMetadata, type NhiMetadata } from "../identity";
import { checked, firstProblem, plainProblem, refuse, shown, type Problem } from "../refusal";

/** One way in which a workload signs in to Vault. */
export interface VaultSignIn {
  /** The accessor of the auth mount: `accessor` of `VaultTrustedIssuer` or of the provider's own resource. */
  mountAccessor: pulumi.Input<string>;
  /**
   * What Vault calls the workload there: with a token, the value of the claim that stays the same, as in `aliasNames` of
   * `VaultFederatedRole`.
   */
  aliasName: pulumi.Input<string>;
}

export interface VaultWorkloadArgs {
  /** Who answers for the workload and why it exists. Stands on the entity. */
  metadata: NhiMetadata;
  /**
   * How it signs in, by a name of your choice: `{ github: { mountAccessor, aliasName } }`. At least one, and one for each
   * mount, which is also all that Vault takes.
   */
  signIns: Record<string, VaultSignIn>;
  /** What the entity is called in Vault, in lower case. Default: the component's name. */
  entityName?: string | undefined;
}

/**
 * One workload as Vault knows it: an entity, and an alias for each way in which it signs in. What is granted to the entity,
 * for example by the `consumers` of an engine, holds for every token of the workload, those that live already among them,
 * and is gone from them when it is taken away. Works with OpenBao as well.
 *
 * Vault tells workloads of one mount apart by the claim that the role keeps as their name and by nothing else. For GitHub
 * that is the repository: the rights of its entity hold for each job of the repository that any role of the mount lets
 * in. Where one job may more than another, give the policies to the job's own role.
 *
 * Vault makes an entity and an alias by itself at the first sign-in of a workload that it does not know. This component
 * takes neither over: `up` ends with the alias's id. Remove that one (`vault delete identity/entity-alias/id/<id>`).
 *
 * `github` is a `VaultTrustedIssuer`, and `role` the `VaultFederatedRole` in which the workload is the first one:
 *
 * @example
 * ```typescript
 * const migration = new VaultWorkload("migration", {
 *   metadata,
 *   signIns: {
 *     github: {
 *       mountAccessor: github.accessor,
 *       aliasName: role.aliasNames.apply((names) => names["workloads.github[0]"] ?? ""),
 *     },
 *   },
 * });
 * ```
 */
export class VaultWorkload extends pulumi.ComponentResource {
  /** The entity's id, for `entityIds` of an engine's consumer. Vault makes it up, so it is known after the first `up`. */
  readonly entityId: pulumi.Output<string>;

  constructor(name: string, args: VaultWorkloadArgs, opts?: pulumi.ComponentResourceOptions) {
    refuse("VaultWorkload", name, vaultWorkloadProblem(name, args));
    super("nhi:index:VaultWorkload", name, { ...args }, opts);

    const entity = new vault.identity.Entity(
      name,
      { name: args.entityName ?? name, metadata: vaultMetadata(args.metadata) },
      { parent: this },
    );
    const aliases = Object.entries(args.signIns).map(
      ([key, { mountAccessor, aliasName }]) =>
        new vault.identity.EntityAlias(
          `${name}-${key}`,
          {
            name: checked("VaultWorkload", name, aliasName, (known) => aliasNameProblem(key, known)),
            mountAccessor: checked("VaultWorkload", name, mountAccessor, (known) =>
              accessorProblem(key, known),
            ),
            canonicalId: entity.id,
          },
          { parent: this },
        ),
    );

    // Who uses the id waits until the workload is known by its names.
    this.entityId = pulumi.all([entity.id, pulumi.all(aliases.map(({ id }) => id))]).apply(([id]) => id);
    this.registerOutputs({ entityId: this.entityId });
  }
}

const lowerCaseName = /^[a-z0-9]([a-z0-9_-]*[a-z0-9])?$/;

function vaultWorkloadProblem(
  name: string,
  { metadata, signIns, entityName = name }: VaultWorkloadArgs,
): Problem {
  return (
    metadataProblem(metadata) ??
    (lowerCaseName.test(entityName)
      ? undefined
      : `entityName must be lower-case letters, digits, _ or -, got ${shown(entityName)}.`) ??
    signInsProblem(Object.entries(signIns))
  );
}

function signInsProblem(signIns: readonly [string, VaultSignIn][]): Problem {
  if (signIns.length === 0)
    return "signIns must have at least one sign-in. Without one nobody is this workload.";
  return firstProblem(signIns, ([key, { mountAccessor, aliasName }]) => {
    if (!lowerCaseName.test(key))
      return `signIns must be called by lower-case letters, digits, _ or -, got ${shown(key)}.`;
    const [first] =
      signIns.find(
        ([, other]) => typeof mountAccessor === "string" && other.mountAccessor === mountAccessor,
      ) ?? [];
    if (first !== undefined && first !== key)
      return `signIns.${key}.mountAccessor must be another one than that of signIns.${first}: Vault takes one alias of a mount for each entity. Make a second VaultWorkload.`;
    return (
      plainProblem(mountAccessor, (known) => accessorProblem(key, known)) ??
      plainProblem(aliasName, (known) => aliasNameProblem(key, known))
    );
  });
}

function accessorProblem(key: string, accessor: string): Problem {
  return /^auth_[a-z0-9_-]+_[0-9a-f]{8}$/.test(accessor)
    ? undefined
    : `signIns.${key}.mountAccessor must be the accessor of an auth mount, as "auth_jwt_2f5d1c3a", got ${shown(accessor)}. ` +
        "VaultTrustedIssuer gives its own as accessor.";
}

function aliasNameProblem(key: string, aliasName: string): Problem {
  return aliasName.trim() === "" || aliasName !== aliasName.trim()
    ? `signIns.${key}.aliasName must be what Vault calls the workload at that mount, got ${shown(aliasName)}. ` +
        "VaultFederatedRole gives it in aliasNames."
    : undefined;
}
