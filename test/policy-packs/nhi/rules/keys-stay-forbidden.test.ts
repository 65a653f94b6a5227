import { keysStayForbidden } from "../../../../policy-packs/nhi/rules/keys-stay-forbidden";
import { unknownText } from "../../../support/analyze";
import { testRule } from "../../../support/rule-tester";

const policy = "gcp:orgpolicy/policy:Policy";
const project = "gcp:projects/organizationPolicy:OrganizationPolicy";
const name = "projects/octo-web/policies/iam.managed.disableServiceAccountKeyCreation";
const extension = "organizations/1/policies/iam.allowServiceAccountCredentialLifetimeExtension";
const constraint = "constraints/iam.disableServiceAccountKeyUpload";
const off = { constraint, booleanPolicy: { enforced: false } };
const switchedOff = "booleanPolicy.enforced switches off iam.disableServiceAccountKeyUpload";

testRule(keysStayForbidden, {
  allows: [
    {
      name: "a constraint that is enforced",
      type: policy,
      props: { name, spec: { rules: [{ enforce: "TRUE" }] } },
    },
    { name: "in lower case", type: policy, props: { name, spec: { rules: [{ enforce: "true" }] } } },
    {
      name: "a dry run beside it",
      type: policy,
      props: { name, spec: { rules: [{ enforce: "TRUE" }] }, dryRunSpec: { rules: [{ enforce: "FALSE" }] } },
    },
    {
      name: "another constraint",
      type: policy,
      props: { name: "projects/p/policies/compute.requireOsLogin", spec: { rules: [{ enforce: "FALSE" }] } },
    },
    {
      name: "long tokens for one account",
      type: policy,
      props: {
        name: extension,
        spec: { rules: [{ values: { allowedValues: ["batch@p.iam.gserviceaccount.com"] } }] },
      },
    },
    {
      name: "the former resource, enforced",
      type: project,
      props: { constraint, booleanPolicy: { enforced: true } },
    },
  ],
  blocks: [
    {
      name: "a constraint that is off",
      type: policy,
      props: { name, spec: { rules: [{ enforce: "FALSE" }] } },
      says: ["spec.rules[0].enforce switches off iam.managed.disableServiceAccountKeyCreation"],
    },
    {
      name: "an exception behind one that is on",
      type: policy,
      props: {
        name,
        spec: { rules: [{ enforce: "TRUE" }, { enforce: "FALSE", condition: { expression: "x" } }] },
      },
      says: ["spec.rules[1].enforce switches off iam.managed.disableServiceAccountKeyCreation"],
    },
    {
      name: "a dry run alone",
      type: policy,
      props: { name, dryRunSpec: { rules: [{ enforce: "TRUE" }] } },
      says: [
        "spec is not set: iam.managed.disableServiceAccountKeyCreation holds in a dry run only, which stops nobody",
      ],
    },
    {
      name: "a reset",
      type: policy,
      props: { name, spec: { reset: true } },
      says: ["spec.reset sets iam.managed.disableServiceAccountKeyCreation back to Google's default"],
    },
    {
      name: "long tokens for every account",
      type: policy,
      props: { name: extension, spec: { rules: [{ allowAll: "TRUE" }] } },
      says: ["spec.rules[0].allowAll lets every service account have tokens of twelve hours"],
    },
    ...["Policy", "FolderPolicy", "OrganizationPolicy"].map((form) => ({
      name: `google-native's ${form}, off`,
      type: `google-native:orgpolicy/v2:${form}`,
      props: { name, spec: { rules: [{ enforce: false }] } },
      says: ["spec.rules[0].enforce switches off iam.managed.disableServiceAccountKeyCreation"],
    })),
    { name: "the former resource of a project, off", type: project, props: off, says: [switchedOff] },
    {
      name: "the former resource of a folder, off",
      type: "gcp:folder/organizationPolicy:OrganizationPolicy",
      props: off,
      says: [switchedOff],
    },
    {
      name: "the former resource of an organisation, restored",
      type: "gcp:organizations/policy:Policy",
      props: { constraint, restorePolicy: { default: true } },
      says: ["restorePolicy sets iam.disableServiceAccountKeyUpload back to Google's default"],
    },
  ],
  undecided: [
    {
      name: "a rule that is not known yet",
      type: policy,
      props: { name, spec: unknownText },
      says: ["spec is not known yet"],
    },
    {
      name: "an enforcement that is not known yet",
      type: project,
      props: { constraint, booleanPolicy: { enforced: unknownText } },
      says: ["booleanPolicy.enforced is not known yet"],
    },
  ],
});
