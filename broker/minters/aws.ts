import type { IAMClient } from "@aws-sdk/client-iam";
import {
  AssumeRoleCommand,
  GetCallerIdentityCommand,
  STSServiceException,
  type Credentials,
  type STSClient,
} from "@aws-sdk/client-sts";
import type { Grant } from "../grant";
import { MintRefused, type Minter } from "../ports";
import type { AwsTarget, Role } from "../settings";
import { RoleDenyList } from "./aws-deny-list";
import { hashOf, isOver, secondsOf, sessionPolicy, sourceIdentity, tagValue } from "./aws-documents";
import { nothingMinted } from "./nothing-minted";

/** Seconds that STS takes for a session out of a session (AssumeRole, role chaining). */
const [shortest, longest] = [900, 3600];

export interface AwsHost {
  sts: STSClient;
  /**
   * Writes the inline policies of roles in the broker's own account. Nothing is minted in another one: what can't be
   * revoked is not given out, and a role of the same name here is not the one that is meant.
   */
  iam: IAMClient;
  /**
   * When a grant ends, from the store. A revoked grant leaves the role's list then. Where it is not known, it leaves the list
   * 25 hours after its request, which a role with many grants has no room for.
   */
  endOf?: (grantId: string) => Promise<Date | undefined>;
  /** Called where somebody else changed the list of a role's revoked grants. What they put there stays, beside ours. */
  onModified?: (roleArn: string) => void;
  /** Milliseconds until a list that IAM does not show yet is read again, doubled each time. Default: 100. */
  waitMs?: number;
}

/**
 * Sessions of a role, one for each grant. AWS can't end a session: what it may do ends with the grant, by the clock of AWS,
 * and before that by a deny on the grant's own id.
 */
export function awsMinter(host: AwsHost): Minter {
  const lists = new Map<string, RoleDenyList>();

  let ownAccount: string | undefined;

  /** Whether the broker can change the role. Who it is costs no permission to ask. */
  async function canRevoke(roleArn: string): Promise<boolean> {
    ownAccount ??= (await host.sts.send(new GetCallerIdentityCommand({}))).Account;
    return ownAccount === accountOf(roleArn);
  }

  function listOf(roleArn: string): RoleDenyList {
    const list =
      lists.get(roleArn) ??
      new RoleDenyList({
        iam: host.iam,
        roleName: roleArn.split("/").at(-1) ?? "",
        endOf: async (id) => host.endOf?.(id),
        onModified: () => host.onModified?.(roleArn),
        waitMs: host.waitMs,
      });
    lists.set(roleArn, list);
    return list;
  }

  return {
    async mint(grant, role, remember) {
      const target = targetOf(role);
      if (!(await canRevoke(target.roleArn)))
        throw new MintRefused(
          `The broker can't revoke sessions in the account ${accountOf(target.roleArn)}, so it gives none there.`,
        );
      const expiresAt = grant.expiresAt ?? "";
      const policy = sessionPolicy(target, grant, expiresAt);
      const handle = { roleArn: target.roleArn };
      await remember(handle);
      const made = await assume(host.sts, grant, target.roleArn, policy, expiresAt);
      return {
        credential: {
          values: {
            AWS_ACCESS_KEY_ID: made.AccessKeyId ?? "",
            AWS_SECRET_ACCESS_KEY: made.SecretAccessKey ?? "",
            AWS_SESSION_TOKEN: made.SessionToken ?? "",
            ...(target.region !== undefined && { AWS_REGION: target.region }),
          },
          // STS gives at least fifteen minutes. What the session may do ends with the grant.
          expiresAt,
        },
        handle,
        scopeHash: hashOf(policy),
      };
    },

    async revoke(grant, _role, now) {
      const { roleArn } = grant.handle ?? {};
      if (roleArn === undefined) return nothingMinted;
      if (grant.expiresAt !== undefined && isOver(new Date(grant.expiresAt), now)) {
        // Only where an earlier attempt may have put it there. The session has ended whether or not this works.
        if (grant.revocation)
          await listOf(roleArn)
            .prune(grant.id, now)
            .catch(() => undefined);
        return { how: "expired", mechanism: "expiry" };
      }
      if (!(await canRevoke(roleArn))) throw new CannotRevoke(accountOf(roleArn));
      return { how: "revoked", mechanism: await listOf(roleArn).deny(grant.id, now) };
    },
  };
}

async function assume(
  sts: STSClient,
  grant: Grant,
  roleArn: string,
  policy: string,
  expiresAt: string,
): Promise<Credentials> {
  const tags = {
    "nhi:grant-id": grant.id,
    "nhi:purpose": tagValue(grant.request.purpose),
    "nhi:expires-at": secondsOf(expiresAt),
  };
  try {
    const { Credentials } = await sts.send(
      new AssumeRoleCommand({
        RoleArn: roleArn,
        RoleSessionName: grant.id,
        SourceIdentity: sourceIdentity(grant.requester.id),
        DurationSeconds: Math.min(longest, Math.max(shortest, Math.ceil(grant.ttlSeconds))),
        Policy: policy,
        // Not transitive: the session's policy names what it may do, and a role that it assumes has a grant of its own.
        Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
      }),
    );
    if (!Credentials) throw new MintRefused("AWS answered without a session.");
    return Credentials;
  } catch (error) {
    // The name and not the text: that may quote what was sent.
    if (error instanceof STSServiceException && error.$fault === "client" && !error.$retryable)
      throw new MintRefused(`AWS refused the session: ${error.name}. ${advice(error.name, roleArn)}`);
    throw error;
  }
}

function advice(name: string, roleArn: string): string {
  if (name === "AccessDenied")
    return `The broker must be allowed sts:AssumeRole, sts:TagSession and sts:SetSourceIdentity on ${roleArn}, and the role must trust it.`;
  if (name === "PackedPolicyTooLargeException") return "Ask for fewer resources, or split the role.";
  if (name === "MalformedPolicyDocumentException")
    return "An action or a resource of the role is none that AWS knows.";
  return "Look at the broker's role and its region.";
}

function targetOf({ name, aws }: Role): AwsTarget {
  if (!aws) throw new MintRefused(`The role ${name} has no target at AWS.`);
  return aws;
}

const accountOf = (roleArn: string) => roleArn.split(":")[4] ?? "";

/** The grant's role is in an account whose roles the broker can't change. */
export class CannotRevoke extends Error {
  override readonly name = "CannotRevoke";

  constructor(account: string) {
    super(`The broker can't change roles in the account ${account}.`);
  }
}
