import type { Property } from "../property";
import { document } from "./document";
import { engineMount } from "./engine-mount";
import { namespace } from "./namespace";

const chosen: Property = { kind: "string", computed: true };
const seconds: Property = { kind: "integer", computed: true };

export const ldap = engineMount({
  type: "ldap",
  configPath: "config",
  isTold: true,
  password: { writeOnly: "bindpassWo", version: "bindpassWoVersion", api: "bindpass" },
  config: {
    binddn: { kind: "string", required: true },
    url: chosen,
    starttls: { kind: "boolean", computed: true },
    insecureTls: { kind: "boolean" },
    certificate: { kind: "string", unread: true },
    schema: chosen,
    userdn: { kind: "string" },
    userattr: chosen,
    passwordPolicy: { kind: "string" },
    connectionTimeout: { kind: "integer", default: 30 },
    requestTimeout: seconds,
    credentialType: chosen,
    skipStaticRoleImportRotation: { kind: "boolean" },
  },
});

const at = { mount: { kind: "path", identity: true } } as const;

export const ldapDynamicRole = document({
  idFormat: "<mount>/role/<roleName>",
  properties: {
    ...namespace,
    ...at,
    roleName: { kind: "string", identity: true, required: true },
    creationLdif: { kind: "string", required: true },
    deletionLdif: { kind: "string", required: true },
    rollbackLdif: { kind: "string" },
    usernameTemplate: { kind: "string" },
    defaultTtl: { kind: "integer" },
    maxTtl: { kind: "integer" },
  },
});

export const ldapLibrarySet = document({
  idFormat: "<mount>/library/<name>",
  properties: {
    ...namespace,
    ...at,
    name: { kind: "string", autonamed: true, identity: true },
    serviceAccountNames: { kind: "list", required: true, replaces: true },
    ttl: seconds,
    maxTtl: seconds,
    disableCheckInEnforcement: { kind: "boolean" },
  },
});
