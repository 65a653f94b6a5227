import {
  AuditedStatements,
  DatabaseAudit,
  NhiKind,
  type DatabaseAuditArgs,
  type DatabaseFlag,
} from "pulumi-nhi";
import { connect, refusal } from "../../../demo/job";
import { startPostgres, type Postgres } from "../../../demo/postgres";
import { refusalOf, registeredBy } from "../../support/mocks";

const metadata = {
  owner: "team-orders",
  purpose: "log of the orders database",
  environment: "production",
  kind: NhiKind.Service,
  reviewBy: "2027-06-30",
};

async function made(args: Partial<DatabaseAuditArgs> = {}) {
  const registered = await registeredBy(() => new DatabaseAudit("orders-log", { metadata, ...args }));
  const component = registered.find(({ type }) => type === "nhi:index:DatabaseAudit");
  return {
    registered,
    outputs: component?.outputs as { configuration: string; databaseFlags: DatabaseFlag[] },
  };
}

it("is a parameter group for each kind of RDS that is asked for, and nothing where none is", async () => {
  const { registered } = await made({
    rds: { instanceFamily: "postgres17", clusterFamily: "aurora-postgresql16" },
  });
  const parameter = (name: string, value: string) => ({ name, value, applyMethod: "immediate" });
  const group = {
    name: "orders-log",
    description: "Audit of connections and statements (owner team-orders)",
    parameters: [
      parameter("log_connections", "on"),
      parameter("log_disconnections", "on"),
      parameter("log_min_error_statement", "error"),
      parameter("log_parameter_max_length", "0"),
      parameter("log_parameter_max_length_on_error", "0"),
      parameter("log_statement", "all"),
    ],
    tags: {
      "nhi:owner": "team-orders",
      "nhi:purpose": "log of the orders database",
      "nhi:environment": "production",
      "nhi:kind": "service",
      "nhi:review-by": "2027-06-30",
    },
  };
  expect(registered.filter(({ type }) => type.startsWith("aws:"))).toEqual([
    {
      type: "aws:rds/clusterParameterGroup:ClusterParameterGroup",
      name: "orders-log",
      parent: "DatabaseAudit orders-log",
      inputs: { family: "aurora-postgresql16", ...group },
    },
    {
      type: "aws:rds/parameterGroup:ParameterGroup",
      name: "orders-log",
      parent: "DatabaseAudit orders-log",
      inputs: { family: "postgres17", ...group },
    },
  ]);
  expect((await made()).registered.map(({ type }) => type)).toEqual(["nhi:index:DatabaseAudit"]);
});

it("gives the same settings as flags of Cloud SQL and as lines of a configuration", async () => {
  const { outputs } = await made({ statements: AuditedStatements.Changes, linePrefix: "%m [%p] it's %u " });
  expect(outputs.databaseFlags).toContainEqual({ name: "log_statement", value: "mod" });
  expect(outputs.configuration.split("\n")).toEqual([
    "log_connections = 'on'",
    "log_disconnections = 'on'",
    "log_line_prefix = '%m [%p] it''s %u '",
    "log_min_error_statement = 'error'",
    "log_parameter_max_length = '0'",
    "log_parameter_max_length_on_error = '0'",
    "log_statement = 'mod'",
    "",
  ]);
});

it.each<{ wrong: Partial<DatabaseAuditArgs>; says: string }>([
  {
    wrong: { metadata: { ...metadata, owner: "" } },
    says: `metadata.owner must say something, got "".`,
  },
  {
    wrong: { statements: "none" as AuditedStatements },
    says: `statements must be all or mod, got "none". Less than that does not say what a grant did.`,
  },
  {
    wrong: { linePrefix: "%t " },
    says: `linePrefix must have %m, %p, %u: the time, the process and the user, got "%t ". Without them a line can't be told to be of a grant.`,
  },
  {
    wrong: { linePrefix: "%m %p %u\n" },
    says: `linePrefix must be one line without control characters, got "%m %p %u\\n".`,
  },
  {
    wrong: { rds: {} },
    says: "rds must have instanceFamily, clusterFamily or both. Leave it out where the server is none of RDS.",
  },
  {
    wrong: { rds: { instanceFamily: "mysql8.0" } },
    says: `rds.instanceFamily must be a family of PostgreSQL such as postgres17, got "mysql8.0".`,
  },
  {
    wrong: { rds: { clusterFamily: "postgres17" } },
    says: `rds.clusterFamily must be a family of PostgreSQL such as aurora-postgresql16, got "postgres17".`,
  },
])("refuses: $says", async ({ wrong, says }) => {
  expect(await refusalOf(() => new DatabaseAudit("orders-log", { metadata, ...wrong }))).toBe(
    `DatabaseAudit "orders-log": ${says}`,
  );
});

describe("on a real PostgreSQL with these settings", () => {
  let postgres: Postgres;
  beforeAll(async () => {
    const { databaseFlags } = (await made()).outputs;
    // What the demo's server has of its own for this must not be what the test sees.
    const off = { log_connections: "off", log_disconnections: "off", log_statement: "none" };
    postgres = await startPostgres({
      ...off,
      ...Object.fromEntries(databaseFlags.map(({ name, value }) => [name, value])),
    });
  }, 60_000);
  afterAll(() => postgres.stop());

  it("says who connected from where, what they ran, that they left, and that they were refused after", async () => {
    const admin = await connect(postgres, postgres);
    await admin.query("CREATE TABLE orders (id int); CREATE ROLE grant_1 LOGIN PASSWORD 'of-this-test'");
    await admin.query("GRANT SELECT ON orders TO grant_1");
    const user = { username: "grant_1", password: "of-this-test" };
    const session = await connect(postgres, user);
    await session.query("SELECT count(*) FROM orders WHERE id = $1", [424242]);
    await session.query("DELETE FROM orders").catch(() => undefined);
    await session.end();
    await admin.query("REVOKE ALL ON orders FROM grant_1; DROP ROLE grant_1");
    await admin.end();
    expect(await refusal(postgres, user)).toBe('password authentication failed for user "grant_1"');

    const lines = postgres
      .log()
      .split("\n")
      .flatMap((line) => /^\d{4}-\d\d-\d\d \S+ UTC \[\d+\] user=grant_1 (.*)$/.exec(line)?.[1] ?? []);
    const of = (part: string) => lines.filter((line) => line.includes(part));
    expect(of("connection authenticated")).toHaveLength(1);
    expect(of("connection authorized: user=grant_1")).toHaveLength(1);
    expect(of("SELECT count(*) FROM orders WHERE id = $1")).toHaveLength(1);
    expect(of("ERROR:  permission denied for table orders")).toHaveLength(1);
    expect(of("STATEMENT:  DELETE FROM orders")).toHaveLength(1);
    expect(of("disconnection: session time")).toHaveLength(1);
    expect(of("FATAL:  password authentication failed")).toHaveLength(1);
    expect(postgres.log()).toContain("connection received: host=127.0.0.1");
    // Values are data, and may be secret.
    expect(postgres.log()).not.toContain("424242");
  }, 30_000);
});

it("knows its outputs at preview", async () => {
  const registered = await registeredBy(() => new DatabaseAudit("orders-log", { metadata }), {
    preview: true,
  });
  expect(JSON.stringify(registered)).not.toContain("<unknown>");
});
