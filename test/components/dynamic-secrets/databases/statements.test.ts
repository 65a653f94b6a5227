import { postgresqlStatementsProblem } from "../../../../components/dynamic-secrets/databases/statements";

const problem = (creationStatements: string[], revocationStatements: string[], renewStatements?: string[]) =>
  postgresqlStatementsProblem("roles[0]", {
    name: "read",
    creationStatements,
    revocationStatements,
    ...(renewStatements && { renewStatements }),
  });
const creation = [
  `CREATE ROLE "{{name}}" LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}';`,
  `GRANT SELECT ON ALL TABLES IN SCHEMA public TO "{{name}}";`,
];
const revocation = [`DROP ROLE IF EXISTS "{{name}}";`];

describe("statements that are taken", () => {
  it.each<[string, string[], string[]]>([
    ["as they are usually written", creation, revocation],
    [
      "in lower case, with the other name of the user",
      [`create role "{{username}}" login encrypted password '{{password}}' valid until '{{expiration}}'`],
      [`drop role "{{username}}"`],
    ],
    [
      "over several lines",
      [`CREATE ROLE "{{name}}" LOGIN`, `PASSWORD\n  '{{password}}'`, `VALID  UNTIL '{{expiration}}'`],
      ["DO $$ BEGIN", `DROP OWNED BY "{{name}}"; END $$`],
    ],
    [
      "without spaces",
      [`CREATE ROLE "{{name}}" PASSWORD'{{password}}'VALID UNTIL'{{expiration}}'`],
      [`DROP ROLE "{{name}}"`],
    ],
    ["about a table called password", [...creation, `GRANT SELECT ON password TO "{{name}}"`], revocation],
  ])("%s", (_, create, revoke) => {
    expect(problem(create, revoke)).toBeUndefined();
  });
});

describe("statements that are refused", () => {
  const fixedPassword =
    "roles[0].creationStatements must not set a password of its own. " +
    "Write PASSWORD '{{password}}', which Vault makes for each lease.";
  const fixedEnd =
    "roles[0].creationStatements must not set an end of its own. " +
    "Write VALID UNTIL '{{expiration}}', the end of the lease.";
  const noName = `roles[0].creationStatements must have "{{name}}", the user that Vault makes up for each lease.`;
  const noPassword =
    "roles[0].creationStatements must have PASSWORD '{{password}}', which Vault makes for each lease.";
  const noEnd =
    "roles[0].creationStatements must have VALID UNTIL '{{expiration}}', " +
    "so that PostgreSQL ends the user even when Vault can't reach it.";
  const noRemoval =
    'roles[0].revocationStatements must remove "{{name}}", for example: DROP ROLE IF EXISTS "{{name}}"; ' +
    "A lease that ends without it leaves the user behind.";
  const create = (password: string) =>
    `CREATE ROLE "{{name}}" LOGIN PASSWORD ${password} VALID UNTIL '{{expiration}}'`;

  it.each<[string, string[], string]>([
    ["a password in the statement", [create("'hunter2'")], fixedPassword],
    ["one with escapes", [create("E'hunter2'")], fixedPassword],
    ["one in Unicode escapes", [create("U&'hunter2'")], fixedPassword],
    ["one right behind the word", [...creation, `ALTER ROLE app PASSWORD'hunter2'`], fixedPassword],
    ["one between dollars", [create("$$hunter2$$")], fixedPassword],
    ["one around Vault's", [create("'hunter2{{password}}'")], fixedPassword],
    ["a second user with one", [...creation, `ALTER ROLE app PASSWORD 'hunter2'`], fixedPassword],
    ["an end that never comes", [creation[0]?.replace("{{expiration}}", "infinity") ?? ""], fixedEnd],
    ["an end right behind the word", [...creation, `ALTER ROLE app VALID UNTIL'2099-01-01'`], fixedEnd],
    ["an end far away", [creation[0]?.replace("{{expiration}}", "2099-01-01") ?? ""], fixedEnd],
    [
      "no user of its own",
      [`CREATE ROLE app LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}'`],
      noName,
    ],
    ["braces that Vault does not fill in", [creation[0]?.replace("{{name}}", "{{ name }}") ?? ""], noName],
    ["no password", [`CREATE ROLE "{{name}}" LOGIN VALID UNTIL '{{expiration}}'`], noPassword],
    ["no end", [`CREATE ROLE "{{name}}" LOGIN PASSWORD '{{password}}'`], noEnd],
    ["an end in a comment", [`CREATE ROLE "{{name}}" PASSWORD '{{password}}' -- {{expiration}}`], noEnd],
    ["nothing", [], noName],
  ])("creation: %s", (_, statements, says) => {
    expect(problem(statements, revocation)).toBe(says);
  });

  it.each<[string, string[]]>([
    ["nothing", []],
    ["a blank", [""]],
    ["another user", ["DROP ROLE app"]],
  ])("revocation: %s", (_, statements) => {
    expect(problem(creation, statements)).toBe(noRemoval);
  });

  it.each<[string, string[], string]>([
    [
      "another password",
      [`ALTER ROLE "{{name}}" PASSWORD 'hunter2'`],
      fixedPassword.replace("creation", "renew"),
    ],
    [
      "an end that never comes",
      [`ALTER ROLE "{{name}}" VALID UNTIL 'infinity'`],
      fixedEnd.replace("creation", "renew"),
    ],
    [
      "the end that it had",
      [`SELECT 1`],
      `roles[0].renewStatements must move the end of the user: ALTER ROLE "{{name}}" VALID UNTIL '{{expiration}}'; Leave it out for just that.`,
    ],
  ])("renewal: %s", (_, statements, says) => {
    expect(problem(creation, revocation, statements)).toBe(says);
  });

  it("renewal that moves the end is taken", () => {
    expect(
      problem(creation, revocation, [`ALTER ROLE "{{name}}" VALID UNTIL '{{expiration}}'`]),
    ).toBeUndefined();
  });
});
