import { settingsOf } from "../secrets/settings";

const workloads = [
  ...["core/v1:Pod", "core/v1:ReplicationController"],
  ...["apps/v1:DaemonSet", "apps/v1:Deployment", "apps/v1:ReplicaSet", "apps/v1:StatefulSet"],
  ...["batch/v1:CronJob", "batch/v1:Job"],
];
/** A patch says the same of a resource that is there already. */
const withPatches = (names: string[], properties: readonly string[]) =>
  names.flatMap((name) => [name, `${name}Patch`].map((kind) => [`kubernetes:${kind}`, properties] as const));

/** What programs in Kubernetes are started with. A `Secret` is the place for a secret, and no concern of this. */
export const settingsElsewhere = settingsOf(
  Object.fromEntries([
    ...withPatches(workloads, ["spec"]),
    ...withPatches(["core/v1:PodTemplate"], ["template"]),
    ...withPatches(["core/v1:ConfigMap"], ["data", "binaryData"]),
  ]),
);
