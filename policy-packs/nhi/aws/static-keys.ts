import type { Judge, Resource } from "../rule";
import { storedKey } from "../secrets/stored";
import { isGiven, keyWhen, staticKey } from "../static-key";
import { isObject, unknown } from "../value";
import { advise, fail, type Finding, undetermined } from "../verdict";
import { element, list, texts } from "./document";

const federation = "an AWS role that the machine assumes with its own OIDC token or certificate";
const shell = "Session Manager or EC2 Instance Connect, which ask IAM each time";
const dataRole = "authentication with IAM, where a role's token takes the password's place";

const device = keyWhen("a csr that the device makes, so that its key never leaves it", deviceCertificate);
const password = keyWhen(dataRole, dataUser);
const source = keyWhen("authType CODECONNECTIONS with a connection", sourceCredential);
const user = keyWhen("the ARN of a role, which gives the machine credentials that end", (resource) => {
  const arn = resource.read("principalArn");
  return typeof arn === "string" && /^arn:[^:]{1,20}:iam::\d{12}:user\//.test(arn)
    ? [fail("principalArn", "is an IAM user, who gets into a cluster with a static key alone")]
    : [];
});
const login = keyWhen(shell, () => [
  advise("it", "lets in whoever holds the private key, as long as it is there"),
]);

export const awsKeys: Readonly<Record<string, Judge>> = {
  "aws:iam/accessKey:AccessKey": staticKey(federation),
  "aws:iam/serviceSpecificCredential:ServiceSpecificCredential": staticKey(federation),
  "aws:iam/sshKey:SshKey": staticKey("git-remote-codecommit with the credentials of a role"),
  "aws:iam/signingCertificate:SigningCertificate": staticKey(federation),
  "aws:lightsail/bucketAccessKey:BucketAccessKey": staticKey("the bucket's resource access for an instance"),
  "aws:lightsail/keyPair:KeyPair": login,
  "aws:ec2/keyPair:KeyPair": login,
  "aws-native:ec2:KeyPair": login,
  "aws:transfer/sshKey:SshKey": staticKey(
    "the bucket itself with a role, or an identity provider of the server's that ends the access",
  ),
  "aws-native:transfer:User": keyWhen("the bucket itself with a role", (resource) =>
    isGiven(resource.read("sshPublicKeys")) ? [fail("sshPublicKeys", "has static keys")] : [],
  ),
  "aws:codebuild/sourceCredential:SourceCredential": source,
  "aws-native:codebuild:SourceCredential": source,
  "aws:elasticache/user:User": password,
  "aws-native:elasticache:User": password,
  "aws:memorydb/user:User": password,
  "aws-native:memorydb:User": password,
  "aws:iot/certificate:Certificate": device,
  "aws:eks/accessEntry:AccessEntry": user,
  "aws-native:eks:AccessEntry": user,
  "aws:secretsmanager/secretVersion:SecretVersion": storedKey(
    "secretString",
    "secretStringWo",
    "secretBinary",
  ),
  "aws-native:secretsmanager:Secret": storedKey("secretString"),
};

/** A device's certificate is its identity, but for one whose private key AWS makes and the stack's state then holds. */
function deviceCertificate(resource: Resource): Finding[] {
  return ["csr", "certificatePem"].some((property) => isGiven(resource.read(property)))
    ? []
    : [fail("csr", "is not set, so AWS makes the private key and the stack's state holds it")];
}

/** The others name a connection or a secret. */
const tokens = new Set(["BASIC_AUTH", "PERSONAL_ACCESS_TOKEN", "OAUTH"]);

function sourceCredential(resource: Resource): Finding[] {
  const type = resource.read("authType");
  if (type === unknown)
    return [undetermined("authType", "is not known yet, and may be that of a stored token")];
  return typeof type === "string" && tokens.has(type.toUpperCase())
    ? [fail("authType", "is that of a stored token")]
    : [];
}

/** Passwords of caches: IAM is there beside them. */
function dataUser(resource: Resource): Finding[] {
  const given = ["passwords", "passwordsWo"].find((property) => isGiven(resource.read(property)));
  if (given !== undefined) return [fail(given, "is a static key")];
  const mode = resource.read("authenticationMode");
  const types = texts(mode === unknown ? unknown : isObject(mode) ? element(mode, "type") : undefined);
  if (types.includes(unknown))
    return [undetermined("authenticationMode", "is not known yet, and may be a password")];
  return types.some((type) => type === "password") || list(element(mode, "passwords")).length > 0
    ? [fail("authenticationMode", "is a password, which is a static key")]
    : [];
}
