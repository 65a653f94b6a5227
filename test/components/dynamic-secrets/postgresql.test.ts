import * as pulumi from "@pulumi/pulumi";
import {
  connectionUrl,
  hostProblem,
  postgresqlProblem,
  PostgresSslMode,
  type PostgresqlServer,
} from "../../../components/dynamic-secrets/postgresql";

const server: PostgresqlServer = { host: "db.example.com", database: "orders", username: "vault" };

describe("the connection URL", () => {
  it.each<[string, Partial<PostgresqlServer>, string]>([
    ["checks the certificate unless told otherwise", {}, "db.example.com:5432/orders?sslmode=verify-full"],
    ["goes to another port", { port: 6432 }, "db.example.com:6432/orders?sslmode=verify-full"],
    [
      "keeps a database's name in one piece",
      { database: "orders?sslmode=disable&a/b" },
      "db.example.com:5432/orders%3Fsslmode%3Ddisable%26a%2Fb?sslmode=verify-full",
    ],
    ["has brackets around IPv6", { host: "2001:db8::7" }, "[2001:db8::7]:5432/orders?sslmode=verify-full"],
    [
      "goes without TLS on one machine",
      { host: "127.0.0.1", sslMode: PostgresSslMode.Disable },
      "127.0.0.1:5432/orders?sslmode=disable",
    ],
  ])("%s", (_, change, rest) => {
    expect(connectionUrl({ ...server, ...change })).toBe(`postgresql://{{username}}:{{password}}@${rest}`);
  });

  it("waits for a host that comes later", async () => {
    const url = connectionUrl({ ...server, host: pulumi.output("::1") });
    expect(await new Promise((resolve) => pulumi.output(url).apply(resolve))).toBe(
      "postgresql://{{username}}:{{password}}@[::1]:5432/orders?sslmode=verify-full",
    );
  });
});

describe("a server that is taken", () => {
  const disable = PostgresSslMode.Disable;

  it.each<[string, Partial<PostgresqlServer> & { host: string }]>([
    ["by its name", { host: "db.example.com" }],
    ["by its address", { host: "10.0.0.7" }],
    [
      "with an authority of its own",
      { host: "10.0.0.7", sslMode: PostgresSslMode.VerifyCa, tlsCa: "-----BEGIN CERTIFICATE-----" },
    ],
    ["on the machine itself", { host: "127.0.0.1", sslMode: disable }],
    ["on the machine itself, by any of its addresses", { host: "127.8.9.1", sslMode: disable }],
    ["on the machine itself, by name", { host: "localhost", sslMode: disable }],
    ["on the machine itself, in IPv6", { host: "::1", sslMode: disable }],
  ])("%s", (_, change) => {
    const given = { ...server, ...change };
    expect(postgresqlProblem(given)).toBeUndefined();
    expect(hostProblem(given.host, given)).toBeUndefined();
  });
});

describe("a server that is refused", () => {
  it.each<[string, Partial<PostgresqlServer>, string]>([
    ["no port", { port: 0 }, "postgresql.port must be a whole number from 1 to 65535, got 0."],
    [
      "a port too high",
      { port: 65536 },
      "postgresql.port must be a whole number from 1 to 65535, got 65536.",
    ],
    ["no database", { database: " " }, "postgresql.database must name a database, got none."],
    ["no user", { username: "" }, "postgresql.username must name a user, got none."],
    [
      "an empty password",
      { bootstrapPassword: "" },
      "postgresql.bootstrapPassword must not be empty. Leave it out once the first up has ended well.",
    ],
    [
      "a bootstrap version that is none",
      { bootstrapVersion: 0 },
      "postgresql.bootstrapVersion must be a whole number from 1 up, got 0.",
    ],
    [
      "a TLS mode that checks nothing",
      { sslMode: "require" as PostgresSslMode },
      'postgresql.sslMode must be one of verify-full, verify-ca, disable, got "require".',
    ],
    [
      "any certificate of any authority",
      { sslMode: PostgresSslMode.VerifyCa },
      "postgresql.tlsCa must be given with sslMode verify-ca. Without it a certificate of any public authority passes.",
    ],
  ])("%s", (_, change, says) => {
    expect(postgresqlProblem({ ...server, ...change })).toBe(says);
  });

  it.each([
    "db.example.com:5432",
    "u@db.example.com",
    "postgresql://db",
    "/var/run/postgresql",
    "db?x",
    "-db",
    "a b",
    "",
  ])("the host %j", (host) => {
    expect(hostProblem(host, server)).toBe(
      `postgresql.host must be a host name or an address, without port, got ${JSON.stringify(host)}.`,
    );
  });

  it.each([
    "db.example.com",
    "10.0.0.7",
    "127.0.0.1.example.com",
    "localhost.example.com",
    "2001:db8::7",
    "0.0.0.0",
  ])("no TLS to %s", (host) => {
    expect(hostProblem(host, { ...server, sslMode: PostgresSslMode.Disable })).toBe(
      `postgresql.sslMode must be verify-full for "${host}", got "disable". ` +
        "Without TLS the passwords cross the network in the clear.",
    );
  });
});
