import { randomUUID } from "node:crypto";
import { Broker } from "../../broker/broker";
import { CedarDecider } from "../../broker/decide/cedar";
import type { BrokerEvent, Caller, Grant, GrantRequest } from "../../broker/grant";
import { type Ended, type Minted, type Minter, MintRefused, type Store } from "../../broker/ports";
import { readSettings } from "../../broker/settings";
import { MemoryStore } from "../../broker/stores/memory";

export const tenant = "123456789012";
export const caller = (id: string, more: Partial<Caller> = {}): Caller => ({
  id,
  tenant,
  kind: "workload",
  claims: { repository: "octo/app" },
  ...more,
});
export const ci = caller("ci");
export const agent = caller("agent", { kind: "ai-agent" });
export const alice = caller("alice", { kind: "human" });
export const bob = caller("bob", { kind: "human" });
export const carol = caller("carol", { kind: "human" });
export const guard = caller("guard", { kind: "human" });
export const stranger = caller("ci", { tenant: "999999999999" });

const aws = (name: string) => ({
  roleArn: `arn:aws:iam::${tenant}:role/${name}`,
  policy: [{ actions: ["s3:GetObject"], resources: ["arn:aws:s3:::artefacts/*"] }],
});
export const settings = readSettings(
  JSON.stringify({
    roles: {
      deploy: { tenant, environment: "production", tier: "standard", aws: aws("deploy") },
      migrate: {
        tenant,
        environment: "production",
        tier: "sensitive",
        approval: { needed: 2, approvers: ["alice", "bob", "carol", "ci"] },
        aws: aws("migrate"),
      },
      forbidden: { tenant, environment: "production", tier: "standard", aws: aws("forbidden") },
    },
  }),
);

export const policies = {
  "deploy.cedar": `
    @id("ci-deploys")
    permit (principal, action == Nhi::Action::"request", resource == Nhi::Role::"deploy")
    when { principal.hasTag("repository") && principal.getTag("repository") == "octo/app" };
    @id("agents-say-what-they-read")
    forbid (principal, action == Nhi::Action::"request", resource)
    when { principal.kind == "ai-agent" } unless { context has intent && context.intent.tools == ["read"] };
  `,
  "migrate.cedar": `
    @id("migrations")
    permit (principal, action == Nhi::Action::"request", resource == Nhi::Role::"migrate");
    @id("people-approve")
    permit (principal, action == Nhi::Action::"approve", resource) when { principal.kind == "human" };
    @id("guards-end-anything")
    permit (principal == Nhi::Caller::"guard", action in [Nhi::Action::"revoke", Nhi::Action::"close", Nhi::Action::"open"], resource);
  `,
};
const decider = new CedarDecider(policies);

/** A target that knows which credentials work at a moment. It stands for AWS, Vault or GCP and tells the truth. */
export class Target implements Minter {
  readonly minted = new Map<string, { endsAt: number; isRevoked: boolean }>();
  mints: string[] = [];
  /** What the next calls do instead of working. */
  faults: ("refuse" | "throw" | "throw after")[] = [];
  revokeFaults = 0;

  async mint(
    grant: Grant,
    _role: unknown,
    remember: (handle: Record<string, string>) => Promise<void>,
  ): Promise<Minted> {
    const fault = this.faults.shift();
    if (fault === "refuse") throw new MintRefused("AWS refused: AccessDenied.");
    if (fault === "throw") throw new Error("canary-secret in an error");
    await remember({ session: grant.id });
    // The target takes a while, in which others act.
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
    this.mints.push(grant.id);
    this.minted.set(grant.id, { endsAt: Date.parse(grant.expiresAt ?? ""), isRevoked: false });
    if (fault === "throw after") throw new Error("the answer was lost");
    return {
      credential: { values: { TOKEN: `canary-secret-${grant.id}` }, expiresAt: grant.expiresAt ?? "" },
      handle: { session: grant.id },
      scopeHash: "abc",
    };
  }

  revoke(grant: Grant, _role: unknown, now: Date): Promise<Ended> {
    if (this.revokeFaults > 0) {
      this.revokeFaults -= 1;
      return Promise.reject(new Error("canary-secret: the deny could not be written"));
    }
    const one = this.minted.get(grant.id);
    if (one && one.endsAt <= now.getTime()) return Promise.resolve({ how: "expired", mechanism: "expiry" });
    if (one) one.isRevoked = true;
    return Promise.resolve({ how: "revoked", mechanism: "aws-grant-deny" });
  }

  /** The grants whose credential works at this moment. */
  working(now: Date): string[] {
    return [...this.minted]
      .filter(([, one]) => !one.isRevoked && one.endsAt > now.getTime())
      .map(([id]) => id);
  }
}

export interface World {
  broker: Broker;
  store: Store;
  target: Target;
  events: BrokerEvent[];
  now: Date;
  /** Deliveries that fail from now on. */
  deafFor: number;
  pass(seconds: number): void;
}

export function newWorld(store: Store = new MemoryStore()): World {
  const target = new Target();
  const world: World = {
    store,
    target,
    events: [],
    now: new Date("2027-03-01T09:00:00.000Z"),
    deafFor: 0,
    pass: (seconds) => (world.now = new Date(world.now.getTime() + seconds * 1000)),
    broker: new Broker(settings, {
      store,
      minters: { aws: target },
      decider,
      events: {
        deliver: (events) => {
          if (world.deafFor > 0) {
            world.deafFor -= 1;
            return Promise.reject(new Error("nobody listens"));
          }
          world.events.push(...events);
          return Promise.resolve();
        },
      },
      clock: () => world.now,
    }),
  };
  return world;
}

export const requestFor = (role: string, more: Partial<GrantRequest> = {}): GrantRequest => ({
  requestToken: randomUUID(),
  role,
  purpose: "release 1.4 of the shop",
  ttlSeconds: 600,
  environment: "production",
  ...more,
});

export const eventsOf = (world: World, id: string): string[] => [
  ...new Map(
    world.events.flatMap((event) =>
      "role" in event && event.grantId === id ? [[event.id, event.type]] : [],
    ),
  ).values(),
];
