import { formProblem, uuid, type Form } from "./exact";
import { each, type Source } from "./source";

/**
 * Pipelines of Azure DevOps that use one service connection, whose issuer is Azure DevOps itself. A connection whose
 * issuer is Microsoft Entra (`login.microsoftonline.com`) goes into `workloads.oidc` with the subject that it shows.
 */
export interface AzureDevopsWorkload {
  /** The organisation's GUID, the end of the issuer that the service connection shows. */
  organizationId: string;
  /** The organisation's name. */
  organization: string;
  /** The project's name. */
  project: string;
  /** The service connection's name. Which pipelines may use it is decided there. */
  serviceConnection: string;
}

/** Azure DevOps. */
export const azureDevops: Source<AzureDevopsWorkload> = {
  title: "Azure DevOps",
  problem: each(
    "azureDevops",
    (workload, where) =>
      formProblem(`${where}.organizationId`, workload.organizationId, uuid) ??
      formProblem(`${where}.organization`, workload.organization, organizationName) ??
      formProblem(`${where}.project`, workload.project, name) ??
      formProblem(`${where}.serviceConnection`, workload.serviceConnection, name),
  ),
  proof: ({ organizationId, organization, project, serviceConnection }) => ({
    token: {
      issuer: `vstoken.dev.azure.com/${organizationId}`,
      subjects: [`sc://${organization}/${project}/${serviceConnection}`],
      claims: {},
      awsClaims: [],
      // The same for every service connection there is: it is the subject that tells them apart.
      audience: { aws: tokenExchange, gcp: tokenExchange, vault: tokenExchange },
      choosesAudience: false,
      identity: "sub",
      trail: [],
    },
  }),
  examples: [
    {
      organizationId: "2f3f4a5b-6c7d-4e8f-9a0b-1c2d3e4f5a6b",
      organization: "octo",
      project: "Web Shop",
      serviceConnection: "aws-production",
    },
  ],
};

const tokenExchange = "api://AzureADTokenExchange";

const organizationName: Form = {
  pattern: /^[a-z0-9]([a-z0-9-]{0,48}[a-z0-9])?$/i,
  says: "the organisation's name as it stands in the address (letters, digits and -)",
};
const name: Form = {
  pattern: /^(?! )[\p{L}\p{N} ._()-]{1,64}(?<! )$/u,
  says: "its name (letters, digits, spaces and - _ . ( ), no slash)",
};
