import { seconds } from "../duration";
import { forTypes } from "../judge";
import type { Judge, Resource } from "../rule";
import { isGiven } from "../static-key";
import { unknown } from "../value";
import { advise, fail, type Finding } from "../verdict";
import { fieldsOf } from "./endpoint";

/** Methods by which people sign in to Vault, where a program uses them. */
export const vaultHumanUse: Readonly<Record<string, Judge>> = {
  "vault:generic/endpoint:Endpoint": userOfVault,
  "vault:github/user:User": (resource) => named(resource, "user", "with a personal access token"),
  "vault:ldap/authBackendUser:AuthBackendUser": (resource) =>
    named(resource, "username", "with a password of the directory"),
  "vault:okta/authBackendUser:AuthBackendUser": (resource) =>
    named(resource, "username", "with a password of Okta"),
  "vault:identity/entityAlias:EntityAlias": alias,
  "vault:okta/authBackend:AuthBackend": (resource) => [
    ...perpetual(resource),
    ...(resource.read("bypassOktaMfa") === true
      ? [advise("bypassOktaMfa", "lets people in without a second factor")]
      : []),
  ],
  ...forTypes(
    [
      "vault:github/authBackend:AuthBackend",
      "vault:ldap/authBackend:AuthBackend",
      "vault:saml/authBackendRole:AuthBackendRole",
    ],
    perpetual,
  ),
};

/** Words that people give to programs. `ci-shop`, `svc_orders`, `octo-bot` and `app[bot]` have one; `Abbot` and `Cindy` have none. */
const programs = new Set([
  ...[
    "automation",
    "bot",
    "cd",
    "ci",
    "cicd",
    "daemon",
    "deployer",
    "jenkins",
    "pipeline",
    "pulumi",
    "robot",
  ],
  ...["runner", "serviceaccount", "svc", "terraform"],
]);
const longestName = 200;

const isProgram = (name: string) =>
  name
    .slice(0, longestName)
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .some((word) => programs.has(word));

const fix = "Give the program a role of a method for machines: jwt, kubernetes, aws, gcp or cert.";

function named(resource: Resource, property: string, how: string): Finding[] {
  const name = resource.read(property);
  return typeof name === "string" && isProgram(name)
    ? [fail(property, `is a program, as its name says, that signs in as people do: ${how}`, fix)]
    : [];
}

/** A mount's accessor has the method's name, as `auth_userpass_1a2b3c4d`. */
const ofPeople = /^auth_(github|ldap|okta|radius|saml|userpass)_/;

function alias(resource: Resource): Finding[] {
  const mount = resource.read("mountAccessor");
  return typeof mount === "string" && ofPeople.test(mount)
    ? named(resource, "name", "the mount is of a method for people")
    : [];
}

/** A user with a password that Vault itself keeps. The provider has no other resource for it than a path with data. */
function userOfVault(resource: Resource): Finding[] {
  const path = resource.read("path");
  const [, name] =
    typeof path === "string" ? (/^\/?auth\/[^/]{1,99}\/users\/([^/]{1,200})$/.exec(path) ?? []) : [];
  if (name === undefined) return [];
  const data = fieldsOf(resource.read("dataJson"));
  // Other methods have users too, of whom Vault keeps no password.
  if (data !== unknown && !["password", "password_hash"].some((field) => isGiven(data[field]))) return [];
  const marks = data === unknown ? [] : ["token_num_uses", "token_period", "token_bound_cidrs"];
  const isMachine =
    isProgram(name) ||
    (data !== unknown &&
      (marks.some((field) => isGiven(data[field]) && data[field] !== 0) || data.token_type === "batch"));
  return isMachine
    ? [fail("path", "is a user with a password, by which a program signs in as people do", fix)]
    : data === unknown
      ? []
      : [
          advise(
            "path",
            "is a user with a password that Vault keeps, without a second factor by itself",
            "Let people sign in through the identity provider, with the method oidc.",
          ),
        ];
}

/** A person's day ends. What is renewed for ever is for programs. */
function perpetual(resource: Resource): Finding[] {
  const period = seconds(resource.read("tokenPeriod"));
  return typeof period === "number" && period > 0
    ? [
        advise(
          "tokenPeriod",
          "gives people tokens that are renewed for ever, as only programs need them",
          "Take it away, and set tokenMaxTtl to a day of work.",
        ),
      ]
    : [];
}
