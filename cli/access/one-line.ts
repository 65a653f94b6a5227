/** A text of others on one line of a terminal: what could move the cursor or turn the reading order is left out. */
export const oneLine = (text: string): string => text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, "\u{fffd}");
