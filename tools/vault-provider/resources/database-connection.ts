import { goDuration, seconds } from "../duration";
import type { Vault } from "../http";
import { fromAnswer, toBody, type Properties, type Property } from "../property";
import type { Failure, ResourceType } from "../resource-type";
import { isObject, opened, type Plain, type PlainValues, type Values } from "../values";
import { document } from "./document";
import { namespace } from "./namespace";

const lifetime: Property = {
  kind: "integer",
  toApi: (value) => (typeof value === "number" ? goDuration(value) : value),
  fromApi: (raw) => seconds(raw) ?? raw,
};

/** What every kind of database has that Vault reaches by a URL. */
const shared: Properties = {
  connectionUrl: { kind: "string", same: isMasked },
  username: { kind: "string" },
  // Sent when the resource is made and when they change: Vault may have rotated the password since.
  password: { kind: "string", secret: true, unread: true, unsent: true },
  passwordWo: { kind: "string", writeOnly: true },
  passwordWoVersion: { kind: "integer", unread: true, unsent: true },
  usernameTemplate: { kind: "string" },
  maxOpenConnections: { kind: "integer", default: 2 },
  maxIdleConnections: { kind: "integer" },
  maxConnectionLifetime: lifetime,
};
const cloud: Properties = {
  authType: { kind: "string" },
  serviceAccountJson: { kind: "string", secret: true, unread: true },
};

/** The kinds of databases, by the block that each has, and the plugin of Vault's that is for it. */
const kinds: Record<string, { plugin: string; block: Properties }> = {
  postgresql: {
    plugin: "postgresql-database-plugin",
    block: {
      ...shared,
      ...cloud,
      passwordAuthentication: { kind: "string", default: "password" },
      disableEscaping: { kind: "boolean" },
      tlsCa: { kind: "string" },
      tlsCertificate: { kind: "string" },
      privateKey: { kind: "string", secret: true, unread: true },
    },
  },
  mysql: {
    plugin: "mysql-database-plugin",
    block: {
      ...shared,
      ...cloud,
      tlsCa: { kind: "string" },
      tlsCertificateKey: { kind: "string", secret: true, unread: true },
    },
  },
  mssql: {
    plugin: "mssql-database-plugin",
    block: { ...shared, containedDb: { kind: "boolean" }, disableEscaping: { kind: "boolean" } },
  },
  mongodb: {
    plugin: "mongodb-database-plugin",
    block: {
      ...shared,
      tlsCa: { kind: "string" },
      tlsCertificateKey: { kind: "string", secret: true, unread: true },
      writeConcern: { kind: "string" },
    },
  },
};
const blocks = Object.fromEntries(
  Object.entries(kinds).map(([kind, { block }]): [string, Property] => [kind, { kind: "block", block }]),
);

const connection = document({
  idFormat: "<backend>/config/<name>",
  failures,
  properties: {
    ...namespace,
    backend: { kind: "path", identity: true, required: true },
    name: { kind: "string", autonamed: true, identity: true },
    allowedRoles: { kind: "list" },
    pluginName: { kind: "string", computed: true },
    pluginVersion: { kind: "string" },
    passwordPolicy: { kind: "string" },
    rootRotationStatements: { kind: "list", readAs: "root_credentials_rotate_statements" },
    rotationPeriod: { kind: "integer" },
    rotationSchedule: { kind: "string" },
    rotationWindow: { kind: "integer" },
    disableAutomatedRotation: { kind: "boolean" },
    verifyConnection: { kind: "boolean", default: true, unread: true },
    ...blocks,
  },
});

/** The connection of a database engine to a server. */
export const databaseConnection: ResourceType = {
  ...connection,
  create: (vault, inputs) => write(vault, inputs),
  update: write,
  async read(vault, known) {
    const answer = await vault.read(connection.id(known));
    if (!answer) return undefined;
    const [kind] = Object.entries(kinds).find(([, { plugin }]) => plugin === answer.plugin_name) ?? [];
    return {
      ...fromAnswer(connection.properties, answer),
      ...(kind !== undefined && {
        [kind]: fromAnswer(kinds[kind]?.block ?? {}, blockIn(answer.connection_details)),
      }),
    };
  },
};

async function write(vault: Vault, inputs: PlainValues, state: PlainValues = {}): Promise<undefined> {
  const given = Object.entries(kinds).find(([kind]) => inputs[kind] !== undefined);
  const [kind, { plugin, block }] = given ?? ["", { plugin: "", block: {} }];
  const [now, before] = [blockIn(inputs[kind]), blockIn(state[kind])];
  const password = passwordToSend(now, before);
  await vault.write(connection.id(inputs), {
    plugin_name: plugin,
    ...toBody(connection.properties, inputs, state),
    ...toBody(block, now, before),
    ...(password !== undefined && { password }),
  });
  return undefined;
}

/** Vault never tells the password, and after a rotation it knows another one than the program: only a new one is sent. */
function passwordToSend(now: PlainValues, before: PlainValues): Plain | undefined {
  if (now.passwordWoVersion !== before.passwordWoVersion && now.passwordWo !== undefined)
    return now.passwordWo;
  return now.password === before.password ? undefined : now.password;
}

function failures(inputs: Values): Failure[] {
  const given = Object.keys(kinds).filter((kind) => inputs[kind] !== undefined);
  const [kind = ""] = given;
  if (given.length !== 1) {
    const got = given.join(" and ") || "none";
    const reason = `exactly one of ${Object.keys(kinds).join(", ")} must be given, got ${got}.`;
    return [{ property: "", reason }];
  }
  const block = opened(inputs[kind]);
  if (block === undefined || !isObject(block)) return [];
  if (block.passwordWo === undefined || block.passwordWoVersion !== undefined) return [];
  return [
    {
      property: `${kind}.passwordWoVersion`,
      reason: "must be given with passwordWo: the password is sent when the version changes, and only then.",
    },
  ];
}

/** Vault puts stars where a URL has a password. */
function isMasked(ours: Plain, theirs: Plain): boolean {
  if (typeof ours !== "string" || typeof theirs !== "string") return false;
  const [head, tail, ...more] = theirs.split("*****");
  return tail !== undefined && more.length === 0 && ours.startsWith(head ?? "") && ours.endsWith(tail);
}

function blockIn(value: Plain | undefined): PlainValues {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value : {};
}
