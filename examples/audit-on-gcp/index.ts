import { GcpAuditLog, NhiKind } from "pulumi-nhi";

const audit = new GcpAuditLog("audit", {
  metadata: {
    owner: "security",
    purpose: "shows which machine did what",
    environment: "production",
    kind: NhiKind.Service,
    reviewBy: "2027-06-30",
  },
  projectId: "octo-audit",
  projectNumber: "123456789012",
  organizationId: "210987654321",
  location: "europe-west3",
});

// What to put alarms on in Cloud Monitoring.
export const metricNames = audit.metricNames;
