import { secret, unknownText } from "../../../support/analyze";
import type { RuleCases } from "../../../support/rule-tester";

const endpoint = "vault:generic/endpoint:Endpoint";
const github = "vault:github/user:User";
const alias = "vault:identity/entityAlias:EntityAlias";
const ldapUser = "vault:ldap/authBackendUser:AuthBackendUser";
const okta = "vault:okta/authBackend:AuthBackend";
const methods = [
  "vault:github/authBackend:AuthBackend",
  "vault:ldap/authBackend:AuthBackend",
  "vault:saml/authBackendRole:AuthBackendRole",
];

const user = (path: string, data: object) => ({ path, dataJson: secret(JSON.stringify(data)) });
const machine = "path is a user with a password, by which a program signs in as people do";
const says = (property: string, how: string) =>
  `${property} is a program, as its name says, that signs in as people do: ${how}`;

/** Methods for people, for `machines-do-not-sign-in-as-people`. */
export const vaultHumanUseCases: Required<Pick<RuleCases, "allows" | "blocks">> = {
  allows: [
    ...["abbot", "cindy", "robotnik", "ann.dee", "botha", "svcenkova"].map((username) => ({
      name: `a person called ${username}`,
      type: ldapUser,
      props: { username },
    })),
    { name: "a name that is not known yet", type: github, props: { user: unknownText } },
    {
      name: "a program at a method for programs",
      type: alias,
      props: { name: "ci-shop", mountAccessor: "auth_approle_1a2b3c4d" },
    },
    {
      name: "a mount that is not known yet",
      type: alias,
      props: { name: "ci-shop", mountAccessor: unknownText },
    },
    { name: "something else that is written", type: endpoint, props: user("database/rotate-root/pg", {}) },
    {
      name: "a user of a method that keeps no password",
      type: endpoint,
      props: user("auth/ldap/users/ci-shop", { policies: "shop" }),
    },
    {
      name: "data that is not known yet, of somebody",
      type: endpoint,
      props: { path: "auth/userpass/users/ann", dataJson: unknownText },
    },
    { name: "a method for people with a day's end", type: okta, props: { tokenPeriod: 0 } },
  ],
  blocks: [
    {
      name: "a program with a token of a person",
      type: github,
      props: { user: "octo-bot" },
      says: [says("user", "with a personal access token")],
    },
    {
      name: "a program in the directory",
      type: ldapUser,
      props: { username: "SVC_orders" },
      says: [says("username", "with a password of the directory")],
    },
    {
      name: "a program in Okta",
      type: "vault:okta/authBackendUser:AuthBackendUser",
      props: { username: "ci@example.com" },
      says: [says("username", "with a password of Okta")],
    },
    {
      name: "a program's name at a method for people",
      type: alias,
      props: { name: "dependabot[bot]", mountAccessor: "auth_github_1a2b3c4d" },
      says: [says("name", "the mount is of a method for people")],
    },
    {
      name: "a program with a password",
      type: endpoint,
      props: user("auth/userpass/users/terraform", { password: "x", policies: "deploy" }),
      says: [machine],
    },
    {
      name: "the same with data that is not known yet",
      type: endpoint,
      props: { path: "/auth/passwords/users/jenkins-1", dataJson: unknownText },
      says: [machine],
    },
    ...[{ token_num_uses: 1 }, { token_period: "24h" }, { token_type: "batch" }].map((settings) => ({
      name: `a password with what only programs need: ${Object.keys(settings).join()}`,
      type: endpoint,
      props: user("auth/userpass/users/shop", { password_hash: "$2a$", ...settings }),
      says: [machine],
    })),
    {
      name: "a person with a password that Vault keeps",
      type: endpoint,
      props: user("auth/userpass/users/ann", { password: "x", token_num_uses: 0 }),
      says: ["path is a user with a password that Vault keeps, without a second factor by itself"],
      level: "advisory",
    },
    ...methods.map((type) => ({
      name: `people who never sign in again, ${type}`,
      type,
      props: { tokenPeriod: 3600 },
      says: ["tokenPeriod gives people tokens that are renewed for ever, as only programs need them"],
      level: "advisory" as const,
    })),
    {
      name: "people without a second factor",
      type: okta,
      props: { bypassOktaMfa: true, tokenPeriod: "60" },
      says: [
        "tokenPeriod gives people tokens that are renewed for ever, as only programs need them",
        "bypassOktaMfa lets people in without a second factor",
      ],
      level: "advisory",
    },
  ],
};
