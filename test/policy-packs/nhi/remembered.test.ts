import { remembered } from "../../../policy-packs/nhi/remembered";

const counted = (mostCharacters?: number) => {
  const read = jest.fn((text: string) => (text === "" ? undefined : text.toUpperCase()));
  return { read, ask: remembered(read, mostCharacters) };
};

it("asks once for a text, also where there is no answer", () => {
  const { read, ask } = counted();
  expect([ask("a"), ask("b"), ask("a"), ask(""), ask("")]).toEqual(["A", "B", "A", undefined, undefined]);
  expect(read.mock.calls).toEqual([["a"], ["b"], [""]]);
});

it("forgets when the texts grow too long together, and not before", () => {
  const { read, ask } = counted(4);
  for (const text of ["aa", "bb", "aa", "cc", "cc", "aa"]) expect(ask(text)).toBe(text.toUpperCase());
  expect(read.mock.calls).toEqual([["aa"], ["bb"], ["cc"], ["aa"]]);
});
