import { issuerProblem } from "../../../../components/workload-identity/sources/exact";
import type { Target } from "../../../../components/workload-identity/sources/source";

describe("an issuer's URL", () => {
  it.each<[string, Target?]>([
    ["https://gitlab.example.com"],
    ["https://oidc.example.com/tenants/octo_1/v2.0"],
    ["https://k8s.example.com:6443", "vault"],
    ["https://k8s.example.com:6443/cluster", "gcp"],
  ])("is taken: %s", (url, target = "aws") => {
    expect(issuerProblem("issuer", url, target)).toBeUndefined();
  });

  it.each<[string, string, string, Target?]>([
    ["nothing", "", "must not be empty."],
    ["no scheme", "gitlab.example.com", 'must begin with "https://", got "gitlab.example.com".'],
    ["no TLS", "http://gitlab.example.com", 'must begin with "https://", got "http://gitlab.example.com".'],
    [
      "a host in capitals",
      "https://GitLab.example.com",
      'must have its host in lower case, got "https://GitLab.example.com". Copy "issuer" from its openid-configuration.',
    ],
    [
      "a slash at its end",
      "https://gitlab.example.com/",
      'must not end with a slash, got "https://gitlab.example.com/". Tokens are compared with it letter by letter.',
    ],
    [
      "its openid-configuration",
      "https://example.com/.well-known/openid-configuration",
      'must be the issuer itself, got "https://example.com/.well-known/openid-configuration". ' +
        'Drop what begins with "/.well-known".',
    ],
    [
      "a fragment",
      "https://gitlab.example.com#x",
      'must be a host and a path, without a query or a fragment, got "https://gitlab.example.com#x".',
    ],
    ["a host of one word", "https://localhost", 'must name a host, got "https://localhost".'],
    [
      "somebody's name before the host",
      "https://x@example.com",
      'must name a host, got "https://x@example.com".',
    ],
    [
      "a port at AWS",
      "https://example.com:8443",
      'must have no port (AWS takes none), got "https://example.com:8443".',
    ],
    [
      "the port that it has anyway",
      "https://example.com:443",
      'must have no port, which is 443 anyway, got "https://example.com:443".',
      "vault",
    ],
    [
      "a wildcard",
      "https://*.example.com",
      'must be exact, got "https://*.example.com". List each one as a workload of its own.',
    ],
    [
      "a space",
      "https://example.com/a b",
      'must have no spaces or control characters, got "https://example.com/a b".',
    ],
    [
      "a double slash",
      "https://example.com//a",
      'must be a host and a path, without a query or a fragment, got "https://example.com//a".',
    ],
  ])("is refused with %s", (_, url, says, target = "aws") => {
    expect(issuerProblem("issuer", url, target)).toBe(`issuer ${says}`);
  });
});
