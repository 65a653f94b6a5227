import * as pulumi from "@pulumi/pulumi";
import * as vault from "@pulumi/vault";
import type { Connected, Connection } from "./engine";
import type { DatabaseServer } from "./server";

/** What the provider's block of every database but Redis has. */
interface Block {
  connectionUrl: pulumi.Output<string>;
  username: string;
  passwordWo?: pulumi.Output<string>;
  passwordWoVersion: number;
}

/** A connection whose first password is sent once and kept nowhere: databases that Vault reaches by a URL. */
export function sqlConnection(
  name: string,
  { username, bootstrapPassword, bootstrapVersion = 1, rootRotation = {} }: DatabaseServer,
  { mountPath, name: connectionName, host, allowedRoles }: Connection,
  blockOf: (block: Block) => Partial<vault.database.SecretBackendConnectionArgs>,
  urlOf: (host: string) => string,
  opts: pulumi.CustomResourceOptions,
): Connected {
  const args = blockOf({
    connectionUrl: host.apply(urlOf),
    username,
    ...(bootstrapPassword === undefined ? {} : { passwordWo: pulumi.secret(bootstrapPassword) }),
    // The provider sends the password when this number changes and at no other time. A later update of the
    // connection leaves the rotated one alone, whether or not bootstrapPassword is still given.
    passwordWoVersion: bootstrapVersion,
  });
  const made = new vault.database.SecretBackendConnection(
    name,
    {
      backend: mountPath,
      name: connectionName,
      allowedRoles,
      verifyConnection: true,
      ...args,
      ...(rootRotation.periodSeconds !== undefined && { rotationPeriod: rootRotation.periodSeconds }),
      ...(rootRotation.schedule !== undefined && { rotationSchedule: rootRotation.schedule }),
      ...(rootRotation.windowSeconds !== undefined && { rotationWindow: rootRotation.windowSeconds }),
    },
    { ...opts, additionalSecretOutputs: Object.keys(args) },
  );
  return { made };
}
