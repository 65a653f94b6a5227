import type { Property } from "../property";
import type { Plain, PlainValues } from "../values";
import { document } from "./document";
import { engineMount } from "./engine-mount";
import { namespace } from "./namespace";

const untold: Property = { kind: "string", unread: true };

export const rabbitMq = engineMount({
  type: "rabbitmq",
  configPath: "config/connection",
  isTold: false,
  password: { writeOnly: "passwordWo", version: "passwordWoVersion", api: "password" },
  config: {
    connectionUri: { ...untold, required: true },
    username: { ...untold, required: true, secret: true },
    verifyConnection: { kind: "boolean", default: true, unread: true },
    usernameTemplate: untold,
    passwordPolicy: untold,
  },
});

/** In the program a list of virtual hosts, on the server a map in JSON. */
const vhosts: Property = {
  kind: "list",
  toApi: (value) =>
    JSON.stringify(
      Object.fromEntries((value as PlainValues[]).map(({ host, ...rights }) => [host as string, rights])),
    ),
  fromApi: (raw) =>
    Object.entries(raw as Record<string, PlainValues>).map(([host, rights]) => ({
      host,
      ...rights,
    })),
  same: (ours, theirs) => sorted(ours) === sorted(theirs),
};

function sorted(value: Plain): string {
  const lines = (value as PlainValues[]).map(({ host, configure, read, write }) =>
    JSON.stringify([host, configure, read, write]),
  );
  return lines.sort().join();
}

export const rabbitMqRole = document({
  idFormat: "<backend>/roles/<name>",
  properties: {
    ...namespace,
    backend: { kind: "path", identity: true, required: true },
    name: { kind: "string", autonamed: true, identity: true },
    tags: { kind: "string", default: "" },
    vhosts,
  },
});
