import type { StackResource } from "../rule";

/** What makes a secret while the program runs. It stands in the state from then on, and nothing renews it. */
const makers: Readonly<Record<string, "key" | "password">> = {
  "random:index/randomBytes:RandomBytes": "password",
  "random:index/randomPassword:RandomPassword": "password",
  "random:index/randomString:RandomString": "password",
  "tls:index/privateKey:PrivateKey": "key",
};

/** Where a credential is put, and what takes its place. */
interface Sink {
  /** Properties that take the secret or its public half. */
  properties: readonly string[];
  /** What makes one. */
  takes: "key" | "password" | "any";
  instead: string;
  /** Set for stores: what they hold may be renewed after it has been put there. */
  isStore?: true;
}

const ofDatabase = (instead: string, ...properties: string[]): Sink => ({
  properties,
  takes: "password",
  instead,
});
const rds = "Set manageMasterUserPassword, which renews it every week, or let machines in by IAM.";
const ssh =
  "Let people and machines in by short-lived certificates, or by the platform's own session service.";
const deploy = "Give the job a token of its own run instead of a key of the repository.";
const store: Sink = {
  properties: [],
  takes: "any",
  instead: "Let the platform make the value and renew it.",
  isStore: true,
};
const storing = (...properties: string[]): Sink => ({ ...store, properties });

export const sinks: Readonly<Record<string, Sink>> = {
  "aws:docdb/cluster:Cluster": ofDatabase(rds, "masterPassword"),
  "aws:ec2/keyPair:KeyPair": { properties: ["publicKey"], takes: "key", instead: ssh },
  "aws:elasticache/replicationGroup:ReplicationGroup": ofDatabase(
    "Let machines in by IAM: a user of ElastiCache with the authentication mode iam.",
    "authToken",
  ),
  "aws:elasticache/user:User": ofDatabase(
    "Set authenticationMode to iam.",
    "passwords",
    "authenticationMode",
  ),
  "aws:iam/signingCertificate:SigningCertificate": {
    properties: ["certificateBody"],
    takes: "key",
    instead: "Use a role of IAM Roles Anywhere, whose certificates end by themselves.",
  },
  "aws:iam/sshKey:SshKey": {
    properties: ["publicKey"],
    takes: "key",
    instead: "Use git-remote-codecommit with a role.",
  },
  "aws:rds/cluster:Cluster": ofDatabase(rds, "masterPassword"),
  "aws:rds/instance:Instance": ofDatabase(rds, "password"),
  "aws:redshift/cluster:Cluster": ofDatabase("Set manageMasterPassword.", "masterPassword"),
  "aws:secretsmanager/secretVersion:SecretVersion": storing("secretString", "secretBinary"),
  "aws:ssm/parameter:Parameter": storing("value", "insecureValue"),
  "aws:transfer/sshKey:SshKey": { properties: ["body"], takes: "key", instead: ssh },
  "aws-native:rds:DbCluster": ofDatabase(rds, "masterUserPassword"),
  "aws-native:rds:DbInstance": ofDatabase(rds, "masterUserPassword"),
  "gcp:compute/instance:Instance": {
    properties: ["metadata"],
    takes: "key",
    instead: "Set enable-oslogin, and let people and machines in by IAM.",
  },
  "gcp:compute/projectMetadata:ProjectMetadata": {
    properties: ["metadata"],
    takes: "key",
    instead: "Set enable-oslogin, and let people and machines in by IAM.",
  },
  "gcp:secretmanager/secretVersion:SecretVersion": storing("secretData"),
  "gcp:serviceaccount/key:Key": {
    properties: ["publicKeyData"],
    takes: "key",
    instead: "Use a workload identity pool.",
  },
  "gcp:sql/databaseInstance:DatabaseInstance": ofDatabase(
    "Leave it out: nobody signs in as root. Let machines in by IAM.",
    "rootPassword",
  ),
  "gcp:sql/user:User": ofDatabase(
    "Make a user of the type CLOUD_IAM_SERVICE_ACCOUNT, which has no password.",
    "password",
  ),
  "github:index/repositoryDeployKey:RepositoryDeployKey": {
    properties: ["key"],
    takes: "key",
    instead: deploy,
  },
  "gitlab:index/deployKey:DeployKey": { properties: ["key"], takes: "key", instead: deploy },
  "kubernetes:core/v1:Secret": storing("data", "stringData"),
  "postgresql:index/role:Role": ofDatabase(
    "Let Vault's database engine make a user for each job.",
    "password",
  ),
  "mysql:index/user:User": ofDatabase(
    "Let Vault's database engine make a user for each job.",
    "plaintextPassword",
  ),
  "vault:generic/secret:Secret": storing("dataJson"),
  "vault:kv/secret:Secret": storing("dataJson"),
  "vault:kv/secretV2:SecretV2": storing("dataJson"),
};

/** A secret of a maker in a place where machines sign in with it. */
export interface MadeCredential {
  property: string;
  maker: StackResource;
  sink: Sink;
}

/** By what each property is made of: that is told at preview too, when no value is known yet. */
export function madeCredentials(
  resource: StackResource,
  all: ReadonlyMap<string, StackResource>,
): MadeCredential[] {
  const sink = sinks[resource.type];
  if (sink === undefined) return [];
  return sink.properties.flatMap((property): MadeCredential[] => {
    const maker = resource
      .sourcesOf(property)
      .map((urn) => all.get(urn))
      .find((source) => source !== undefined && makes(source, sink));
    return maker === undefined ? [] : [{ property, maker, sink }];
  });
}

const makes = ({ type }: StackResource, { takes }: Sink) =>
  Object.hasOwn(makers, type) && (takes === "any" || makers[type] === takes);

export const makerTypes = Object.keys(makers);
