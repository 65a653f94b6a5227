import { gcpHumanUse } from "../../../../policy-packs/nhi/gcp/human-use";
import type { Props } from "../../../support/analyze";
import type { RuleCases } from "../../../support/rule-tester";
import { inFormOf, somebodys } from "./members";

const account = "gcp:serviceaccount/iAMMember:IAMMember";
const project = "gcp:projects/iAMMember:IAMMember";
const creator = "roles/iam.serviceAccountTokenCreator";
const acts = "lets people act as a machine, for as long as the binding stands";
const actsAsAll = "lets people act as every service account below";

const types = Object.keys(gcpHumanUse);
const isProvider = (type: string) => type.endsWith("WorkforcePoolProvider");
const isOfAccount = (type: string) => /serviceaccount|ServiceAccount/.test(type);
const allowed = (name: string, type: string, props: Props) => ({ name, type, props });

/** People and machines of GCP. */
export const gcpHumanUseCases: Required<Pick<RuleCases, "allows" | "blocks">> = {
  allows: [
    allowed("a machine that acts as another", account, { role: creator, member: somebodys.machine }),
    allowed("a workload that acts as a service account", account, {
      role: "roles/iam.workloadIdentityUser",
      member: somebodys.workload,
    }),
    allowed("people who look at a service account", account, {
      role: "roles/iam.serviceAccountViewer",
      member: somebodys.group,
    }),
    allowed("people who act as one until some day", account, {
      role: creator,
      member: somebodys.group,
      condition: { title: "until", expression: "request.time < timestamp('2027-01-16T00:00:00Z')" },
    }),
    allowed("a member that is not known yet", account, { role: creator, member: somebodys.notKnown }),
    allowed("a company's own issuer", "gcp:iam/workforcePoolProvider:WorkforcePoolProvider", {
      oidc: { issuerUri: "https://acme.okta.com" },
    }),
  ],
  blocks: [
    ...types.filter(isProvider).map((type) => ({
      name: `programs that come in as people, by ${type}`,
      type,
      props: { oidc: { issuerUri: "https://token.actions.githubusercontent.com/" } },
      says: ["oidc.issuerUri is GitHub Actions: its programs come in as people"],
    })),
    ...types
      .filter((type) => !isProvider(type))
      .map((type) => {
        const { props, property } = inFormOf(type, creator, somebodys.group);
        return {
          name: `people who act as machines, by ${type}`,
          type,
          props,
          says: [`${property} ${isOfAccount(type) ? acts : actsAsAll}`],
          ...(isOfAccount(type) && { level: "advisory" as const }),
        };
      }),
    {
      name: "people of a workforce pool, in another role",
      type: account,
      props: {
        role: "roles/iam.workloadIdentityUser",
        member:
          "principal://iam.googleapis.com/locations/global/workforcePools/people/subject/a@acme.example",
      },
      says: [`member ${acts}`],
      level: "advisory" as const,
    },
    {
      name: "a condition without an end",
      type: project,
      props: {
        role: creator,
        member: "user:a@acme.example",
        condition: { expression: "request.time > timestamp('2027-01-16T00:00:00Z')" },
      },
      says: [`member ${actsAsAll}`],
    },
  ],
};
