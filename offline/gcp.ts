import { version } from "@pulumi/gcp/package.json";
import { suffix, text, tokenParts } from "./names";
import type { OfflineCloud, Properties, Resource } from "./server";

export const projectId = "offline-project";
const projectNumber = "100000000001";
const region = "us-central1";

/** The property that holds a resource's own id, by type. */
const nameProperty: Record<string, string> = {
  "gcp:serviceaccount/account:Account": "accountId",
  "gcp:iam/workloadIdentityPool:WorkloadIdentityPool": "workloadIdentityPoolId",
  "gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider": "workloadIdentityPoolProviderId",
};

export const gcp: OfflineCloud = {
  package: "gcp",
  version,

  replaces: new Set(["name", "project", ...Object.values(nameProperty)]),

  check({ inputs }) {
    return inputs;
  },

  created(resource) {
    const id = idOf(resource);
    return {
      id,
      outputs: { ...computed(resource), project: text(resource.inputs, "project") ?? projectId, name: id },
    };
  },

  invoke(token, args) {
    return answers[token]?.(args);
  },
};

function idOf(resource: Resource): string {
  const { type, inputs } = resource;
  const project = text(inputs, "project") ?? projectId;
  const pools = `projects/${project}/locations/global/workloadIdentityPools`;
  switch (type) {
    case "gcp:serviceaccount/account:Account":
      return `projects/${project}/serviceAccounts/${emailOf(resource)}`;
    case "gcp:serviceaccount/key:Key":
      return `${text(inputs, "serviceAccountId") ?? `projects/${project}/serviceAccounts/unknown`}/keys/${suffix(resource.name, 40)}`;
    case "gcp:iam/workloadIdentityPool:WorkloadIdentityPool":
      return `${pools}/${ownName(resource)}`;
    case "gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider":
      return `${pools}/${text(inputs, "workloadIdentityPoolId") ?? "unknown"}/providers/${ownName(resource)}`;
    default: {
      const { service, kind } = tokenParts(type);
      return `projects/${project}/${service}/${kind}/${ownName(resource)}`;
    }
  }
}

function computed(resource: Resource): Properties {
  // Whom a log sink writes as: GCP makes the identity up with the sink.
  if (/^gcp:logging\/\w+Sink:/.test(resource.type))
    return {
      writerIdentity: `serviceAccount:service-${projectNumber}@gcp-sa-logging.iam.gserviceaccount.com`,
    };
  if (resource.type !== "gcp:serviceaccount/account:Account") return {};
  const email = emailOf(resource);
  return { email, member: `serviceAccount:${email}`, uniqueId: BigInt(`0x${suffix(email, 16)}`).toString() };
}

function ownName({ type, name, inputs }: Resource): string {
  return text(inputs, nameProperty[type] ?? "name") ?? `${name}-${suffix(name)}`;
}

function emailOf(resource: Resource): string {
  const project = text(resource.inputs, "project") ?? projectId;
  return `${ownName(resource)}@${project}.iam.gserviceaccount.com`;
}

const answers: Record<string, (args: Properties) => Properties> = {
  "gcp:organizations/getProject:getProject": (args) => {
    const id = text(args, "projectId") ?? projectId;
    return { projectId: id, number: projectNumber, name: id, id: `projects/${id}` };
  },
  "gcp:organizations/getClientConfig:getClientConfig": () => ({
    project: projectId,
    region,
    zone: `${region}-a`,
    id: `projects/${projectId}/regions/${region}/zones/${region}-a`,
  }),
};
