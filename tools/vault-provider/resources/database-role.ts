import { document } from "./document";
import { namespace } from "./namespace";

export const databaseRole = document({
  idFormat: "<backend>/roles/<name>",
  properties: {
    ...namespace,
    backend: { kind: "path", identity: true, required: true },
    name: { kind: "string", autonamed: true, identity: true },
    dbName: { kind: "string", replaces: true, required: true },
    creationStatements: { kind: "list", required: true },
    revocationStatements: { kind: "list" },
    rollbackStatements: { kind: "list" },
    renewStatements: { kind: "list" },
    defaultTtl: { kind: "integer" },
    maxTtl: { kind: "integer" },
    credentialType: { kind: "string", computed: true },
  },
});
