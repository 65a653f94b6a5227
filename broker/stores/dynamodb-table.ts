import type { CreateTableCommandInput } from "@aws-sdk/client-dynamodb";

/** The table that `dynamoStore` works on. Both indexes hold keys only: what is decided on is read from the table itself. */
export const table = {
  BillingMode: "PAY_PER_REQUEST",
  KeySchema: [
    { AttributeName: "pk", KeyType: "HASH" },
    { AttributeName: "sk", KeyType: "RANGE" },
  ],
  AttributeDefinitions: ["pk", "sk", "dueShard", "dueAt", "listKey", "grantId"].map((AttributeName) => ({
    AttributeName,
    AttributeType: "S",
  })),
  GlobalSecondaryIndexes: [
    index("due", "dueShard", "dueAt"),
    // Of each tenant, the open grants apart from the final ones.
    index("list", "listKey", "grantId"),
  ],
} satisfies Omit<CreateTableCommandInput, "TableName">;

/** The attribute that DynamoDB's time to live is set on: seconds since 1970, and only where nothing follows any more. */
export const timeToLive = "expires";

function index(name: string, hash: string, range: string) {
  return {
    IndexName: name,
    KeySchema: [
      { AttributeName: hash, KeyType: "HASH" as const },
      { AttributeName: range, KeyType: "RANGE" as const },
    ],
    Projection: { ProjectionType: "KEYS_ONLY" as const },
  };
}
