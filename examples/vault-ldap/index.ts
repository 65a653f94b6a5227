import * as pulumi from "@pulumi/pulumi";
import { LdapSecrets, NhiKind } from "pulumi-nhi";

const config = new pulumi.Config();

const directory = new LdapSecrets("directory", {
  metadata: {
    owner: "team-data",
    purpose: "reports from the directory",
    environment: "production",
    kind: NhiKind.Workload,
    reviewBy: "2027-06-30",
  },
  ldap: {
    url: config.get("url") ?? "ldaps://ldap.example.com",
    tlsCa: config.get("tlsCa"),
    bindDn: "cn=vault,dc=example,dc=com",
    // Of the first `up` only: Vault replaces it with one that nobody has seen.
    bootstrapPassword: config.requireSecret("ldapPassword"),
    userDn: "ou=machines,dc=example,dc=com",
  },
  roles: [{ name: "reports", groups: ["cn=readers,dc=example,dc=com"] }],
  librarySets: [{ name: "batch", accounts: ["batch-1", "batch-2"] }],
});

export const paths = directory.credentialPaths;
export const policies = directory.policyNames;
