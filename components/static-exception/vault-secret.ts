import * as pulumi from "@pulumi/pulumi";
import * as vault from "@pulumi/vault";
import { metadataLine, vaultMetadata } from "../identity";
import { shown, type Problem } from "../refusal";
import { exceptionMarks, secondsOf, type ExceptionRecord } from "./record";

/** A secret in Vault's `kv`, version 2: alone in a mount of its own, for one consumer. */
export interface VaultSecretException {
  /** What the consumer is called, in lower case: the secret's name in the mount. */
  consumer: string;
  /** The ids of the consumer's entities in Vault, for example `entityId` of a `VaultWorkload`. Default: none, until a role of its own is given the policy. */
  entityIds?: pulumi.Input<string>[] | undefined;
  /** The secret's fields. Kept as secrets in the deployment's state. */
  data: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /** Where the mount is, in lower case. Default: the component's name. */
  mountPath?: string | undefined;
}

export const mountPathOf = (name: string, { mountPath }: VaultSecretException) => mountPath ?? name;
export const policyNameOf = (name: string, secret: VaultSecretException) =>
  `nhi.${mountPathOf(name, secret).replaceAll("/", ".")}.${secret.consumer}`;

export function vaultSecretProblem(name: string, secret: VaultSecretException): Problem {
  const mountPath = mountPathOf(name, secret);
  if (!/^[a-z0-9]([a-z0-9_-]*[a-z0-9])?$/.test(secret.consumer))
    return `vaultSecret.consumer must be lower-case letters, digits, _ or -, got ${shown(secret.consumer)}.`;
  return /^[a-z0-9][a-z0-9_-]*(\/[a-z0-9][a-z0-9_-]*)*$/.test(mountPath)
    ? undefined
    : `vaultSecret.mountPath must be lower-case letters, digits, _ or -, with / between parts, got ${shown(mountPath)}.`;
}

export function vaultSecret(
  name: string,
  record: ExceptionRecord,
  secret: VaultSecretException,
  parent: pulumi.Resource,
): vault.kv.SecretV2 {
  const mountPath = mountPathOf(name, secret);
  const mount = new vault.Mount(
    name,
    { path: mountPath, type: "kv", options: { version: "2" }, description: metadataLine(record.metadata) },
    { parent },
  );
  const policy = new vault.Policy(
    name,
    { name: policyNameOf(name, secret), policy: readerPolicy(mountPath, record, secret) },
    { parent },
  );
  if (secret.entityIds !== undefined)
    new vault.identity.Group(
      name,
      {
        name: policyNameOf(name, secret),
        type: "internal",
        policies: [policy.name],
        memberEntityIds: secret.entityIds,
        metadata: vaultMetadata(record.metadata),
      },
      { parent },
    );
  return new vault.kv.SecretV2(
    name,
    {
      mount: mountPath,
      name: secret.consumer,
      dataJson: pulumi.secret(pulumi.jsonStringify(secret.data)),
      deleteAllVersions: true,
      customMetadata: {
        // One that was replaced is of no use to anybody.
        maxVersions: 1,
        deleteVersionAfter: secondsOf(record),
        data: { ...vaultMetadata(record.metadata), ...exceptionMarks(record, "nhi-") },
      },
    },
    { parent, dependsOn: mount, deletedWith: mount },
  );
}

const readerPolicy = (mountPath: string, { metadata }: ExceptionRecord, { consumer }: VaultSecretException) =>
  `# ${metadataLine(metadata)}
path "${mountPath}/data/${consumer}" {
  capabilities = ["read"]
}
`;
