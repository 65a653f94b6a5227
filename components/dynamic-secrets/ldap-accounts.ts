import { firstProblem, secondsProblem, shown, type Problem } from "../refusal";
import type { CredentialAccess } from "./consumers";

/** A kind of account that Vault makes for each lease. */
export interface LdapRole {
  /** The role's name in Vault, in lower case. Its path is `<mountPath>/creds/<name>`. */
  name: string;
  /** The groups (`groupOfNames`) that the account becomes a member of, each by its whole name (DN). Default: none. */
  groups?: string[] | undefined;
  /**
   * LDIF that makes the account, in place of an `inetOrgPerson` below `userDn` in the `groups`. `{{.Username}}` and
   * `{{.Password}}` are filled in for each lease. Needed with the schema `ad`. Not beside `groups`.
   */
  creationLdif?: string | undefined;
  /** LDIF that removes what `creationLdif` makes. Needed with it. */
  deletionLdif?: string | undefined;
  /** How long a lease lives unless it is renewed, in seconds. Default: 300. At most `maxTtlSeconds`. */
  defaultTtlSeconds?: number | undefined;
  /** How long a lease lives however often it is renewed, in seconds. Default: 900. At most 3600. */
  maxTtlSeconds?: number | undefined;
}

/** Accounts that exist already, which one after the other can have: its password is changed when it comes back. */
export interface LdapLibrarySet {
  /** The set's name in Vault, in lower case. Its path is `<mountPath>/library/<name>/check-out`. */
  name: string;
  /** The accounts, by the attribute `userAttribute`. Each in one set only, and at least one. */
  accounts: string[];
  /** How long a check-out lasts unless it is renewed, in seconds. Default: 300. At most `maxTtlSeconds`. */
  defaultTtlSeconds?: number | undefined;
  /** How long a check-out lasts however often it is renewed, in seconds. Default: 900. At most 3600. */
  maxTtlSeconds?: number | undefined;
}

export const defaultTtl = 300;
export const defaultMaxTtl = 900;
export const longestTtl = 3600;

const accountDn = (userDn: string) => `cn={{.Username}},${userDn}`;

/** An account that programs can sign in with, in the groups. */
export function creationLdif({ creationLdif: own, groups = [] }: LdapRole, userDn: string): string {
  if (own !== undefined) return own;
  return [
    `dn: ${accountDn(userDn)}
changetype: add
objectClass: inetOrgPerson
cn: {{.Username}}
sn: {{.Username}}
uid: {{.Username}}
userPassword: {{.Password}}
`,
    ...groups.map((group) => membership("add", group, userDn)),
  ].join("\n");
}

/** Vault goes on with the next entry where one is gone already. */
export function deletionLdif({ deletionLdif: own, groups = [] }: LdapRole, userDn: string): string {
  if (own !== undefined) return own;
  return [
    ...groups.map((group) => membership("delete", group, userDn)),
    `dn: ${accountDn(userDn)}
changetype: delete
`,
  ].join("\n");
}

const membership = (change: "add" | "delete", group: string, userDn: string) =>
  `dn: ${group}
changetype: modify
${change}: member
member: ${accountDn(userDn)}
-
`;

export const roleAccess = (mountPath: string, { name }: LdapRole): CredentialAccess[] => [
  { role: name, path: `${mountPath}/creds/${name}`, capability: "read", leased: true },
];

/** Who has checked an account out checks it in: Vault holds it to the same entity. */
export const setAccess = (mountPath: string, { name }: LdapLibrarySet): CredentialAccess[] => [
  { role: name, path: `${mountPath}/library/${name}/check-out`, capability: "update", leased: true },
  { role: name, path: `${mountPath}/library/${name}/check-in`, capability: "update", leased: false },
];

/** A whole name of an entry. In LDIF a line break in it would begin a line of its own. */
export const isDn = (text: string) =>
  /^[a-z][a-z0-9-]*=[^,=\r\n{}]+(,\s?[a-z][a-z0-9-]*=[^,=\r\n{}]+)*$/i.test(text);

export function rolesProblem(roles: readonly LdapRole[], isActiveDirectory: boolean): Problem {
  return firstProblem(roles, (role, index) => {
    const where = `roles[${index}]`;
    const { creationLdif: own, groups } = role;
    if (isActiveDirectory && own === undefined)
      return `${where}.creationLdif must be given with the schema ad, whose accounts differ from one forest to the next.`;
    if (own !== undefined && groups !== undefined)
      return `${where}.groups must be left out with creationLdif: add the account to them there.`;
    return (
      firstProblem(groups ?? [], (group, at) =>
        isDn(group)
          ? undefined
          : `${where}.groups[${at}] must be the whole name of a group (cn=readers,ou=groups,dc=example,dc=com), got ${shown(group)}.`,
      ) ??
      ldifProblem(where, role) ??
      timesProblem(where, role)
    );
  });
}

/** Messages never show the LDIF: what is wrong with it may be a password. */
function ldifProblem(where: string, { creationLdif: creation, deletionLdif: deletion }: LdapRole): Problem {
  if (creation === undefined)
    return deletion === undefined
      ? undefined
      : `${where}.deletionLdif must come with creationLdif. Without that one the account is removed already.`;
  if (!creation.includes("{{.Username}}"))
    return `${where}.creationLdif must have {{.Username}}, which Vault makes up for each lease.`;
  if (!/^(userPassword|unicodePwd)::?.*\.Password\b/im.test(creation))
    return `${where}.creationLdif must have userPassword: {{.Password}}, or unicodePwd of it, which Vault makes up for each lease.`;
  if (/^(userPassword|unicodePwd):(?!.*\.Password\b)/im.test(creation))
    return `${where}.creationLdif must not set a password of its own. Write userPassword: {{.Password}}.`;
  return deletion !== undefined &&
    /^changetype:\s*(delete|modify)\s*$/im.test(deletion) &&
    deletion.includes("{{.Username}}")
    ? undefined
    : `${where}.deletionLdif must remove {{.Username}}, with changetype: delete. A lease that ends without it leaves the account behind.`;
}

export function setsProblem(sets: readonly LdapLibrarySet[]): Problem {
  const all = sets.flatMap(({ accounts }) => accounts);
  return firstProblem(sets, (set, index) => {
    const where = `librarySets[${index}]`;
    if (set.accounts.length === 0) return `${where}.accounts must have at least one account, got none.`;
    return (
      firstProblem(set.accounts, (account, at) => {
        if (!/^[A-Za-z0-9][A-Za-z0-9._@-]*$/.test(account))
          return `${where}.accounts[${at}] must be one account's name, got ${shown(account)}.`;
        return all.filter((other) => other === account).length > 1
          ? `${where}.accounts[${at}] must be in one set, once, got ${shown(account)} again.`
          : undefined;
      }) ?? timesProblem(where, set)
    );
  });
}

function timesProblem(
  where: string,
  { defaultTtlSeconds = defaultTtl, maxTtlSeconds = defaultMaxTtl }: LdapRole | LdapLibrarySet,
): Problem {
  return (
    secondsProblem(`${where}.maxTtlSeconds`, maxTtlSeconds, 1, longestTtl, "Let a longer job ask again.") ??
    secondsProblem(
      `${where}.defaultTtlSeconds`,
      defaultTtlSeconds,
      1,
      maxTtlSeconds,
      "A lease ends with maxTtlSeconds.",
    )
  );
}
