import { endOfDay } from "../duration";
import {
  exceptionPlaces,
  exceptionType,
  type Part,
  recordFindings,
  recordOf,
  textOf,
} from "../exception-record";
import type { Resource, ResourceRule } from "../rule";
import { unknown } from "../value";
import { fail, type Finding } from "../verdict";

export const staticExceptionsExpire: ResourceRule = {
  id: "static-exceptions-expire",
  title:
    "A static credential that stays for a while has an owner, a reason, a control beside it, an approver and an end.",
  why: "An exception that nobody has to renew is how a standing secret becomes permanent.",
  fix: "Replace the credential, or have the exception approved again with a new end.",
  severity: "high",
  enforcement: "mandatory",
  topic: "static-exception",
  doesNotSee:
    "Whether the control beside it works, whether the approver has agreed, and a static credential that is not marked as an exception: other rules refuse that one.",
  whenNot: "A vendor's migration that is known to take longer: raise maxExceptionSeconds for its stack.",
  ceilings: {
    maxExceptionSeconds: {
      seconds: 7_776_000,
      says: "How far ahead an exception may end. Default: 7776000, which is 90 days.",
    },
  },
  lists: {
    approvers: {
      values: [],
      says: "Who may approve an exception. Default: anybody but its owner.",
    },
  },
  samples: {
    bad: `
new aws.iam.User("legacy-erp", {
  tags: {
    "nhi:exception-owner": "finance",
    "nhi:exception-reason": "the ERP takes nothing but a key",
    "nhi:exception-expires": "2024-03-31",
  },
});
`,
    good: `
new aws.iam.User("legacy-erp", { tags: { "nhi:owner": "finance" } });
`,
  },
  types: [exceptionType, ...Object.keys(exceptionPlaces)],
  check(resource) {
    const parts = recordOf(resource);
    // Without one of the marks nothing says that it is an exception, which is what other rules are for.
    const isException =
      resource.type === exceptionType || parts.some(({ mark }) => mark !== undefined && mark !== unknown);
    return isException
      ? [
          ...recordFindings(parts, resource.now),
          ...wrongApprover(resource, parts),
          ...tooFarAhead(resource, parts),
        ]
      : [];
  },
};

function wrongApprover(resource: Resource, parts: Part[]): Finding[] {
  const approvers = resource.list("approvers").map((name) => name.trim().toLowerCase());
  const approver = textOf(parts, "exception-approver");
  const property = parts.find(({ name }) => name === "exception-approver")?.property ?? "";
  return approver === "" || approvers.length === 0 || approvers.includes(approver.toLowerCase())
    ? []
    : [fail(property, "is nobody who may approve an exception", "Have one of approvers approve it.")];
}

function tooFarAhead(resource: Resource, parts: Part[]): Finding[] {
  const expires = textOf(parts, "exception-expires");
  const property = parts.find(({ name }) => name === "exception-expires")?.property ?? "";
  const ceiling = resource.ceiling("maxExceptionSeconds");
  // The day itself counts whole: an exception of 90 days that is made at noon ends with the 90th day.
  return endOfDay(expires) - resource.now > (ceiling + 86_400) * 1000
    ? [
        fail(
          property,
          `is ${expires}, more than ${Math.floor(ceiling / 86_400)} days ahead`,
          "Name an earlier day.",
        ),
      ]
    : [];
}
