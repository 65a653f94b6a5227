import { document } from "./document";
import { namespace } from "./namespace";

const limits = {
  ...namespace,
  name: { kind: "string", autonamed: true, identity: true },
  path: { kind: "path" },
  role: { kind: "string" },
  inheritable: { kind: "boolean", computed: true },
} as const;

export const rateLimitQuota = document({
  idFormat: "<name>",
  prefix: "sys/quotas/rate-limit/",
  properties: { ...limits, rate: { kind: "integer", required: true } },
});

export const leaseCountQuota = document({
  idFormat: "<name>",
  prefix: "sys/quotas/lease-count/",
  properties: { ...limits, maxLeases: { kind: "integer", required: true } },
});
