import { readProperty, unknown } from "../../../policy-packs/nhi/value";

it("takes what lies too deep for unknown", () => {
  const nested = Array.from({ length: 200 }).reduce<object>((inner) => [inner], []);
  expect(
    JSON.stringify(readProperty({ nested }, "nested"), (_, value: unknown) =>
      value === unknown ? "?" : value,
    ),
  ).toBe(`${"[".repeat(100)}"?"${"]".repeat(100)}`);
});

it("takes what comes after ten thousand values for unknown: the rest of a list, an object as a whole", () => {
  const list = readProperty({ list: Array.from({ length: 50_000 }, () => "a") }, "list") as unknown[];
  expect([list.length, list.at(0), list.at(-2), list.at(-1)]).toEqual([10_000, "a", "a", unknown]);

  const names = Object.fromEntries(Array.from({ length: 9_999 }, (_, index) => [`n${index}`, "a"]));
  expect(Object.keys(readProperty({ names }, "names") as object)).toHaveLength(9_999);
  expect(readProperty({ names: { ...names, more: "a" } }, "names")).toBe(unknown);
});

it("reads a property that has none of what it names on its own", () => {
  expect(readProperty({}, "constructor")).toBeUndefined();
});
