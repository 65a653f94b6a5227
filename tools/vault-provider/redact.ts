const mark = "[secret]";
/** A line of a longer secret that is long enough to tell something. */
const tellingLine = 8;

/** The message without any of the secrets: as they are, in a URL, in JSON, or a line of one. */
export function redacted(message: string, secrets: Iterable<string>): string {
  const forms = [...secrets].flatMap((secret) => [
    secret,
    encodeURIComponent(secret),
    JSON.stringify(secret).slice(1, -1),
    ...secret
      .split("\n")
      .map((line) => line.trim())
      .filter((line) => line.length >= tellingLine),
  ]);
  // The longest first: one secret can be a part of another.
  const longestFirst = [...new Set(forms)].filter(Boolean).sort((a, b) => b.length - a.length);
  return longestFirst.reduce((text, form) => text.replaceAll(form, mark), message);
}
