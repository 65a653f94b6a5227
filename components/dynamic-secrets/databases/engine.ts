import type * as pulumi from "@pulumi/pulumi";
import type { Problem } from "../../refusal";
import type { DatabaseRole, DatabaseStatements } from "./role";
import type { DatabaseServer } from "./server";

/** One kind of database: what Vault's plugin for it takes, and what is wrong with what is given for it. */
export interface DatabaseEngine<Server extends DatabaseServer> {
  /** What it is called in messages. */
  title: string;
  /** Whether Vault's plugin runs `renewStatements`. The others take them and do nothing. */
  runsRenewal?: true;
  problem(where: string, server: Server): Problem;
  hostProblem(where: string, host: string, server: Server): Problem;
  /** Makes the connection, with the password that Vault starts with. */
  connect(
    name: string,
    server: Server,
    connection: Connection,
    opts: pulumi.CustomResourceOptions,
  ): Connected;
  /** The statements of a role, from its preset or as they are given. */
  statements(role: DatabaseRole): DatabaseStatements;
  /** What is wrong with a role's preset, or with statements of its own. Never shows them. */
  roleProblem(where: string, role: DatabaseRole): Problem;
}

/** A connection in a mount. */
export interface Connection {
  mountPath: string;
  /** What it is called in Vault. */
  name: string;
  /** The host, which is checked when it is known. */
  host: pulumi.Output<string>;
  allowedRoles: string[];
}

export interface Connected {
  /** What the rotation waits for. */
  made: pulumi.Resource;
  /** What is written when the rotation is done, where the provider would send the first password again. */
  settle?: (rotation: pulumi.Resource) => pulumi.Resource;
}
