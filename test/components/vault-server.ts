import { createSign, generateKeyPairSync } from "node:crypto";
import { findSecretsServer } from "../../tools/find-secrets-server";
import { screenProgress } from "../../tools/progress";
import { startSecretsServer } from "../../tools/secrets-server";
import type { Registered } from "../support/mocks";

export interface Answer {
  status: number;
  errors?: string[];
  auth?: { client_token: string; token_policies: string[]; metadata: Record<string, string> };
  data?: Record<string, unknown>;
}

/** A real server, and the calls that the Vault provider would make on it for what a component registers. */
export interface VaultServer {
  call(method: string, path: string, body?: object, token?: string): Promise<Answer>;
  /** Makes a JWT mount that trusts an issuer with the key of these tests. */
  trust(path: string, issuer: string): Promise<void>;
  write(resource: Registered): Promise<void>;
  stop(): Promise<void>;
}

const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });

/** A token as an issuer signs it. */
export function jwt(claims: object): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const text = `${part({ alg: "RS256", typ: "JWT" })}.${part(claims)}`;
  return `${text}.${createSign("RSA-SHA256").update(text).sign(privateKey, "base64url")}`;
}

export async function startVault(): Promise<VaultServer> {
  const server = await startSecretsServer(await findSecretsServer(screenProgress()));
  const operator = await server.operatorToken();
  const call: VaultServer["call"] = async (method, path, body, token = operator) => {
    const response = await fetch(`${server.address}/v1/${path}`, {
      method,
      headers: { "x-vault-token": token },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { ...(text === "" ? {} : (JSON.parse(text) as object)), status: response.status };
  };
  const done = async (method: string, path: string, body: object) => {
    const { status, errors } = await call(method, path, body);
    if (status >= 300) throw new Error(`${method} ${path}: ${status} ${errors?.join() ?? ""}`);
  };
  return {
    call,
    async trust(path, issuer) {
      await done("POST", `sys/auth/${path}`, { type: "jwt" });
      await done("POST", `auth/${path}/config`, {
        bound_issuer: issuer,
        jwt_validation_pubkeys: [publicKey.export({ type: "spki", format: "pem" })],
      });
    },
    async write({ type, inputs }) {
      const given = inputs as Record<string, unknown>;
      if (type === "vault:index/policy:Policy")
        await done("PUT", `sys/policies/acl/${String(given.name)}`, { policy: given.policy });
      else if (/^vault:.*[aA]uthBackendRole$/.test(type))
        await done("POST", rolePath(type, given), body(given));
      else if (!type.startsWith("nhi:")) throw new Error(`no call is known for ${type}`);
    },
    stop: () => server.stop(),
  };
}

/** What names a role in its path, and so is not in the body. */
const pathOnly = ["backend", "roleName", "role", "name"];

function rolePath(type: string, { backend, roleName, role, name }: Record<string, unknown>): string {
  const kind = type.includes("certAuth") ? "certs" : "role";
  return `auth/${String(backend)}/${kind}/${String(roleName ?? role ?? name)}`;
}

function body(given: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(given)
      .filter(([key]) => !pathOnly.includes(key))
      .map(([key, value]) => [apiNames[key] ?? snakeCase(key), key === "boundClaims" ? lists(value) : value]),
  );
}

/** Where the API's name is not the provider's in snake case. */
const apiNames: Record<string, string> = {
  boundIamPrincipalArns: "bound_iam_principal_arn",
  resolveAwsUniqueIds: "resolve_aws_unique_ids",
};

const snakeCase = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** The provider splits the values of a claim at commas. */
const lists = (claims: unknown) =>
  Object.fromEntries(
    Object.entries(claims as Record<string, string>).map(([claim, values]) => [claim, values.split(",")]),
  );
