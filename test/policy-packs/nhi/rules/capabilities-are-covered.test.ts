import { capabilities, typesOf } from "../../../../policy-packs/nhi/capabilities";
import { capabilitiesAreCovered } from "../../../../policy-packs/nhi/rules/capabilities-are-covered";
import type { Given, Props } from "../../../support/analyze";
import { testStackRule } from "../../../support/rule-tester";

const one = (type: string, props: Props = {}): Given => ({ type, name: type, props });
const identity = one("vault:jwt/authBackendRole:AuthBackendRole");
const dynamic = one("vault:database/secretBackendRole:SecretBackendRole");
const audit = one("vault:index/audit:Audit");
const jit = one("aws:iam/role:Role", { tags: { "nhi:jit": "true" } });
const lacks = (...what: string[]) =>
  `pulumi:pulumi:Stack "the stack": its resources have ${what.join(", and ")}`;
const no = {
  identity: "no identity that a machine signs in with",
  jit: "no access that is granted just in time",
  dynamic: "no secrets that are made for one use",
  audit: "no audit log",
};

testStackRule(capabilitiesAreCovered, {
  allows: [
    { name: "all of them", resources: [identity, jit, dynamic, audit] },
    { name: "leases of Vault's, which are asked for in time", resources: [identity, dynamic, audit] },
    {
      name: "what other stacks have",
      resources: [identity, dynamic],
      config: { coveredElsewhere: ["audit"] },
    },
    ...capabilities.flatMap(typesOf).map((type) => ({ name: `${type} alone`, resources: [one(type)] })),
  ],
  blocks: [
    {
      name: "identities and an audit log alone",
      resources: [identity, audit],
      says: [lacks(no.jit, no.dynamic)],
    },
    {
      name: "identities and dynamic secrets without an audit log",
      resources: [identity, dynamic],
      says: [lacks(no.audit)],
    },
    {
      name: "roles for just-in-time access without anything beside",
      resources: [jit],
      says: [lacks(no.dynamic, no.audit)],
    },
    {
      name: "dynamic secrets and an audit log alone",
      resources: [dynamic, audit],
      says: [lacks(no.identity)],
    },
    {
      name: "an audit log that is off",
      resources: [identity, dynamic, one("aws:cloudtrail/trail:Trail", { enableLogging: false })],
      says: [lacks(no.audit)],
    },
    {
      name: "what the setting leaves out",
      resources: [identity, audit],
      config: { coveredElsewhere: ["jit-access"] },
      says: [lacks(no.dynamic)],
    },
  ],
});
