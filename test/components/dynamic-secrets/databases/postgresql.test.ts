import {
  connectionUrl,
  postgresql,
  PostgresSslMode,
  type PostgresqlServer,
} from "../../../../components/dynamic-secrets/databases/postgresql";

const server = { host: "db.example.com", database: "orders", username: "vault" };

describe("the connection URL", () => {
  it.each<[string, Partial<PostgresqlServer> & { host?: string }, string]>([
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
    const { host, ...given } = { ...server, ...change };
    expect(connectionUrl(given, host)).toBe(`postgresql://{{username}}:{{password}}@${rest}`);
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
    expect(postgresql.problem("postgresql", given)).toBeUndefined();
    expect(postgresql.hostProblem("postgresql", given.host, given)).toBeUndefined();
  });
});

describe("a server that is refused", () => {
  it.each<[string, Partial<PostgresqlServer> & { host?: string }, string]>([
    ["no port", { port: 0 }, "postgresql.port must be a whole number from 1 to 65535, got 0."],
    [
      "a port too high",
      { port: 65536 },
      "postgresql.port must be a whole number from 1 to 65535, got 65536.",
    ],
    ["no database", { database: " " }, "postgresql.database must name a database, got none."],
    ["no user", { username: "" }, "postgresql.username must name a user, got none."],
    [
      "a password as plain text",
      { bootstrapPassword: "canary" },
      "postgresql.bootstrapPassword must be a secret, for example from config.requireSecret. As plain text it stands in the program, or is empty. Leave it out once the first up has ended well.",
    ],
    [
      "a prefix in capitals",
      { usernamePrefix: "Release" },
      'postgresql.usernamePrefix must be at most 12 lower-case letters, digits or -, and begin with a letter, got "Release".',
    ],
    [
      "a rotation that Vault would do all the time",
      { rootRotation: { periodSeconds: 1 } },
      "postgresql.rootRotation.periodSeconds must be a whole number from 10 up, got 1.",
    ],
    [
      "two clocks for one rotation",
      { rootRotation: { periodSeconds: 86_400, schedule: "0 3 * * SUN" } },
      "postgresql.rootRotation.schedule must not be given with periodSeconds. Vault takes one of them.",
    ],
    [
      "a schedule that is none",
      { rootRotation: { schedule: "weekly" } },
      'postgresql.rootRotation.schedule must be five fields as cron has them, got "weekly".',
    ],
    [
      "a window without a schedule",
      { rootRotation: { windowSeconds: 3600 } },
      "postgresql.rootRotation.windowSeconds must be given with schedule only.",
    ],
    [
      "a window of a minute",
      { rootRotation: { schedule: "0 3 * * SUN", windowSeconds: 60 } },
      "postgresql.rootRotation.windowSeconds must be a whole number from 3600 up, got 60.",
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
    expect(postgresql.problem("postgresql", { ...server, ...change })).toBe(says);
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
    expect(postgresql.hostProblem("postgresql", host, { ...server, host })).toBe(
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
    expect(
      postgresql.hostProblem("postgresql", host, { ...server, host, sslMode: PostgresSslMode.Disable }),
    ).toBe(
      `postgresql.sslMode must be verify-full for "${host}", got "disable". ` +
        "Without TLS the passwords cross the network in the clear.",
    );
  });
});
