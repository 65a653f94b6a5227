import { setTimeout as wait } from "node:timers/promises";
import {
  GetRolePolicyCommand,
  NoSuchEntityException,
  PutRolePolicyCommand,
  type IAMClient,
} from "@aws-sdk/client-iam";
import {
  denyDocument,
  isDenied,
  isOver,
  lastPossibleEnd,
  nextDenyList,
  readDenyList,
  type DenyList,
} from "./aws-documents";

/** The inline policy of each target role that denies sessions which ended early. */
export const policyName = "nhi-revoked-grants";

/** How often a list is written until it is read back as it was written. IAM shows a write a little later. */
const attempts = 6;
const firstWaitMs = 100;

/** One grant, or every session of the role that was issued until then. */
type Mechanism = "aws-grant-deny" | "aws-role-cutoff";

/** What is to be denied, and what is not any more. Revocations that come while one is written are the next write together. */
interface Batch {
  denied: Set<string>;
  pruned: Set<string>;
  done: Promise<Mechanism>;
}

export interface DenyListHost {
  iam: IAMClient;
  roleName: string;
  /** When a grant ends, where that is known. */
  endOf: (grantId: string) => Promise<Date | undefined>;
  /** Somebody else changed the list. */
  onModified: () => void;
  waitMs?: number | undefined;
}

/**
 * The list of one role. IAM has no conditional write, so the writes of one process come one after the other, and each is
 * read back. Two processes that write the list of one role can each take out what the other put in: let one process alone
 * revoke (a Lambda with a reserved concurrency of 1).
 */
export class RoleDenyList {
  private next: Batch | undefined;
  private last: Promise<unknown> = Promise.resolve();
  /** As it was last seen to be written: what IAM shows may be older than that. */
  private written: DenyList = readDenyList(undefined);
  private readonly ends = new Map<string, Date>();

  constructor(private readonly host: DenyListHost) {}

  /** Denies a grant's session. It has been read back when this is done. */
  deny(id: string, now: Date): Promise<Mechanism> {
    const batch = this.batch(now);
    batch.denied.add(id);
    return batch.done;
  }

  /** Takes out a grant that has ended by itself. */
  prune(id: string, now: Date): Promise<Mechanism> {
    const batch = this.batch(now);
    batch.pruned.add(id);
    return batch.done;
  }

  private batch(now: Date): Batch {
    if (this.next) return this.next;
    const [denied, pruned] = [new Set<string>(), new Set<string>()];
    const done = this.last.then(() => {
      this.next = undefined;
      return this.write(denied, pruned, now);
    });
    this.last = done.catch(() => undefined);
    this.next = { denied, pruned, done };
    return this.next;
  }

  private async write(denied: Set<string>, pruned: Set<string>, now: Date): Promise<Mechanism> {
    for (let attempt = 0; attempt < attempts; attempt += 1) {
      if (attempt > 0) await wait((this.host.waitMs ?? firstWaitMs) * 2 ** (attempt - 1));
      const found = await this.read();
      if (attempt === 0 && (!found.isExact || found.foreign.length > 0)) this.host.onModified();
      const known = withWritten(found, this.written);
      const ended = await this.endedOf(known.ids, now);
      const wanted = nextDenyList(known, denied, (id) => ended.has(id) || pruned.has(id), now);
      if (!found.isExact || denyDocument(found) !== denyDocument(wanted)) await this.put(wanted);
      const after = await this.read();
      if (after.isExact && [...denied].every((id) => isDenied(after, id, now))) {
        this.written = after;
        return [...denied].every((id) => after.ids.has(id)) ? "aws-grant-deny" : "aws-role-cutoff";
      }
    }
    throw new DenyNotSeen();
  }

  private async endedOf(ids: ReadonlySet<string>, now: Date): Promise<Set<string>> {
    const ended = new Set<string>();
    await Promise.all(
      [...ids].map(async (id) => {
        const end = this.ends.get(id) ?? (await this.host.endOf(id)) ?? lastPossibleEnd(id);
        this.ends.set(id, end);
        if (isOver(end, now)) {
          ended.add(id);
          this.ends.delete(id);
        }
      }),
    );
    return ended;
  }

  private async read(): Promise<DenyList> {
    try {
      const { PolicyDocument } = await this.host.iam.send(
        new GetRolePolicyCommand({ RoleName: this.host.roleName, PolicyName: policyName }),
      );
      // IAM gives documents encoded as in a URL (RFC 3986).
      return readDenyList(PolicyDocument && decodeURIComponent(PolicyDocument));
    } catch (error) {
      if (error instanceof NoSuchEntityException) return readDenyList(undefined);
      throw error;
    }
  }

  private async put(list: DenyList): Promise<void> {
    await this.host.iam.send(
      new PutRolePolicyCommand({
        RoleName: this.host.roleName,
        PolicyName: policyName,
        PolicyDocument: denyDocument(list),
      }),
    );
  }
}

function withWritten(found: DenyList, written: DenyList): DenyList {
  const cutOff = [found.cutOff, written.cutOff]
    .filter((time) => time !== undefined)
    .sort()
    .at(-1);
  return { ...found, ids: new Set([...found.ids, ...written.ids]), ...(cutOff !== undefined && { cutOff }) };
}

/** IAM took the list and did not show it. */
export class DenyNotSeen extends Error {
  override readonly name = "DenyNotSeen";
  override readonly message = "IAM took the list of revoked grants and does not show it.";
}
