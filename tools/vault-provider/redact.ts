const mark = "[secret]";
/** A shorter one keeps nothing secret, and would take the message apart. */
const shortest = 4;

/** The message without any of the secrets: whole or in parts, as they are, in a URL or in JSON. */
export function redacted(message: string, secrets: Iterable<string>): string {
  const forms = [...secrets]
    .flatMap((secret) => [secret, ...secret.split("\n").map((line) => line.trim()), ...textsInJson(secret)])
    .flatMap((text) => [text, encodeURIComponent(text), JSON.stringify(text).slice(1, -1)])
    .filter((form) => form.length >= shortest);
  // The longest first: one secret can be a part of another.
  const longestFirst = [...new Set(forms)].sort((a, b) => b.length - a.length);
  return longestFirst.reduce((text, form) => text.replaceAll(form, mark), message);
}

/** The values in a secret that is a document. */
function textsInJson(text: string): string[] {
  const found: string[] = [];
  try {
    JSON.parse(text, (_, value: unknown) => {
      if (typeof value === "string") found.push(value);
      return value;
    });
  } catch {
    // It is no document.
  }
  return found;
}
