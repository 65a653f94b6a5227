/** Why a call got nothing, as who called may read it: one line, and nothing that it did not know before. */
export class Refused extends Error {
  constructor(
    readonly code: "invalid" | "not_found" | "forbidden" | "conflict" | "closed" | "failed",
    message: string,
  ) {
    super(message);
  }
}
