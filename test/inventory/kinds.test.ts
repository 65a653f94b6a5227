import * as aws from "@pulumi/aws";
import * as gcp from "@pulumi/gcp";
import * as vault from "@pulumi/vault";
import { kinds } from "../../inventory/kinds";
import tokens from "../policy-packs/nhi/tokens.json";

type Sdk = Record<string, Record<string, { __pulumiType?: string }> | undefined>;
const sdks: Record<string, unknown> = { aws, gcp, vault };

/** `aws:iam/role:Role` is `aws.iam.Role`; what is of `index` stands in the SDK itself. */
function inSdk(type: string): string | undefined {
  const [provider = "", module = "", name = ""] = type.split(":");
  const sdk = sdks[provider] as Sdk;
  const [folder = ""] = module.split("/");
  const found =
    folder === "index" ? (sdk as unknown as Sdk[string]) : (sdk[folder] ?? sdk[folder.toLowerCase()]);
  // A class is in capitals, also where its type is not.
  return found?.[name.charAt(0).toUpperCase() + name.slice(1)]?.__pulumiType;
}

const types = Object.keys(kinds);

it.each(types.filter((type) => (type.split(":")[0] ?? "") in sdks))(
  "%s is a type of the installed SDK",
  (type) => {
    expect(inSdk(type)).toBe(type);
  },
);

/** Types whose SDK is not read for the pack: checked by hand in the registry. */
const byHand = [
  "azuread:index/application:Application",
  "gitlab:index/deployToken:DeployToken",
  "kubernetes:core/v1:ServiceAccount",
  "nhi:index:StaticCredentialException",
];

it("knows every other type from an SDK's own list, or by hand", () => {
  const listed = new Set(Object.values(tokens).flatMap(({ types: all }) => all));
  const others = types.filter((type) => !((type.split(":")[0] ?? "") in sdks) && !listed.has(type));
  expect(others).toEqual(byHand);
});
