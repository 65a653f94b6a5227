import { globMatches } from "../glob";
import { unknown, type Value } from "../value";
import { advise, fail, type Finding, undetermined } from "../verdict";
import { narrowed } from "./conditions";
import { readDocument, type Statement } from "./document";

/** Something that a policy may allow: an action on a resource that nobody would name. */
interface Deed {
  action: string;
  /** An ARN of the kind that the action is about. What covers it, covers all of the kind. */
  resource: string;
  /** Condition keys that hold the action to what they name, besides the tags of the resource. */
  heldBy?: readonly string[];
}

/** Whether a policy allows a deed. `open`: that hangs on a value that is not known yet. */
type Answer = "yes" | "open" | "no";

/** Has every letter and digit, so that `*e*` covers it, and begins and ends as no name does. */
const name = "q7-thequickbrownfoxjumpsoverthelazydog-0123456789-7q";
const account = "123456789012";
const region = "eu-central-1";
const arn = (service: string, what: string) =>
  `arn:aws:${service}:${service === "iam" ? "" : region}:${account}:${what}/${name}`;
const role = arn("iam", "role");
const user = arn("iam", "user");
const group = arn("iam", "group");
const policy = arn("iam", "policy");

const onIam = (resource: string, actions: string, heldBy: readonly string[] = []): Deed[] =>
  actions.split(" ").map((action) => ({ action: `iam:${action}`, resource, heldBy }));

const boundary = "iam:permissionsboundary";
const attached = ["iam:policyarn", boundary];

/** Ways to more rights than a policy itself gives, each with the deeds that open it. */
const ways: readonly { says: string; deeds: readonly Deed[]; isAdvice?: true }[] = [
  { says: "hand every role to a service, and act as it there", deeds: onIam(role, "PassRole") },
  {
    says: "become every role that trusts the account",
    deeds: [{ action: "sts:AssumeRole", resource: role }],
  },
  {
    says: "make keys and passwords for every user",
    deeds: onIam(
      user,
      "CreateAccessKey UpdateAccessKey CreateLoginProfile UpdateLoginProfile CreateServiceSpecificCredential ResetServiceSpecificCredential UploadSigningCertificate UploadSSHPublicKey",
    ),
  },
  { says: "decide who becomes every role", deeds: onIam(role, "UpdateAssumeRolePolicy") },
  {
    says: "give every right to every role, user or group",
    deeds: [
      ...onIam(role, "AttachRolePolicy", attached),
      ...onIam(role, "PutRolePolicy", [boundary]),
      ...onIam(user, "AttachUserPolicy", attached),
      ...onIam(user, "PutUserPolicy", [boundary]),
      ...onIam(group, "AttachGroupPolicy", ["iam:policyarn"]),
      ...onIam(group, "PutGroupPolicy AddUserToGroup"),
    ],
  },
  {
    says: "take the boundary of every role or user away",
    deeds: [
      ...onIam(role, "PutRolePermissionsBoundary DeleteRolePermissionsBoundary", [boundary]),
      ...onIam(user, "PutUserPermissionsBoundary DeleteUserPermissionsBoundary", [boundary]),
    ],
  },
  { says: "rewrite every policy", deeds: onIam(policy, "CreatePolicyVersion SetDefaultPolicyVersion") },
  {
    says: "decide whose word the account takes for everybody's identity",
    deeds: [
      ...onIam(arn("iam", "saml-provider"), "UpdateSAMLProvider"),
      { action: "rolesanywhere:UpdateTrustAnchor", resource: arn("rolesanywhere", "trust-anchor") },
    ],
  },
  {
    says: "read every secret",
    // Less than a right of another's, and what a tool that restores or rotates all of them needs.
    isAdvice: true,
    deeds: [
      {
        action: "secretsmanager:GetSecretValue",
        resource: `arn:aws:secretsmanager:${region}:${account}:secret:${name}`,
      },
      { action: "ssm:GetParameter", resource: arn("ssm", "parameter") },
      { action: "ssm:GetParametersByPath", resource: arn("ssm", "parameter") },
    ],
  },
  {
    says: "give people every permission set",
    deeds: [
      "AttachManagedPolicyToPermissionSet",
      "CreateAccountAssignment",
      "PutInlinePolicyToPermissionSet",
    ].map((action) => ({ action: `sso:${action}`, resource: `arn:aws:sso:::permissionSet/${name}/${name}` })),
  },
];

/** An action that no list of single actions has: what allows it, allows all. */
const everything: Deed = { action: "q7service:Q7Action", resource: arn("q7service", "q7kind") };

/** Services that give out rights, or what protects everything: nobody needs every action of them. */
const rightsServices: Record<string, string> = {
  iam: role,
  sts: role,
  organizations: arn("organizations", "account"),
  kms: arn("kms", "key"),
  sso: `arn:aws:sso:::permissionSet/${name}/${name}`,
};

/**
 * What may the holder of a policy do that gives more than the policy says? Statements are alternatives; a Deny without
 * conditions takes away what it covers. Conditions count where they hold an action to named resources, not where they
 * say when or from where.
 */
export function permissionFindings(property: string, value: Value | undefined): Finding[] {
  if (value === undefined) return [];
  const reading = readDocument(value);
  if ("unreadable" in reading) return [undetermined(property, reading.unreadable)];
  const denies = reading.statements.filter(isPlainDeny);
  const taken = new Map<string, Answer>();
  const isTaken = (deed: Deed): Answer => {
    const known = taken.get(deed.action);
    if (known) return known;
    const answer = anyOf(denies, (statement) =>
      both(coversAction(statement, deed.action.toLowerCase()), () =>
        coversResource(statement, deed.resource, asWritten),
      ),
    );
    taken.set(deed.action, answer);
    return answer;
  };
  return reading.statements.flatMap((statement) => {
    const where = `${property}.Statement[${statement.index}]`;
    if (statement.effect === "deny") return [];
    if (statement.effect === undefined) return [undetermined(where, "has no Effect that can be read")];
    const findings = statementFindings(where, statement, isTaken);
    return statement.effect === unknown
      ? findings.map((finding) => ({ ...finding, verdict: "undetermined" as const }))
      : findings;
  });
}

/** A Deny counts for what it surely takes away: a variable of it may stand for nothing. */
const asWritten = (pattern: string) => pattern;

const isPlainDeny = ({ effect, comparisons, hasConditions, hasTwice }: Statement) =>
  effect === "deny" && comparisons.length === 0 && !hasConditions && !hasTwice;

function statementFindings(where: string, statement: Statement, isTaken: (deed: Deed) => Answer): Finding[] {
  const may = (deed: Deed): Answer => both(allows(statement, deed), () => not(isTaken(deed)));
  const all = may(everything);
  const on = resourcesOf(statement);
  if (all === "yes") {
    const actions = statement.notActions ? "every action but those that it lists" : "every action";
    return [fail(where, `allows ${actions} on ${on}`)];
  }
  const services = Object.keys(rightsServices).filter((service) => may(anyOfService(service)) === "yes");
  const opened = ways.map(({ deeds, ...way }) => ({
    ...way,
    deeds: deeds
      .filter(({ action }) => !services.includes(action.slice(0, action.indexOf(":"))))
      .map((deed) => ({ action: deed.action, answer: may(deed) })),
  }));
  const failed = [
    ...(namesServicesByWildcard(statement) && isTaken(everything) === "no"
      ? [fail(where, `names services by a wildcard, on ${on}`)]
      : []),
    ...(services.length > 0 ? [fail(where, `allows every action of ${services.join(", ")} on ${on}`)] : []),
    ...opened.flatMap(({ says, deeds, isAdvice }) => {
      const actions = deeds.filter(({ answer }) => answer === "yes").map(({ action }) => action);
      return actions.length > 0
        ? [
            (isAdvice ? advise : fail)(
              where,
              `lets its holder ${says}, as it allows ${actions.join(", ")} on ${on}`,
            ),
          ]
        : [];
    }),
  ];
  if (failed.length > 0) return failed;
  return all === "open" || opened.some(({ deeds }) => deeds.some(({ answer }) => answer === "open"))
    ? [undetermined(where, "may give its holder more rights: a part of it is not known yet")]
    : [];
}

const anyOfService = (service: string): Deed => ({
  action: `${service}:Q7Action`,
  resource: rightsServices[service] ?? "",
});

/** `s*:*`: AWS has services of many names. On named resources it is as narrow as they are. */
function namesServicesByWildcard(statement: Statement): boolean {
  return (
    statement.actions.some((action) => action !== unknown && /^[^:]*[*?]/.test(action)) &&
    coversResource(statement, everything.resource, inAnyAccount) === "yes" &&
    held(statement, everything) === "no"
  );
}

function resourcesOf(statement: Statement): string {
  if (statement.notResources) return "every resource but those that it lists";
  return coversResource(statement, everything.resource, inAnyAccount) === "yes"
    ? "every resource"
    : "resources that it names by a wildcard";
}

/** What an Allow gives: its actions on its resources, unless its conditions hold it to named ones. */
function allows(statement: Statement, deed: Deed): Answer {
  return both(coversAction(statement, deed.action.toLowerCase()), () =>
    both(coversResource(statement, deed.resource, inAnyAccount), () => not(held(statement, deed))),
  );
}

function coversAction({ actions, notActions }: Statement, action: string): Answer {
  const matches = (pattern: string) => globMatches(pattern.toLowerCase(), action);
  return notActions ? not(anyOf(notActions, matches)) : anyOf(actions, matches);
}

function coversResource(
  { resources, notResources }: Statement,
  resource: string,
  read: (pattern: string) => string,
): Answer {
  const matches = (pattern: string) => globMatches(read(pattern), resource);
  return notResources ? not(anyOf(notResources, matches)) : anyOf(resources, matches);
}

/** Whether conditions hold a deed to what they name: the tags of the resource, or a key of the action's own. */
function held(statement: Statement, { heldBy = [] }: Deed): Answer {
  const tightness = narrowed(
    statement,
    (key) => heldBy.includes(key) || /^(aws|iam):resourcetag\//.test(key),
    (value, isPattern) => {
      const given = isPattern ? inAnyAccount(value) : value;
      return ![name, policy, administrator].some((other) =>
        isPattern ? globMatches(given, other) : given === other,
      );
    },
  );
  if (tightness === "tight") return "yes";
  return tightness === "unknown" || statement.conditionsUnknown ? "open" : "no";
}

const administrator = "arn:aws:iam::aws:policy/AdministratorAccess";

/** Variables that stand for what the caller is, and does not choose. */
const fixedVariable = /^aws:(username|userid|principal[a-z]+(\/[^,]*)?)$/i;

/** Stands for one value that is not known here, and for no wildcard. */
const someValue = "\u0001";

/** What a variable stands for is one value, or whatever the caller likes. `${*}` is a star, and no wildcard. */
const withVariables = (pattern: string) =>
  pattern.replace(/\$\{([^{}]*)\}/g, (_, variable: string) =>
    fixedVariable.test(variable.trim()) || /^[*?$]$/.test(variable) ? someValue : "*",
  );

/** `arn:partition:service:region:account:…` as if it were in the partition, region and account of the samples. */
function inAnyAccount(pattern: string): string {
  const [prefix, partition = "", service = "", itsRegion = "", itsAccount = "", ...rest] =
    withVariables(pattern).split(":");
  if (prefix !== "arn" || rest.length === 0) return withVariables(pattern);
  const isLiteral = (part: string) => part !== "" && !/[*?]/.test(part);
  return [
    prefix,
    isLiteral(partition) ? "aws" : partition,
    service,
    isLiteral(itsRegion) ? region : itsRegion,
    isLiteral(itsAccount) && itsAccount !== "aws" ? account : itsAccount,
    ...rest,
  ].join(":");
}

function anyOf<T>(items: readonly (T | typeof unknown)[], answer: (item: T) => boolean | Answer): Answer {
  let isOpen = false;
  for (const item of items) {
    const one = item === unknown ? "open" : answer(item);
    if (one === true || one === "yes") return "yes";
    if (one === "open") isOpen = true;
  }
  return isOpen ? "open" : "no";
}

const not = (answer: Answer): Answer => (answer === "yes" ? "no" : answer === "no" ? "yes" : "open");

function both(left: Answer, right: () => Answer): Answer {
  if (left === "no") return "no";
  const other = right();
  return left === "yes" ? other : other === "yes" ? "open" : other;
}

/** Policies of AWS's own that give every right, or lead to it. */
const adminPolicies =
  /^arn:[^:]*:iam::aws:policy\/([^/]+\/)*(AdministratorAccess(-[A-Za-z]+)?|AWSOrganizationsFullAccess|AWSSSODirectoryAdministrator|AWSSSOMasterAccountAdministrator|IAMFullAccess|PowerUserAccess)$/;

/** Whether an ARN names such a policy. One that is not known yet belongs to a policy that is made here, and judged there. */
export const isAdminPolicy = (policyArn: Value | undefined): boolean =>
  typeof policyArn === "string" && adminPolicies.test(policyArn);
