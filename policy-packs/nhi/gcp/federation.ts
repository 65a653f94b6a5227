import type { Resource } from "../rule";
import type { Finding } from "../verdict";
import { memberFindings, membersOf } from "./members";
import { poolProviderFindings } from "./provider";

/** Where a whole policy can be set, for a role, or for one member: `gcp:projects/iAMMember:IAMMember` and so on. */
const policies: Record<string, readonly string[]> = {
  projects: ["iAM:IAM"],
  folder: ["iAM:IAM"],
  organizations: ["iAM:IAM"],
  serviceaccount: ["iAM:IAM"],
  artifactregistry: ["repositoryIam:RepositoryIam"],
  cloudrunv2: ["serviceIam:ServiceIam", "jobIam:JobIam"],
  kms: ["cryptoKeyIAM:CryptoKeyIAM", "keyRingIAM:KeyRingIAM"],
  pubsub: ["topicIAM:TopicIAM", "subscriptionIAM:SubscriptionIAM"],
  secretmanager: ["secretIam:SecretIam"],
  storage: ["bucketIAM:BucketIAM"],
};

const iamTypes = Object.entries(policies).flatMap(([service, names]) =>
  names.flatMap((name) => {
    const [file = "", type = ""] = name.split(":");
    return ["Member", "Binding", "Policy"].map((form) => `gcp:${service}/${file}${form}:${type}${form}`);
  }),
);

/** Where the internet as a member means that it can act as a machine, or do all that a project allows. */
const neverPublic = /^gcp:(serviceaccount|projects|folder|organizations|kms|secretmanager)\//;

function iamFindings(resource: Resource): Finding[] {
  const members = membersOf(resource);
  if (!Array.isArray(members)) return [members];
  return members.flatMap((member) => memberFindings(member, neverPublic.test(resource.type)));
}

/** Who gets in at GCP: through a pool's provider, and by a binding. */
export const gcpTrusts: Record<string, (resource: Resource) => Finding[]> = {
  "gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider": poolProviderFindings,
  ...Object.fromEntries(iamTypes.map((type) => [type, iamFindings])),
};
