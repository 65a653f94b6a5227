import type { Grant } from "./grant";
import type { Ledger } from "./ledger";
import { byBroker, issued, remembered } from "./machine";
import { MintRefused, type Credential, type Minter, type Ports } from "./ports";
import { Refused } from "./refused";
import type { Revoker } from "./revoker";
import { kindOf, targetOf, type Role } from "./settings";

/** Mints for a grant whose right to it is won, and leaves nothing behind that nobody knows of. */
export class Minting {
  constructor(
    private readonly ports: Ports,
    private readonly ledger: Ledger,
    private readonly revoker: Revoker,
  ) {}

  async mint(won: Grant, role: Role): Promise<{ grant: Grant; credential: Credential }> {
    const minter = this.minter(role);
    let grant = won;
    let made;
    try {
      made = await minter.mint(grant, role, async (handle) => {
        grant = await this.ledger.save(remembered(grant, handle));
      });
    } catch (error) {
      const words = error instanceof MintRefused ? error.message : "The target did not answer as it should.";
      await this.revoker.end(grant, {
        how: "failed",
        by: byBroker,
        reason: "nothing was handed out",
        minted: true,
      });
      throw new Refused("failed", words);
    }
    const { credential, handle, scopeHash } = made;
    try {
      const kept = { handle, ...(scopeHash !== undefined && { scopeHash }) };
      grant = await this.ledger.save(issued(grant, targetOf(role), kept, this.ports.clock()));
    } catch {
      // Somebody ended the grant while it was minted, or the store is gone. What was minted is not handed out, and
      // who ended the grant may have looked before there was anything to end.
      const lost = { ...grant, handle: { ...grant.handle, ...handle } };
      const isGone = await minter.revoke(lost, role, this.ports.clock()).then(
        () => true,
        () => false,
      );
      await this.revoker.end(lost, {
        how: "failed",
        by: byBroker,
        reason: "nothing was handed out",
        minted: isGone,
      });
      throw new Refused("failed", "The grant ended while its credential was made. Ask anew.");
    }
    return { grant, credential };
  }

  private minter(role: Role): Minter {
    const minter = this.ports.minters[kindOf(role)];
    if (!minter) throw new Refused("failed", `This broker has no way to ${kindOf(role)}.`);
    return minter;
  }
}
