import { issuerOf } from "../../../../policy-packs/nhi/issuers/issuers";

it.each([
  ["oidc.example.org", "the issuer oidc.example.org"],
  ["oidc.example.org:8443/tenant/a_b~c", "the issuer oidc.example.org:8443/tenant/a_b~c"],
  ["token.actions.githubusercontent.com", "GitHub Actions"],
  // What is no address may be a secret that was put in the wrong place.
  ["canary", "its issuer"],
  ["user:canary@oidc.example.org", "its issuer"],
  ["oidc.example.org/?token=canary", "its issuer"],
  ['{"token":"canary.of.this.test"}', "its issuer"],
  ["", "its issuer"],
])("names an issuer by its address and by nothing else: %s", (host, name) => {
  expect(issuerOf(host).name).toBe(name);
});
