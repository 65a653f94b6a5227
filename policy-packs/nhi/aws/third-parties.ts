import { markOf } from "../marks";
import type { Judge, Resource } from "../rule";
import { unknown, type Value } from "../value";
import { advise, fail, type Finding, undetermined } from "../verdict";
import { type Named, namedIn, namesPrincipals, principalOf } from "./accounts";
import { isOfAccount } from "./callers";
import { isWhole, narrowed } from "./conditions";
import { isAbout, readDocument, type Statement } from "./document";
import { type Ownership, ownershipOf, principalFindings, resourcePolicyFindings } from "./resource-policy";

/** Where another account or organisation gets in. */
export const awsThirdParties: Record<string, Judge> = {
  "aws:iam/role:Role": trusted("assumeRolePolicy"),
  ...withPolicy("policy", [
    "aws:cloudwatch/eventBusPolicy:EventBusPolicy",
    "aws:ecr/registryPolicy:RegistryPolicy",
    "aws:ecr/repositoryPolicy:RepositoryPolicy",
    "aws:kms/externalKey:ExternalKey",
    "aws:kms/key:Key",
    "aws:kms/keyPolicy:KeyPolicy",
    "aws:kms/replicaExternalKey:ReplicaExternalKey",
    "aws:kms/replicaKey:ReplicaKey",
    "aws:s3/bucket:Bucket",
    "aws:s3/bucketPolicy:BucketPolicy",
    "aws:secretsmanager/secret:Secret",
    "aws:secretsmanager/secretPolicy:SecretPolicy",
    "aws:sns/topic:Topic",
    "aws:sns/topicPolicy:TopicPolicy",
    "aws:sqs/queue:Queue",
    "aws:sqs/queuePolicy:QueuePolicy",
  ]),
  "aws:lambda/permission:Permission": invocation,
  "aws:kms/grant:Grant": grant,
  "aws-native:iam:Role": trusted("assumeRolePolicyDocument"),
  ...withPolicy("policyDocument", [
    "aws-native:s3:BucketPolicy",
    "aws-native:sns:TopicInlinePolicy",
    "aws-native:sns:TopicPolicy",
    "aws-native:sqs:QueueInlinePolicy",
  ]),
  ...withPolicy("keyPolicy", ["aws-native:kms:Key", "aws-native:kms:ReplicaKey"]),
  ...withPolicy("policyText", ["aws-native:ecr:RegistryPolicy"]),
  ...withPolicy("repositoryPolicyText", ["aws-native:ecr:Repository"]),
  ...withPolicy("resourcePolicy", ["aws-native:secretsmanager:ResourcePolicy"]),
  "aws-native:lambda:Permission": invocation,
};

function withPolicy(property: string, types: string[]): Record<string, Judge> {
  const judge: Judge = (resource) =>
    resourcePolicyFindings(property, resource.read(property), resource.list("ownAccounts"));
  return Object.fromEntries(types.map((type) => [type, judge]));
}

/** Who of other accounts assumes a role: each by name, and only on behalf of whom the role is for. */
function trusted(property: string): Judge {
  return (resource) => {
    const reading = readDocument(resource.read(property));
    // What can't be read, another rule says of the same document.
    if ("unreadable" in reading) return [];
    const ownership = ownershipOf(resource.list("ownAccounts"));
    const isVendors = markOf(resource, "kind") === "third-party";
    return reading.statements
      .filter((statement) => statement.effect === "allow" && isAbout(statement, "sts:assumerole"))
      .flatMap((statement) =>
        trustFindings(`${property}.Statement[${statement.index}]`, statement, ownership, isVendors),
      );
  };
}

function trustFindings(
  where: string,
  statement: Statement,
  ownership: Ownership,
  isVendors: boolean,
): Finding[] {
  const isStranger = ({ account, isWhole: isAll }: Named) => {
    const owner = ownership(account);
    return owner === "foreign" || (owner === "unsaid" && (isVendors || isAll));
  };
  const strangers = namedIn(statement).filter(isStranger);
  // Everybody of one's own organisation is no stranger.
  if (strangers.length === 0 || isOfOwn(statement)) return [];
  const externalId = narrowed(
    statement,
    (key) => key === "sts:externalid",
    (value, isPattern) => value !== "" && isWhole(value, isPattern),
  );
  const isAll = strangers.some((named) => named.isWhole) && !namesPrincipals(statement);
  const who = isAll ? "lets in whoever another account lets in" : "lets in another account's role";
  if (externalId === "loose")
    return [
      statement.conditionsUnknown
        ? undetermined(where, `${who}, and a condition is not known yet`)
        : fail(where, `${who}, without a fixed ExternalId: for whom it asks can't be told`),
    ];
  return isAll ? [advise(where, who, "Name the roles of that account.")] : [];
}

const isOfOwn = (statement: Statement): boolean =>
  narrowed(statement, (key) => key === "aws:principalorgid", isWhole) !== "loose";

/** A grant stands beside the key's policy, and whoever has it may pass it on where that is among the operations. */
function grant(resource: Resource): Finding[] {
  const ownership = ownershipOf(resource.list("ownAccounts"));
  const operations = resource.read("operations");
  const passesOn = Array.isArray(operations) && operations.includes("CreateGrant");
  return ["granteePrincipal", "retiringPrincipal"].flatMap((property) => {
    const principal = resource.read(property);
    const named = typeof principal === "string" ? principalOf(principal) : undefined;
    if (!named || ownership(named.account) === "own") return [];
    if (ownership(named.account) === "foreign")
      return [
        (passesOn ? fail : advise)(
          property,
          `is of another account${passesOn ? ", and may let in whomever it likes" : ""}`,
        ),
      ];
    return named.isWhole ? [advise(property, "is a whole account: whoever that lets in uses the key")] : [];
  });
}

/** A permission of Lambda is one statement in properties. */
function invocation(resource: Resource): Finding[] {
  const principal = resource.read("principal");
  const isSet = (property: string) => {
    const value = resource.read(property);
    return value !== undefined && value !== null && value !== "";
  };
  if (isSet("principalOrgId")) return [];
  if (principal === unknown) return [undetermined("principal", "is not known yet")];
  const named = principalFindings("principal", principal, ownershipOf(resource.list("ownAccounts")));
  if (named) return named;
  if (isSet("sourceAccount") || isSet("eventSourceToken") || namesSource(resource.read("sourceArn")))
    return [];
  if (principal !== "*")
    return [advise("principal", "is a service of AWS, for whomever it acts", invocationFix)];
  return resource.read("functionUrlAuthType") === "NONE"
    ? [advise("principal", "lets everybody call the function by its URL")]
    : [fail("principal", "lets in everybody, of every AWS account and of none")];
}

const invocationFix = "Set sourceArn or sourceAccount to what the service acts for.";

const namesSource = (sourceArn: Value | undefined): boolean =>
  sourceArn === unknown ||
  (typeof sourceArn === "string" && sourceArn !== "" && isOfAccount(sourceArn, true));
