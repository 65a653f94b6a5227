import { staticExceptionsExpire } from "../../../../policy-packs/nhi/rules/static-exceptions-expire";
import { unknownText } from "../../../support/analyze";
import { testRule } from "../../../support/rule-tester";

const component = "nhi:index:StaticCredentialException";
const user = "aws:iam/user:User";
const marks = {
  owner: "finance",
  reason: "the ERP takes nothing but a key",
  control: "an alarm on every use from elsewhere",
  approver: "security",
  expires: "2027-03-31",
};
const tagged = (change: Partial<Record<keyof typeof marks, string>> = {}) => ({
  tags: Object.fromEntries(
    Object.entries({ ...marks, ...change }).map(([key, value]) => [`nhi:exception-${key}`, value]),
  ),
});
const args = {
  metadata: { owner: "finance" },
  reason: "r",
  compensatingControl: "c",
  approvedBy: "security",
  expires: "2027-03-31",
};
const must = (property: string) => `${property} is missing, and an exception must have it`;
const others = ["reason", "control", "approver", "expires"];

testRule(staticExceptionsExpire, {
  allows: [
    { name: "an exception with all of it", type: user, props: tagged() },
    { name: "the component with all of it", type: component, props: args },
    { name: "an end in 90 days", type: user, props: tagged({ expires: "2027-04-15" }) },
    { name: "an end today", type: user, props: tagged({ expires: "2027-01-15" }) },
    {
      name: "an end within a ceiling of a team's own",
      type: user,
      props: tagged({ expires: "2027-12-31" }),
      config: { maxExceptionSeconds: 31_536_000 },
    },
    {
      name: "an approver of the team's own list",
      type: user,
      props: tagged(),
      config: { approvers: ["ciso", "Security "] },
    },
    { name: "what is no exception", type: user, props: { tags: { "nhi:owner": "finance" } } },
    { name: "tags of which nothing is known yet", type: user, props: { tags: unknownText } },
  ],
  blocks: [
    ...staticExceptionsExpire.types
      .filter((type) => type !== component)
      .map((type) => {
        const [place, key] = type.startsWith("vault:")
          ? ["metadata", "nhi-exception-owner"]
          : type.startsWith("gcp:")
            ? ["labels", "nhi-exception-owner"]
            : ["tags", "nhi:exception-owner"];
        return {
          name: `${type} with an owner alone`,
          type,
          props: { [place]: { [key]: "finance" } },
          says: others.map((name) => must(`${place}.nhi:exception-${name}`)),
        };
      }),
    {
      name: "the component without anything",
      type: component,
      props: {},
      says: ["metadata.owner", "reason", "compensatingControl", "approvedBy", "expires"].map(must),
    },
    {
      name: "an end that passed yesterday",
      type: user,
      props: tagged({ expires: "2027-01-14" }),
      says: ["tags.nhi:exception-expires is 2027-01-14, which has passed"],
    },
    {
      name: "an end in 91 days",
      type: user,
      props: tagged({ expires: "2027-04-16" }),
      says: ["tags.nhi:exception-expires is 2027-04-16, more than 90 days ahead"],
    },
    {
      name: "an end that never comes",
      type: component,
      props: { ...args, expires: "never" },
      says: ["expires is no day"],
    },
    {
      name: "a blank reason",
      type: user,
      props: tagged({ reason: "  " }),
      says: [must("tags.nhi:exception-reason")],
    },
    {
      name: "an approver who is not on the team's list",
      type: component,
      props: args,
      config: { approvers: ["ciso"] },
      says: ["approvedBy is nobody who may approve an exception"],
    },
    {
      name: "an owner who approves their own, in capitals",
      type: component,
      props: { ...args, approvedBy: " FINANCE" },
      says: ["approvedBy is the owner, and nobody approves an exception of their own"],
    },
  ],
  undecided: [
    {
      name: "an end that is not known yet",
      type: component,
      props: { ...args, expires: unknownText },
      says: ["expires is not known yet, and an exception must have it"],
    },
  ],
});
