import { certificate } from "../../../../components/workload-identity/sources/certificate";

const problem = (uri: string) => certificate.problem([{ uri }], "production", "vault");

it.each(["spiffe://example.org/shop/orders", "https://machines.example.com/press-7"])("shows %s", (uri) => {
  expect(certificate.proof({ uri })).toEqual({ certificate: { uri } });
  expect(problem(uri)).toBeUndefined();
});

it.each<[string, string, string]>([
  [
    "a pattern",
    "https://machines.example.com/*",
    'must be exact, got "https://machines.example.com/*". List each one as a workload of its own.',
  ],
  [
    "a host's name",
    "press-7.example.com",
    'must be a whole URI with a host and a path, got "press-7.example.com". A name that is none can\'t be told apart.',
  ],
  [
    "a trust domain",
    "spiffe://example.org",
    "must be a whole SPIFFE id with its path, for example spiffe://example.org/shop/orders, " +
      'got "spiffe://example.org".',
  ],
  [
    "a space",
    "https://example.com/a b",
    'must have no spaces or control characters, got "https://example.com/a b".',
  ],
])("refuses %s", (_, uri, says) => {
  expect(problem(uri)).toBe(`workloads.certificate[0].uri ${says}`);
});
