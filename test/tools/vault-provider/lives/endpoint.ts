import { secret } from "../client";
import { types } from "../samples";
import type { Life } from "./life";

const endpointBase = {
  path: "secret/user",
  disableRead: false,
  disableDelete: false,
  ignoreAbsentFields: false,
};

export const endpoint: Life[] = [
  {
    type: types.endpoint,
    inputs: () => ({
      ...endpointBase,
      dataJson: secret('{"n":1,"password":"canary"}'),
    }),
    id: "secret/user",
    path: "secret/user",
    made: { password: "canary", n: 1 },
    outputs: { writeData: secret({}), writeDataJson: secret("null") },
    change: {
      to: { ...endpointBase, dataJson: secret('{"password":"canary-2"}') },
      onServer: { password: "canary-2" },
      byHand: (operator) => operator.put("secret/user", { password: "of somebody else", more: true }),
      found: { dataJson: secret('{"more":true,"password":"of somebody else"}') },
    },
  },
];
