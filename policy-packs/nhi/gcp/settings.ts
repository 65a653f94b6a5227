import type { Judge } from "../rule";
import { settingsOf } from "../secrets/settings";
import { secretOf } from "../secrets/walk";

const instance = ["metadata", "metadataStartupScript"];

/** What programs in GCP are started with: variables, metadata, scripts. */
export const gcpSettings: Readonly<Record<string, Judge>> = {
  ...settingsOf({
    "gcp:appengine/flexibleAppVersion:FlexibleAppVersion": ["envVariables", "betaSettings"],
    "gcp:appengine/standardAppVersion:StandardAppVersion": ["envVariables"],
    "gcp:cloudbuild/trigger:Trigger": ["build", "substitutions"],
    "gcp:cloudfunctions/function:Function": ["buildEnvironmentVariables", "environmentVariables"],
    "gcp:cloudfunctionsv2/function:Function": ["buildConfig", "serviceConfig"],
    "gcp:cloudrun/service:Service": ["template"],
    "gcp:cloudrunv2/job:Job": ["template"],
    "gcp:cloudrunv2/service:Service": ["template"],
    "gcp:cloudrunv2/workerPool:WorkerPool": ["template"],
    "gcp:composer/environment:Environment": ["config"],
    "gcp:composer/userWorkloadsConfigMap:UserWorkloadsConfigMap": ["data"],
    "gcp:compute/instance:Instance": instance,
    "gcp:compute/instanceFromMachineImage:InstanceFromMachineImage": instance,
    "gcp:compute/instanceFromTemplate:InstanceFromTemplate": instance,
    "gcp:compute/instanceTemplate:InstanceTemplate": instance,
    "gcp:compute/projectMetadata:ProjectMetadata": ["metadata"],
    "gcp:compute/regionInstanceTemplate:RegionInstanceTemplate": instance,
    "gcp:dataflow/flexTemplateJob:FlexTemplateJob": ["parameters"],
    "gcp:dataflow/job:Job": ["parameters"],
    "google-native:appengine/v1:Version": ["envVariables"],
    "google-native:cloudfunctions/v1:Function": ["buildEnvironmentVariables", "environmentVariables"],
    "google-native:cloudfunctions/v2:Function": ["buildConfig", "serviceConfig"],
    "google-native:composer/v1:Environment": ["config"],
    "google-native:compute/v1:Instance": ["metadata"],
    "google-native:compute/v1:InstanceTemplate": ["properties"],
    "google-native:compute/v1:RegionInstanceTemplate": ["properties"],
    "google-native:run/v1:Service": ["spec"],
    "google-native:run/v2:Job": ["template"],
    "google-native:run/v2:Service": ["template"],
  }),
  "gcp:compute/projectMetadataItem:ProjectMetadataItem": (item) =>
    secretOf("value", item.read("value"), item.read("key")),
};
