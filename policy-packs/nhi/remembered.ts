/**
 * What a function makes of a text, kept for the next time: several rules read the same document, and the rules over a
 * whole stack read all of them once more. When the texts that are kept grow too long together, all are forgotten.
 */
export function remembered<Answer>(
  read: (text: string) => Answer,
  mostCharacters = 10_000_000,
): (text: string) => Answer {
  const answers = new Map<string, Answer>();
  let characters = 0;
  return (text) => {
    const before = answers.get(text);
    if (before !== undefined || answers.has(text)) return before as Answer;
    const answer = read(text);
    characters += text.length;
    if (characters > mostCharacters) {
      answers.clear();
      characters = text.length;
    }
    answers.set(text, answer);
    return answer;
  };
}
