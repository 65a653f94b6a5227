/**
 * Resources whose IAM can be set, each by its provider's folder: `gcp:projects/iAMMember:IAMMember` and so on. A test
 * compares them with the SDK.
 */
const resources: Readonly<Record<string, string>> = {
  accesscontextmanager: "accessPolicyIam",
  apigateway: "apiConfigIam apiIam gatewayIam",
  apigee: "environmentIam",
  artifactregistry: "repositoryIam",
  beyondcorp: "securityGatewayApplicationIam securityGatewayIam",
  biglake:
    "hiveCatalogIam hiveDatabaseIam hiveTableIam icebergCatalogIam icebergNamespaceIam icebergTableIam",
  bigquery: "connectionIam datapolicyv2DataPolicyIam datasetIam iam routineIam",
  bigqueryanalyticshub: "dataExchangeIam listingIam",
  bigquerydatapolicy: "dataPolicyIam",
  bigtable: "instanceIam tableIam",
  billing: "accountIam",
  binaryauthorization: "attestorIam",
  certificateauthority: "caPoolIam certificateTemplateIam",
  cloudbuildv2: "connectionIAM",
  clouddeploy: "customTargetTypeIam deliveryPipelineIam targetIam",
  cloudfunctions: "functionIam",
  cloudfunctionsv2: "functionIam",
  cloudrun: "iam",
  cloudrunv2: "jobIam serviceIam workerPoolIam",
  cloudtasks: "queueIam",
  colab: "runtimeTemplateIam",
  compute:
    "backendBucketIam backendServiceIam diskIam firewallPolicyIam imageIam instanceIAM instanceTemplateIam instantSnapshotIam machineImageIam networkFirewallPolicyIam regionBackendBucketIam regionBackendServiceIam regionDiskIam regionInstantSnapshotIam regionNetworkFirewallPolicyIam snapshotIam storagePoolIam subnetworkIAM",
  containeranalysis: "noteIam",
  datacatalog: "entryGroupIam policyTagIam tagTemplateIam taxonomyIam",
  dataform: "repositoryIam",
  dataplex:
    "aspectTypeIam assetIam dataProductIam datascanIam entryGroupIam entryTypeIam glossaryIam lakeIam taskIam zoneIam",
  dataproc:
    "autoscalingPolicyIam clusterIAM jobIAM metastoreDatabaseIam metastoreFederationIam metastoreServiceIam metastoreTableIam",
  discoveryengine: "searchEngineIam",
  dns: "dnsManagedZoneIam",
  endpoints: "consumersIam serviceIam",
  folder: "iAM",
  gemini: "repositoryGroupIam",
  gkebackup: "backupPlanIam restorePlanIam",
  gkehub: "featureIam membershipIam scopeIam",
  healthcare: "consentStoreIam datasetIam dicomStoreIam fhirStoreIam hl7StoreIam",
  iam: "workforcePoolIam workloadIdentityPoolIam",
  iap: "agentRegistryAgentIam agentRegistryEndpointIam agentRegistryIam agentRegistryMcpServerIam appEngineServiceIam appEngineVersionIam locationWebIam tunnelDestGroupIam tunnelIam tunnelInstanceIAM webBackendServiceIam webCloudRunServiceIam webForwardingRuleServiceIam webIam webRegionBackendServiceIam webRegionForwardingRuleServiceIam webTypeAppEngingIam webTypeComputeIam",
  kms: "cryptoKeyIAM ekmConnectionIam keyRingIAM",
  logging: "logViewIam",
  networkconnectivity: "hubIam",
  networksecurity: "addressGroupIam",
  notebooks: "instanceIam runtimeIam",
  organizations: "iAM",
  projects: "iAM",
  pubsub: "schemaIam subscriptionIAM topicIAM",
  runtimeconfig: "configIam",
  secretmanager: "regionalSecretIam secretIam",
  securesourcemanager: "instanceIam repositoryIam",
  securitycenter: "instanceIam sourceIam v2OrganizationSourceIam",
  serviceaccount: "iAM",
  servicedirectory: "namespaceIam serviceIam",
  sourcerepo: "repositoryIam",
  spanner: "databaseIAM instanceIAM",
  storage: "bucketIAM managedFolderIam",
  tags: "tagKeyIam tagValueIam",
  vertex:
    "aiEndpointIam aiFeatureGroupIam aiFeatureOnlineStoreFeatureviewIam aiFeatureOnlineStoreIam aiFeatureStoreEntityTypeIam aiFeatureStoreIam aiReasoningEngineIam",
  workbench: "instanceIam",
  workstations: "workstationConfigIam workstationIam",
};

/** The same of `google-native`, where rights over machines are given. */
const natives: Readonly<Record<string, string>> = {
  "cloudkms/v1": "KeyRing KeyRingCryptoKey",
  "cloudresourcemanager/v1": "Organization Project",
  "cloudresourcemanager/v2": "Folder",
  "cloudresourcemanager/v3": "Folder Organization Project",
  "iam/v1": "ServiceAccount WorkforcePool",
  "secretmanager/v1": "Secret",
  "storage/v1": "Bucket",
};

/** One member, the members of a role, or the whole policy. */
const forms = ["Member", "Binding", "Policy"];

const tokensOf = (service: string, names: string): string[] =>
  names
    .split(" ")
    .flatMap((name) =>
      forms.map(
        (form) => `gcp:${service}/${name}${form}:${name.charAt(0).toUpperCase()}${name.slice(1)}${form}`,
      ),
    );
const nativeTokensOf = (service: string, names: string): string[] =>
  names.split(" ").flatMap((name) => forms.map((form) => `google-native:${service}:${name}Iam${form}`));

/** Every type that names members. */
export const iamTypes: readonly string[] = [
  ...Object.entries(resources).flatMap(([service, names]) => tokensOf(service, names)),
  ...Object.entries(natives).flatMap(([service, names]) => nativeTokensOf(service, names)),
];

/** Where rights count for everything below: a project, a folder, an organisation, a billing account. */
export const isContainer = (type: string): boolean =>
  /^(gcp:(projects|folder|organizations|billing)\/|google-native:cloudresourcemanager\/)/.test(type);

/** Where a right is to act as a service account. */
export const isServiceAccount = (type: string): boolean =>
  /^(gcp:serviceaccount\/|google-native:iam\/v1:ServiceAccount)/.test(type);

/** Where a member that is everybody can act as a machine, or has its secrets. A website's bucket is none of these. */
export const isNeverPublic = (type: string): boolean =>
  isContainer(type) ||
  isServiceAccount(type) ||
  /^(gcp:(accesscontextmanager|certificateauthority|cloudbuildv2|iam|kms|logging|secretmanager)\/|google-native:(cloudkms|iam|secretmanager)\/)/.test(
    type,
  );
