import { Ajv, type ErrorObject } from "ajv";
import schema from "./settings.schema.json";

/** How sensitive what a role reaches is. It decides how long a grant can last. */
export type Tier = "sensitive" | "standard";

/** Seconds. Fifteen minutes for what is sensitive, an hour for the rest: AWS ends chained sessions then. */
export const ceilings: Record<Tier, number> = { sensitive: 900, standard: 3600 };
/** Seconds. An agent decides at run time what it does next, so what it holds ends sooner. */
export const agentCeiling = 900;

/** A role that a requester can ask for. It has exactly one target. */
export interface Role {
  name: string;
  tenant: string;
  environment: string;
  tier: Tier;
  /** Seconds, at most the tier's ceiling, which is also the default. */
  maxTtlSeconds: number;
  approval?: ApprovalRule;
  aws?: AwsTarget;
  vault?: VaultTarget;
  gcp?: GcpTarget;
}

export interface ApprovalRule {
  /** How many of the approvers must say yes. */
  needed: number;
  /** Their proven ids. */
  approvers: string[];
  /** Seconds that a request waits. Default: three hours. */
  expiresInSeconds: number;
}

export interface AwsTarget {
  roleArn: string;
  region?: string;
  /** What any grant of this role may do: the session's policy, which the end in time is put into. */
  policy: { actions: string[]; resources: string[] }[];
}

export interface VaultTarget {
  /** The token role that the broker makes tokens with: its allowed policies and its longest time are the server's. */
  tokenRole: string;
  policies: string[];
  /** What the job gets: a path to read, and which field becomes which variable. */
  secrets: { path: string; env: Record<string, string> }[];
}

export interface GcpTarget {
  /** `projects/P/locations/global/entitlements/E`. */
  entitlement: string;
  /** The account that is impersonated for the access token. */
  serviceAccount: string;
}

/** An issuer whose tokens prove a caller. */
export interface Issuer {
  issuer: string;
  audience: string;
  tenant: string;
  kind: "workload" | "ai-agent" | "human";
  /** Where its keys are, where that is not what its discovery document says. */
  jwksUri?: string;
}

export interface Settings {
  roles: Record<string, Role>;
  issuers: Issuer[];
}

type Given = Omit<Settings, "roles" | "issuers"> & {
  roles: Record<
    string,
    Omit<Role, "name" | "maxTtlSeconds" | "approval"> & {
      maxTtlSeconds?: number;
      approval?: Omit<ApprovalRule, "expiresInSeconds"> & { expiresInSeconds?: number };
    }
  >;
  issuers?: Issuer[];
};

const approvalSeconds = 3 * 60 * 60;
const validate = new Ajv({ allErrors: false }).compile<Given>(schema);

/** A role has exactly one target: the settings' schema sees to it. */
export const kindOf = ({ aws, vault }: Role): "aws" | "vault" | "gcp" =>
  aws ? "aws" : vault ? "vault" : "gcp";

/** What a reviewer looks up: the role, the token role or the entitlement. */
export const targetOf = ({ aws, vault, gcp }: Role): string =>
  aws?.roleArn ?? vault?.tokenRole ?? gcp?.entitlement ?? "";

/** The schema's own error in words for who writes the file. */
function wordsOf(errors: readonly ErrorObject[]): string {
  // What an alternative of `oneOf` misses is no error of its own: the other alternative may be meant.
  const error = errors.find(({ keyword }) => keyword === "oneOf") ?? errors[0];
  const where = error?.instancePath.slice(1).replaceAll("/", ".") ?? "";
  const subject = where === "" ? "they" : where;
  switch (error?.keyword) {
    case "oneOf":
      return `${subject} must have exactly one of aws, vault and gcp`;
    case "enum":
      return `${subject} must be one of ${(error.params as { allowedValues: string[] }).allowedValues.join(", ")}`;
    case "additionalProperties":
      return `${subject} must have no ${JSON.stringify((error.params as { additionalProperty: string }).additionalProperty)}: there is no such setting`;
    default:
      return `${subject} ${error?.message ?? "are wrong"}`;
  }
}

/** Settings as a file has them, checked and complete. Throws one line that names what is wrong. */
export function readSettings(text: string): Settings {
  let given: unknown;
  try {
    given = JSON.parse(text);
  } catch {
    throw new SettingsProblem("The broker's settings must be JSON, and are not.");
  }
  if (!validate(given)) {
    throw new SettingsProblem(`The broker's settings: ${wordsOf(validate.errors ?? [])}.`);
  }
  const roles: Record<string, Role> = {};
  for (const [name, role] of Object.entries(given.roles)) {
    const ceiling = ceilings[role.tier];
    const { maxTtlSeconds = ceiling, approval, ...rest } = role;
    if (maxTtlSeconds > ceiling)
      throw new SettingsProblem(
        `The broker's settings: roles.${name}.maxTtlSeconds must be at most ${ceiling} for the tier ${role.tier}, got ${maxTtlSeconds}.`,
      );
    if (approval && approval.needed > new Set(approval.approvers).size)
      throw new SettingsProblem(
        `The broker's settings: roles.${name}.approval.needed is ${approval.needed}, and there are ${new Set(approval.approvers).size} approvers. Nothing would ever be approved.`,
      );
    roles[name] = {
      ...rest,
      name,
      maxTtlSeconds,
      ...(approval && { approval: { expiresInSeconds: approvalSeconds, ...approval } }),
    };
  }
  return { roles, issuers: given.issuers ?? [] };
}

export class SettingsProblem extends Error {}
