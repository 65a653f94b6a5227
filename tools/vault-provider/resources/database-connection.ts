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

const postgresql: Properties = {
  connectionUrl: { kind: "string", same: isMasked },
  username: { kind: "string" },
  // Sent when the resource is made and when they change: Vault may have rotated the password since.
  password: { kind: "string", secret: true, unread: true, unsent: true },
  passwordWo: { kind: "string", writeOnly: true },
  passwordWoVersion: { kind: "integer", unread: true, unsent: true },
  passwordAuthentication: { kind: "string", default: "password" },
  authType: { kind: "string" },
  serviceAccountJson: { kind: "string", secret: true, unread: true },
  usernameTemplate: { kind: "string" },
  disableEscaping: { kind: "boolean" },
  maxOpenConnections: { kind: "integer", default: 2 },
  maxIdleConnections: { kind: "integer" },
  maxConnectionLifetime: lifetime,
  tlsCa: { kind: "string" },
  tlsCertificate: { kind: "string" },
  privateKey: { kind: "string", secret: true, unread: true },
};

const shared = document({
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
    verifyConnection: { kind: "boolean", default: true, unread: true },
    postgresql: { kind: "block", block: postgresql, required: true },
  },
});

/** The connection of a database engine to a PostgreSQL server. */
export const databaseConnection: ResourceType = {
  ...shared,
  create: (vault, inputs) => write(vault, inputs),
  update: write,
  async read(vault, known) {
    const answer = await vault.read(shared.id(known));
    if (!answer) return undefined;
    return {
      ...fromAnswer(shared.properties, answer),
      postgresql: fromAnswer(postgresql, block(answer.connection_details)),
    };
  },
};

async function write(vault: Vault, inputs: PlainValues, state: PlainValues = {}): Promise<undefined> {
  const [now, before] = [block(inputs.postgresql), block(state.postgresql)];
  const password = passwordToSend(now, before);
  await vault.write(shared.id(inputs), {
    plugin_name: "postgresql-database-plugin",
    ...toBody(shared.properties, inputs, state),
    ...toBody(postgresql, now, before),
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
  const given = opened(inputs.postgresql);
  if (given === undefined || !isObject(given)) return [];
  if (given.passwordWo === undefined || given.passwordWoVersion !== undefined) return [];
  return [
    {
      property: "postgresql.passwordWoVersion",
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

function block(value: Plain | undefined): PlainValues {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value : {};
}
