import type { Ended } from "../ports";

/** A grant without a handle: whatever minting makes, the handle is remembered before it. */
export const nothingMinted: Ended = { how: "revoked", mechanism: "nothing-minted" };
