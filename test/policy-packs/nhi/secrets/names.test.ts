import { formatIn } from "../../../../policy-packs/nhi/secrets/formats";
import { looksRandom, namedAs, secretNamed, secretStored } from "../../../../policy-packs/nhi/secrets/names";

/** Made up, and long enough: letters and digits mixed as a machine does. */
const some = (length: number, alphabet = "aB3dE6gH9jK2mN5pQ8rS1tU4vW7xY0zA4cD6eF") =>
  Array.from({ length }, (_, index) => alphabet[(index * 7 + Math.floor(index / 5)) % alphabet.length]).join(
    "",
  );
const hex = (length: number) => some(length, "0a9b8c7d6e5f4132");

const credentials: [string, string][] = [
  ["an AWS access key", `AKIA${some(16, "QWERTYUIOPASDFGHJKL234567")}`],
  ["an AWS access key", `key: "ASIA${some(16, "QWERTYUIOPASDFGHJKL234567")}"`],
  ["a private key", `-----BEGIN PRIVATE KEY-----\n${some(64)}\n-----END PRIVATE KEY-----`],
  ["a private key", `-----BEGIN RSA PRIVATE KEY-----\r\nProc-Type: 4,ENCRYPTED`],
  ["a private key", `-----BEGIN ENCRYPTED PRIVATE KEY-----\\n${some(64)}`],
  [
    "a private key",
    JSON.stringify({ type: "service_account", private_key: `-----BEGIN PRIVATE KEY-----\n${some(64)}` }),
  ],
  ["a private key", `-----BEGIN OPENSSH PRIVATE KEY-----\n${some(64)}`],
  ["a private key", `-----BEGIN PGP PRIVATE KEY BLOCK-----\n\n${some(64)}`],
  ["a GitHub token", `ghp_${some(36)}`],
  ["a GitHub token", `ghs_${some(36)}`],
  ["a GitHub token", `github_pat_${some(22)}_${some(59)}`],
  ["a GitLab token", `glpat-${some(20)}`],
  ["a Slack token", `xoxb-123456789012-123456789012-${some(24)}`],
  ["a Slack webhook", `https://hooks.slack.com/services/T01ABCDEF/B01ABCDEF/${some(24)}`],
  ["a Stripe key", `sk_live_${some(24)}`],
  ["a Vault token", `hvs.${some(90)}`],
  ["a Vault token", `s.${some(24)}`],
  ["an npm token", `npm_${some(36)}`],
  ["a PyPI token", `pypi-AgEIcHlwaS5vcmc${some(60)}`],
  ["a signed token", `eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.${some(43)}`],
  ["an HCP Terraform token", `${some(14)}.atlasv1.${some(67)}`],
  ["a Pulumi token", `pul-${hex(40)}`],
  ["a SendGrid key", `SG.${some(22)}.${some(43)}`],
  ["a Twilio key", `SK${hex(32)}`],
  ["an Azure account key", `DefaultEndpointsProtocol=https;AccountName=x;AccountKey=${some(86)}==`],
  ["an Azure shared access signature", `https://x.blob.core.windows.net/a?sv=2024&sig=${some(43)}%3D`],
  ["an Azure client secret", `abc8Q~${some(34)}`],
  ["a password in an address", "postgres://orders:s3cr3t@db.internal/orders"],
  ["a password in an address", "https://:s3cr3t@git.internal"],
];

it.each(credentials)("knows %s by its form", (is, text) => {
  expect(formatIn(text)).toBe(is);
  expect(formatIn(`first line\n  value: ${text}\nlast line`) ?? "only alone").toBe(
    text.startsWith("s.") ? "only alone" : is,
  );
});

it.each([
  ["the key of AWS's documentation", "AKIAIOSFODNN7EXAMPLE"],
  ["a key that is cut", "AKIA1234"],
  ["a certificate", `-----BEGIN CERTIFICATE-----\n${some(64)}`],
  ["a public key", `-----BEGIN PUBLIC KEY-----\n${some(64)}`],
  ["the words of a private key without one", "starts with -----BEGIN PRIVATE KEY----- and is secret"],
  ["a made-up token", `ghp_${"x".repeat(36)}`],
  ["a prefix", "ghp_"],
  ["an address without a password", "https://db.internal:5432/orders?user=orders"],
  ["an address with an email", "https://example.com/@me:you"],
  ["an address whose password comes later", "postgres://orders:${DB_PASSWORD}@db.internal/orders"],
  ["an address with a placeholder", "postgres://orders:<password>@db.internal/orders"],
  ["a variable in a shell", "postgres://orders:$PASS@db.internal/orders"],
  ["a test key of Stripe's", `sk_test_${some(24)}`],
  ["two parts of a token", `eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0`],
  ["a digest", `sha256:${hex(64)}`],
])("takes %s for no credential", (_, text) => {
  expect(formatIn(text)).toBeUndefined();
});

it.each([
  ["DB_PASSWORD", "password"],
  ["dbPassword", "password"],
  ["db-password", "password"],
  ["MYSQL_PWD", "password"],
  ["spring.datasource.password", "password"],
  ["/prod/orders/db/password", "password"],
  ["GITHUB_TOKEN", "secret"],
  ["clientSecret", "secret"],
  ["API_KEY", "secret"],
  ["DD_API_KEY", "secret"],
  ["aws_secret_access_key", "secret"],
  ["STRIPE_SIGNING_KEY", "secret"],
  ["PWD", undefined],
  ["PUBLIC_KEY", undefined],
  ["NEXT_PUBLIC_API_KEY", undefined],
  ["PARTITION_KEY", undefined],
  ["DB_PASSWORD_SECRET_ARN", undefined],
  ["SECRET_NAME", undefined],
  ["TOKEN_TTL", undefined],
  ["PASSWORD_FILE", undefined],
  ["ACCESS_KEY_ID", undefined],
  ["COMPASS", undefined],
  ["", undefined],
])("reads the name %s", (name, is) => {
  expect(namedAs(name)).toBe(is);
});

it.each([
  ["arn:aws:secretsmanager:eu-central-1:123456789012:secret:orders-a1b2c3"],
  ["{{resolve:secretsmanager:orders:SecretString:password}}"],
  ["${DB_PASSWORD}"],
  ["$(cat /run/secrets/db)"],
  ["/run/secrets/db-password"],
  ["projects/1234/secrets/orders/versions/3"],
  ["secret/data/orders#password"],
  ["vault:secret/data/orders#password"],
  ["op://vault/item/field"],
  ["https://vault.internal/v1/secret"],
  ["@Microsoft.KeyVault(SecretUri=https://x.vault.azure.net/secrets/y)"],
  ["<set by the operator>"],
  ["changeme"],
  ["********"],
  ["true"],
  ["12"],
  [""],
])("takes %s for a reference or a placeholder, even under a password's name", (value) => {
  expect(secretNamed("DB_PASSWORD", value)).toBeUndefined();
});

it.each([
  ["DB_PASSWORD", "hunter2", "a password"],
  ["DB_PASSWORD", "/with+slash=", "a password"],
  ["AWS_SECRET_ACCESS_KEY", "wJa/rXUt/FEMIK7M/ENGbPx/fiCY3+zQ8vL0tR5s", "a secret, as its name says"],
  ["DD_API_KEY", hex(32), "a secret, as its name says"],
  ["SESSION_SECRET", "550e8400-e29b-41d4-a716-446655440000", "a secret, as its name says"],
  ["SESSION_SECRET", "my-app-v2-secret", undefined],
  ["SESSION_SECRET", "orders-production-session", undefined],
  ["TOKEN", "123456789012", undefined],
  ["API_KEY", "short1", undefined],
  ["BUILD", hex(32), undefined],
])("judges %s = %s", (name, value, is) => {
  expect(secretNamed(name, value)).toBe(is);
});

it("takes random texts where only secrets are kept, and neither identifiers nor names", () => {
  expect(secretStored("DEPLOY", hex(32))).toBe("a stored credential");
  expect(secretStored("AZURE_CLIENT_ID", "550e8400-e29b-41d4-a716-446655440000")).toBeUndefined();
  expect(secretStored("DEPLOY", "eu-central-1")).toBeUndefined();
});

it("does not take words, lists or long documents for random", () => {
  expect(looksRandom("my-app-v2-secret-name")).toBe(false);
  expect(looksRandom("aaaaaaaaaaaaaaaaaaaaaaa1")).toBe(false);
  expect(looksRandom("correct horse battery staple 4711 x")).toBe(false);
  expect(looksRandom(some(5000))).toBe(false);
  expect(looksRandom(some(20))).toBe(true);
});
