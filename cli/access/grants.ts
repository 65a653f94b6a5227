import type { GrantView } from "../../broker/http/api";
import { oneLine } from "./one-line";
import type { Screen } from "../screen";
import { brokerAt, said, type BrokerOptions } from "./broker-at";

/** A line for each grant that the caller may see: what it is, for what, and what it waits for. */
export async function grants(
  options: BrokerOptions & { role?: string; open?: boolean; json?: boolean },
  screen: Screen,
): Promise<void> {
  const { grants: all, isCut } = await said(brokerAt(options, process.env).list(options));
  if (options.json === true) {
    screen.out(`${JSON.stringify({ grants: all, isCut }, undefined, 2)}\n`);
    return;
  }
  if (all.length === 0) screen.out("There are no grants that you may see.\n");
  for (const grant of all) screen.out(`${lineOf(grant)}\n`);
  if (isCut) screen.out("There are more: ask for a role, or for --open.\n");
}

function lineOf({ id, state, role, requester, purpose, expiresAt, approval }: GrantView): string {
  const when =
    state === "pending_approval" && approval
      ? `${approval.given.length} of ${approval.needed} approved, until ${approval.expiresAt}`
      : expiresAt === undefined
        ? ""
        : `until ${expiresAt}`;
  return [id, state.padEnd(16), role, oneLine(requester), `"${oneLine(purpose)}"`, when].join("  ").trimEnd();
}

/** What one caller says to one grant. */
export async function tellGrant(
  what: "approve" | "deny" | "revoke",
  id: string,
  options: BrokerOptions & { json?: boolean },
  screen: Screen,
): Promise<void> {
  const grant = await said(brokerAt(options, process.env)[what](id));
  screen.out(options.json === true ? `${JSON.stringify(grant, undefined, 2)}\n` : `${lineOf(grant)}\n`);
}

/** The kill switch, and taking it back. */
export async function closeOrOpen(
  options: BrokerOptions & { role?: string; requester?: string; reason?: string; open?: boolean },
  screen: Screen,
): Promise<void> {
  const { role, requester, reason = "", open } = options;
  const client = brokerAt(options, process.env);
  const scope = { ...(role !== undefined && { role }), ...(requester !== undefined && { requester }) };
  const what =
    [role !== undefined && `role ${role}`, requester !== undefined && `requester ${requester}`]
      .filter((part) => part !== false)
      .join(", ") || "everything";
  if (open === true) {
    await said(client.open(scope));
    screen.out(`Open again: ${what}.\n`);
    return;
  }
  const { ended, failed } = await said(client.close(scope, reason));
  screen.out(
    `Closed: ${what}. ${ended} grants ended${failed > 0 ? `, ${failed} of them NOT revoked yet: the broker tries again` : ""}.\n`,
  );
}
