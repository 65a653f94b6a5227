import * as pulumi from "@pulumi/pulumi";
import { checked, firstProblem, plainProblem, refuse, secondsProblem, shown } from "../../components/refusal";

describe("a refusal", () => {
  it("is one line that names the component and its name, and no stack for the user", () => {
    const refusal = () => {
      refuse("VaultAudit", "audit", "file.path must be absolute.");
    };
    expect(refusal).toThrow(new pulumi.RunError('VaultAudit "audit": file.path must be absolute.'));
  });

  it("does not happen without a problem", () => {
    expect(() => {
      refuse("VaultAudit", "audit", undefined);
    }).not.toThrow();
  });
});

describe("a value that may come later", () => {
  const noRoot = (value: string) => (value === "root" ? "policies must not have root." : undefined);

  it("is looked at now when it is plain", () => {
    expect(plainProblem("root", noRoot)).toBe("policies must not have root.");
    expect(plainProblem("read", noRoot)).toBeUndefined();
    expect(plainProblem(pulumi.output("root"), noRoot)).toBeUndefined();
    expect(plainProblem(undefined, noRoot)).toBeUndefined();
  });

  it("passes unchanged when it is right", async () => {
    expect(await promised(checked("VaultFederatedRole", "job", pulumi.output("read"), noRoot))).toBe("read");
    expect(await promised(checked("VaultFederatedRole", "job", Promise.resolve("read"), noRoot))).toBe(
      "read",
    );
  });

  // The SDK types `promise` as its own.
  const promised = (value: pulumi.Input<string>) =>
    (pulumi.output(value) as unknown as { promise(): Promise<string> }).promise();
});

it("the first problem of a list is the one that is said", () => {
  const check = (item: number, index: number) => (item > 1 ? `[${index}] is ${item}` : undefined);
  expect(firstProblem([1, 2, 3], check)).toBe("[1] is 2");
  expect(firstProblem([1, 1], check)).toBeUndefined();
  expect(firstProblem([], check)).toBeUndefined();
});

it.each([
  ["plain", '"plain"'],
  ["two\nlines", '"two\\nlines"'],
  ["x".repeat(80), `"${"x".repeat(80)}"`],
  ["x".repeat(81), `"${"x".repeat(80)}…"`],
])("%j is shown on one line, not too long", (value, says) => {
  expect(shown(value)).toBe(says);
});

it.each([
  [1, undefined],
  [900, undefined],
  [0, "ttl must be a whole number from 1 to 900 seconds, got 0. Ask again."],
  [901, "ttl must be a whole number from 1 to 900 seconds, got 901. Ask again."],
  [1.5, "ttl must be a whole number from 1 to 900 seconds, got 1.5. Ask again."],
  [Infinity, "ttl must be a whole number from 1 to 900 seconds, got Infinity. Ask again."],
])("%d seconds of 1 to 900", (seconds, says) => {
  expect(secondsProblem("ttl", seconds, 1, 900, "Ask again.")).toBe(says);
});
