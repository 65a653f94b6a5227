import { document } from "./document";
import { namespace } from "./namespace";

export const policy = document({
  idFormat: "<name>",
  prefix: "sys/policies/acl/",
  properties: {
    ...namespace,
    name: { kind: "string", autonamed: true, identity: true },
    policy: { kind: "string", required: true },
  },
});
