import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { CreateTableCommand, DescribeTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import dynalite from "dynalite";
import { table } from "../../../broker/stores/dynamodb-table";

/** A table for grants on a local endpoint that speaks DynamoDB's protocol, for a broker that is a process of its own. */
export interface Table {
  name: string;
  /** What the AWS SDK of another process finds it by. */
  env: NodeJS.ProcessEnv;
  stop(): Promise<void>;
}

export async function startTable(): Promise<Table> {
  const server: Server = dynalite({ createTableMs: 0 });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  const client = new DynamoDBClient({ region: "eu-central-1", endpoint, credentials });
  const name = "grants";
  await client.send(new CreateTableCommand({ TableName: name, ...table }));
  while ((await client.send(new DescribeTableCommand({ TableName: name }))).Table?.TableStatus !== "ACTIVE");
  client.destroy();
  return {
    name,
    env: {
      AWS_ENDPOINT_URL_DYNAMODB: endpoint,
      AWS_REGION: "eu-central-1",
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    },
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
