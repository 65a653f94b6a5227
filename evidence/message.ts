/** The parts of what the pack says in a preview: `[rule] type "name": property says. Fix: … Maps to … Docs: …`. */
export interface Message {
  /** Which resource, which property, what is wrong. */
  what: string;
  fix?: string;
  /** What lets it stay, or that it could not be decided. */
  then?: string;
}

export function readMessage(message: string): Message {
  const text = message.replace(/^\[[^\]]+\] /, "").replace(/ Maps to .+ Docs: \S+$/s, "");
  const fixAt = text.lastIndexOf(". Fix: ");
  if (fixAt >= 0) return { what: text.slice(0, fixAt + 1), fix: text.slice(fixAt + ". Fix: ".length) };
  for (const then of [
    / Undetermined, not passed\.$/,
    / (?:Exempted|Excepted) until .+$/s,
    / Known when the pack was introduced, .+$/,
  ]) {
    const found = then.exec(text);
    if (found) return { what: text.slice(0, found.index), then: found[0].trim() };
  }
  return { what: text };
}
