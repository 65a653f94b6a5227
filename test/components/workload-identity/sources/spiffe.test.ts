import { spiffe } from "../../../../components/workload-identity/sources/spiffe";

const workload = { issuer: "https://oidc.example.org", id: "spiffe://example.org/shop/orders" };
const problem = (change: Partial<typeof workload>) =>
  spiffe.problem([{ ...workload, ...change }], "production", "aws");

it("shows its whole id", () => {
  expect(spiffe.proof(workload)).toEqual({
    token: {
      issuer: "oidc.example.org",
      subjects: ["spiffe://example.org/shop/orders"],
      claims: {},
      awsClaims: [],
      audience: {},
      choosesAudience: true,
      identity: "sub",
      trail: [],
    },
  });
  expect(problem({})).toBeUndefined();
});

const whole = (got: string) =>
  "workloads.spiffe[0].id must be a whole SPIFFE id with its path, for example spiffe://example.org/shop/orders, " +
  `got "${got}".`;

it.each<[string, Partial<typeof workload>, string]>([
  [
    "a trust domain and all in it",
    { id: "spiffe://example.org/*" },
    'workloads.spiffe[0].id must be exact, got "spiffe://example.org/*". List each one as a workload of its own.',
  ],
  ["a trust domain alone", { id: "spiffe://example.org" }, whole("spiffe://example.org")],
  ["a path that ends open", { id: "spiffe://example.org/shop/" }, whole("spiffe://example.org/shop/")],
  ["a trust domain in capitals", { id: "spiffe://Example.org/a" }, whole("spiffe://Example.org/a")],
  ["a relative path", { id: "spiffe://example.org/a/../b" }, whole("spiffe://example.org/a/../b")],
  ["another scheme", { id: "https://example.org/a" }, whole("https://example.org/a")],
  [
    "an issuer with a slash at its end",
    { issuer: "https://oidc.example.org/" },
    'workloads.spiffe[0].issuer must not end with a slash, got "https://oidc.example.org/". ' +
      "Tokens are compared with it letter by letter.",
  ],
])("refuses %s", (_, change, says) => {
  expect(problem(change)).toBe(says);
});
