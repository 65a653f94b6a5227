import { platformOf, type Platform, platforms, provides, typesOf } from "../capabilities";
import type { StackResource, StackRule } from "../rule";
import { fail } from "../verdict";

interface Audit {
  says: string;
  fix: string;
}

const audits: Record<Platform, Audit> = {
  aws: {
    says: "make identities of AWS, and none of them is a CloudTrail trail or event data store that is on",
    fix: 'Add a trail for all regions, or put "aws" into auditedElsewhere where the organisation has one.',
  },
  gcp: {
    says: "make identities of GCP, and none of them is an audit configuration",
    fix: 'Add gcp.projects.IAMAuditConfig for allServices, or put "gcp" into auditedElsewhere where the folder or the organisation has one.',
  },
  vault: {
    says: "let machines in to Vault, and none of them is an audit device",
    fix: 'Add two audit devices, as Vault stops where its only one is blocked, or put "vault" into auditedElsewhere where another stack has them.',
  },
};

export const identitiesAreAudited: StackRule = {
  id: "identities-are-audited",
  title: "Where identities are made, what is done with them is written down.",
  why: "Without a trail nobody can tell whether a credential was used, by whom and for what.",
  fix: "Add the platform's audit log to the stack, or name the platform in auditedElsewhere.",
  severity: "medium",
  enforcement: "advisory",
  topic: "missing-audit",
  doesNotSee:
    "Audit logs of another stack, and what a log leaves out or who may change it: the rule about audit logs judges that.",
  whenNot:
    "Name a platform in auditedElsewhere, once for all stacks, where an organisation's trail or another stack sees to it.",
  samples: {
    bad: `
new vault.jwt.AuthBackend("github", {
  path: "github",
  oidcDiscoveryUrl: "https://token.actions.githubusercontent.com",
});
`,
    good: `
new vault.Audit("file", { type: "file", options: { file_path: "/vault/logs/audit.log" } });
new vault.Audit("collector", { type: "socket", options: { address: "collector.internal:9090" } });
new vault.jwt.AuthBackend("github", {
  path: "github",
  oidcDiscoveryUrl: "https://token.actions.githubusercontent.com",
});
`,
  },
  lists: {
    auditedElsewhere: {
      values: [],
      says: "Platforms whose audit log is in another stack: aws, gcp, vault. Default: none.",
    },
  },
  types: [...typesOf("identity"), ...typesOf("dynamic-secrets"), ...typesOf("audit")],
  checkStack: (resources) =>
    platforms
      .filter((platform) =>
        lacksAudit(
          resources.filter(({ type }) => platformOf(type) === platform),
          platform,
        ),
      )
      .map((platform) => ({
        ...fail("its resources", audits[platform].says, audits[platform].fix),
        resource: undefined,
      })),
};

function lacksAudit(resources: readonly StackResource[], platform: Platform): boolean {
  const used = resources.find(
    (resource) => provides(resource, "identity") || provides(resource, "dynamic-secrets"),
  );
  return (
    used !== undefined &&
    !used.list("auditedElsewhere").includes(platform) &&
    !resources.some((resource) => provides(resource, "audit"))
  );
}
