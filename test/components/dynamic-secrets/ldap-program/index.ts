import * as pulumi from "@pulumi/pulumi";
import { LdapSecrets, NhiKind } from "../../../../components";

const {
  URL = "",
  CERTIFICATE = "",
  BIND_DN = "",
  PASSWORD = "",
  VERSION = "1",
  MAX_TTL = "900",
} = process.env;

new LdapSecrets("directory", {
  metadata: {
    owner: "team-data",
    purpose: "reports from the directory",
    environment: "production",
    kind: NhiKind.Workload,
    reviewBy: "2027-06-30",
  },
  ldap: {
    url: URL,
    tlsCa: CERTIFICATE,
    bindDn: BIND_DN,
    bootstrapPassword: pulumi.secret(PASSWORD),
    bootstrapVersion: Number(VERSION),
    userDn: "ou=machines,dc=example,dc=com",
  },
  roles: [
    { name: "reports", groups: ["cn=readers,dc=example,dc=com"], maxTtlSeconds: Number(MAX_TTL) },
    // A group that is not there: what was made before has to go again.
    { name: "broken", groups: ["cn=nobody,dc=example,dc=com"] },
  ],
  librarySets: [{ name: "batch", accounts: ["batch-1", "batch-2"] }],
});
