import * as pulumi from "@pulumi/pulumi";
import {
  NhiKind,
  RabbitMqSecrets,
  type RabbitMqPermission,
  type RabbitMqSecretsArgs,
  type RabbitMqServer,
} from "pulumi-nhi";
import { notYetKnown, refusalOf, registeredBy, secret, unknown, type Registered } from "../../support/mocks";

const line =
  "the shop's queues (owner team-shop, environment production, kind workload, review by 2027-06-30)";
const metadata = {
  owner: "team-shop",
  purpose: "the shop's queues",
  environment: "production",
  kind: NhiKind.Workload,
  reviewBy: "2027-06-30",
};
const server = { managementUrl: "https://rabbit.example.com:15671", username: "vault" };
const permission: RabbitMqPermission = { vhost: "shop", read: ["orders"] };
const role = { name: "billing", permissions: [permission] };
const args: RabbitMqSecretsArgs = {
  metadata,
  rabbitmq: { ...server, password: pulumi.secret("canary") },
  roles: [role],
};
const policy = `# ${line}
path "queues/creds/billing" {
  capabilities = ["read"]
}
path "sys/leases/renew" {
  capabilities = ["update"]
  allowed_parameters = {
    "lease_id" = ["queues/creds/billing/*"]
    "increment" = []
  }
}
path "sys/leases/revoke" {
  capabilities = ["update"]
  allowed_parameters = {
    "lease_id" = ["queues/creds/billing/*"]
    "sync" = []
  }
}
`;
const typed = (registered: Registered[], kind: string) =>
  registered.filter(({ type }) => type.endsWith(`:${kind}`)).map(({ inputs }) => inputs);

describe("what is registered", () => {
  it("is the engine with its connection, and for each role a role and a policy", async () => {
    const parent = "RabbitMqSecrets queues";
    expect(await registeredBy(() => new RabbitMqSecrets("queues", args))).toEqual([
      {
        type: "nhi:index:RabbitMqSecrets",
        name: "queues",
        inputs: { metadata, rabbitmq: server, roles: [role] },
        outputs: {
          mountPath: "queues",
          credentialPaths: { billing: "queues/creds/billing" },
          policyNames: { billing: "nhi.queues.billing" },
        },
      },
      {
        parent,
        type: "vault:index/policy:Policy",
        name: "queues-billing",
        inputs: { name: "nhi.queues.billing", policy },
      },
      {
        parent,
        type: "vault:index/quotaRateLimit:QuotaRateLimit",
        name: "queues",
        inputs: { name: "nhi.queues.requests", path: "queues", rate: 100 },
        after: ["SecretBackend queues"],
      },
      {
        parent,
        type: "vault:rabbitMq/secretBackend:SecretBackend",
        name: "queues",
        inputs: {
          path: "queues",
          description: line,
          defaultLeaseTtlSeconds: 300,
          maxLeaseTtlSeconds: 900,
          connectionUri: "https://rabbit.example.com:15671",
          username: secret("vault"),
          passwordWo: secret("canary"),
          passwordWoVersion: 1,
          verifyConnection: true,
          usernameTemplate:
            '{{ printf "v-%s-%s-%s" (.DisplayName | truncate 40) (.RoleName | truncate 40) (random 20) }}',
          auditNonHmacResponseKeys: ["username"],
        },
        additionalSecretOutputs: ["password", "passwordWo", "username"],
      },
      {
        parent,
        type: "vault:rabbitMq/secretBackendRole:SecretBackendRole",
        name: "queues-billing",
        inputs: {
          backend: "queues",
          name: "billing",
          vhosts: [{ host: "shop", configure: "^$", write: "^$", read: "^(orders)$" }],
        },
        after: ["SecretBackend queues"],
        deletedWith: "SecretBackend queues",
      },
    ]);
  });

  it("is patterns that match the names, whatever letters they have, and no other", async () => {
    const registered = await registeredBy(
      () =>
        new RabbitMqSecrets("queues", {
          ...args,
          roles: [
            {
              name: "billing",
              permissions: [
                {
                  vhost: "/",
                  configure: ["amq.gen*"],
                  write: ["a+b", "in(voices)"],
                  read: ["orders", "orders.eu"],
                },
                { vhost: "shop", read: ["x"] },
              ],
            },
          ],
        }),
    );
    expect(typed(registered, "SecretBackendRole")).toMatchObject([
      {
        vhosts: [
          {
            host: "/",
            configure: "^(amq\\.gen.*)$",
            write: "^(a\\+b|in\\(voices\\))$",
            read: "^(orders|orders\\.eu)$",
          },
          { host: "shop", configure: "^$", write: "^$", read: "^(x)$" },
        ],
      },
    ]);
  });

  it("keeps a password that is not known yet secret, and checks an address as soon as it is", async () => {
    const registered = await registeredBy(
      () =>
        new RabbitMqSecrets("queues", {
          ...args,
          rabbitmq: { ...server, managementUrl: notYetKnown(), password: notYetKnown() },
        }),
      { preview: true },
    );
    expect(typed(registered, "SecretBackend")[0]).toMatchObject({
      connectionUri: unknown,
      passwordWo: secret(unknown),
    });
  });
});

describe("what is refused", () => {
  const rabbitmq = (change: Partial<RabbitMqServer>) => ({ rabbitmq: { ...args.rabbitmq, ...change } });
  const permissions = (change: Partial<RabbitMqPermission>) => ({
    roles: [{ ...role, permissions: [{ ...permission, ...change }] }],
  });
  const url =
    "rabbitmq.managementUrl must be https:// and a host, with a port and without user, password and path. The user goes into username.";
  const oneName = (right: string, got: string) =>
    `roles[0].permissions[0].${right}[0] must be one name, or the beginning of names with * at its end, got "${got}".`;

  it.each<{ what: string; change: Partial<RabbitMqSecretsArgs>; says: string }>([
    {
      what: "no owner",
      change: { metadata: { ...metadata, owner: "" } },
      says: 'metadata.owner must say something, got "".',
    },
    {
      what: "a broker without TLS on another machine",
      change: rabbitmq({ managementUrl: "http://rabbit.example.com:15672" }),
      says: 'rabbitmq.managementUrl must be https:// for "rabbit.example.com". Without TLS the passwords cross the network in the clear.',
    },
    {
      what: "a password in the address, which the message keeps to itself",
      change: rabbitmq({ managementUrl: "https://vault:canary@rabbit.example.com:15671" }),
      says: url,
    },
    {
      what: "an address of AMQP",
      change: rabbitmq({ managementUrl: "amqps://rabbit.example.com" }),
      says: url,
    },
    {
      what: "the user that every broker has",
      change: rabbitmq({ username: "guest" }),
      says: 'rabbitmq.username must be a user that only Vault uses, got "guest", whose password everybody knows.',
    },
    {
      what: "no user",
      change: rabbitmq({ username: "" }),
      says: "rabbitmq.username must name a user, got none.",
    },
    {
      what: "a password in plain text, which the message keeps to itself",
      change: rabbitmq({ password: "canary" }),
      says: "rabbitmq.password must be a secret, for example from config.requireSecret. As plain text it stands in the program, or is empty.",
    },
    {
      what: "a version of zero",
      change: rabbitmq({ passwordVersion: 0 }),
      says: "rabbitmq.passwordVersion must be a whole number from 1 up, got 0.",
    },
    {
      what: "no roles",
      change: { roles: [] },
      says: "roles must have at least one role. Without one nobody can get a credential.",
    },
    {
      what: "a role of all",
      change: { roles: [{ ...role, name: "*" }] },
      says: 'roles[0].name must be lower-case letters, digits, _ or -, got "*".',
    },
    {
      what: "two roles of one name",
      change: { roles: [role, role] },
      says: 'roles[1].name must be used once, got "billing" again.',
    },
    {
      what: "a role that can do nothing",
      change: { roles: [{ ...role, permissions: [] }] },
      says: "roles[0].permissions must have at least one virtual host. Without one the user can do nothing.",
    },
    {
      what: "a virtual host without rights",
      change: permissions({ read: [] }),
      says: "roles[0].permissions[0] must name at least one queue or exchange in configure, write or read.",
    },
    {
      what: "every virtual host",
      change: permissions({ vhost: "*" }),
      says: 'roles[0].permissions[0].vhost must be one virtual host, got "*".',
    },
    {
      what: "one virtual host twice",
      change: { roles: [{ ...role, permissions: [permission, permission] }] },
      says: 'roles[0].permissions[1].vhost must be used once, got "shop" again.',
    },
    { what: "every queue", change: permissions({ read: ["*"] }), says: oneName("read", "*") },
    {
      what: "every queue as a pattern",
      change: permissions({ write: [".*"] }),
      says: oneName("write", ".*"),
    },
    {
      what: "a star in the middle",
      change: permissions({ configure: ["a*b"] }),
      says: oneName("configure", "a*b"),
    },
    {
      what: "a lease of a day",
      change: { maxTtlSeconds: 86_400 },
      says: "maxTtlSeconds must be a whole number from 1 to 14400 seconds, got 86400. Let a longer program ask again.",
    },
    {
      what: "a lease that outlives its end",
      change: { maxTtlSeconds: 60 },
      says: "defaultTtlSeconds must be a whole number from 1 to 60 seconds, got 300. A lease ends with maxTtlSeconds.",
    },
    {
      what: "a consumer that can't ask again",
      change: { consumers: [{ name: "old", roles: ["billing"], entityIds: ["e"], canRefresh: false }] },
      says: 'consumers[0].canRefresh must be true: a credential of this engine ends and is asked for again. For "old", which can\'t, make a StaticCredentialException, which has an owner and an end.',
    },
  ])("$what", async ({ change, says }) => {
    const message = await refusalOf(() => new RabbitMqSecrets("queues", { ...args, ...change }));
    expect(message).toBe(`RabbitMqSecrets "queues": ${says}`);
  });
});
