import * as pulumi from "@pulumi/pulumi";
import { NhiKind, RabbitMqSecrets } from "pulumi-nhi";

const config = new pulumi.Config();

const queues = new RabbitMqSecrets("queues", {
  metadata: {
    owner: "team-shop",
    purpose: "the shop's queues",
    environment: "production",
    kind: NhiKind.Workload,
    reviewBy: "2027-06-30",
  },
  rabbitmq: {
    managementUrl: config.get("managementUrl") ?? "https://rabbit.example.com:15671",
    username: "vault",
    password: config.requireSecret("rabbitMqPassword"),
  },
  roles: [{ name: "billing", permissions: [{ vhost: "/", read: ["orders"], write: ["invoices"] }] }],
});

export const paths = queues.credentialPaths;
export const policies = queues.policyNames;
