import { rules } from "../../policy-packs/nhi/rules";
import { nhi } from "./run";

it("shows a rule's page as plain text", async () => {
  const { code, out, err } = await nhi(["explain", "static-exceptions-expire"]);
  expect(code).toBe(0);
  expect(err).toBe("");
  expect(out).toMatch(/^static-exceptions-expire\n\nA static credential that stays for a while has an owner/);
  expect(out).toContain("\n\nRefused\n\n    import ");
  expect(out).toContain("\n\nHow to fix it\n\n");
  expect(out).toMatch(/\nframework +control +title +fit\n/);
  expect(out).not.toMatch(/```|\*\*|^#|^\| |Generated from/m);
});

it("shows every rule's page without a mark of Markdown, and no line wider than a terminal but code and names", async () => {
  for (const { id } of rules) {
    const { out } = await nhi(["explain", id], 100);
    expect(out.startsWith(`<${id}>\n`)).toBe(true);
    const wide = out
      .replaceAll(/[<>]/g, "")
      .split("\n")
      .filter((line) => line.length > 100 && !/^( {4}|- |\S+$)/.test(line));
    expect(wide).toEqual([]);
  }
});

it("lists all rules", async () => {
  const { code, out } = await nhi(["explain"]);
  expect(code).toBe(0);
  const [head, ...rows] = out.trimEnd().split("\n");
  expect(head).toMatch(/^rule +severity +level +what must hold$/);
  expect(rows.map((row) => row.split(" ")[0])).toEqual(rules.map(({ id }) => id));
});

it.each([
  [
    "static-keys",
    'There is no rule "static-keys". Did you mean no-static-keys or static-keys-give-way-to-jit?',
  ],
  ["sesion-are-short", 'There is no rule "sesion-are-short". Did you mean sessions-are-short?'],
  ["zzz", 'There is no rule "zzz".'],
])("names what %s may have meant", async (typed, says) => {
  const { code, out, err } = await nhi(["explain", typed]);
  expect({ code, out }).toEqual({ code: 3, out: "" });
  expect(err).toBe(`${says} \`nhi explain\` without a rule lists all ${rules.length}.\n`);
});

it("says what a command is called, and ends as what could not run", async () => {
  const { code, out, err } = await nhi(["expalin"]);
  expect({ code, out }).toEqual({ code: 3, out: "" });
  expect(err).toBe("error: unknown command 'expalin'\n(Did you mean explain?)\n");
});

it("tells its version and its exit codes", async () => {
  expect(await nhi(["--version"])).toEqual({ code: 0, out: "0.1.0\n", err: "" });
  const { code, out } = await nhi(["--help"]);
  expect(code).toBe(0);
  expect(out).toContain("  2  what could not be decided blocks, because the settings are strict about it\n");
});
