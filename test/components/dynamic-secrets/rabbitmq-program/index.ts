import * as pulumi from "@pulumi/pulumi";
import { NhiKind, RabbitMqSecrets } from "../../../../components";

const { URL = "", USERNAME = "", PASSWORD = "", VERSION = "1", MAX_TTL = "900" } = process.env;

new RabbitMqSecrets("queues", {
  metadata: {
    owner: "team-shop",
    purpose: "the shop's queues",
    environment: "production",
    kind: NhiKind.Workload,
    reviewBy: "2027-06-30",
  },
  rabbitmq: {
    managementUrl: URL,
    username: USERNAME,
    password: pulumi.secret(PASSWORD),
    passwordVersion: Number(VERSION),
  },
  roles: [
    { name: "billing", permissions: [{ vhost: "/", configure: ["orders"], read: ["orders", "amq.gen*"] }] },
    { name: "orders", permissions: [{ vhost: "/", write: ["orders"] }] },
  ],
  maxTtlSeconds: Number(MAX_TTL),
});
