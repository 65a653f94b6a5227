import {
  NhiKind,
  RolesAnywhereAccess,
  RolesAnywhereTrustAnchor,
  type RolesAnywhereAccessArgs,
  type RolesAnywhereTrustAnchorArgs,
} from "pulumi-nhi";
import { refusalOf, registeredBy } from "../../support/mocks";
import { authority, leaf } from "../authority";

const metadata = {
  owner: "team-payments",
  purpose: "nightly settlement",
  environment: "production",
  kind: NhiKind.Workload,
  reviewBy: "2027-06-30",
};
const tags = {
  "nhi:owner": "team-payments",
  "nhi:purpose": "nightly settlement",
  "nhi:environment": "production",
  "nhi:kind": "workload",
  "nhi:review-by": "2027-06-30",
};
const anchor =
  "arn:aws:rolesanywhere:eu-west-1:123456789012:trust-anchor/0b4f1c8e-1111-4222-8333-944445555666";
const sessionPolicy = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::settlements/*" }],
});
const args: RolesAnywhereAccessArgs = {
  metadata,
  accountId: "123456789012",
  trustAnchorArn: anchor,
  holder: { uri: "spiffe://acme.example/payments/settlement" },
  sessionPolicy,
};

const trust = (compared: Record<string, string>) =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Service: "rolesanywhere.amazonaws.com" },
        Action: ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"],
        Condition: { StringEquals: compared, ArnEquals: { "aws:SourceArn": anchor } },
      },
    ],
  });

describe("RolesAnywhereAccess", () => {
  it("makes a role for the one holder and a profile that bounds its session", async () => {
    expect(await registeredBy(() => new RolesAnywhereAccess("settlement", args))).toEqual([
      {
        type: "aws:iam/role:Role",
        name: "settlement",
        parent: "RolesAnywhereAccess settlement",
        inputs: {
          name: "settlement",
          assumeRolePolicy: trust({
            "aws:PrincipalTag/x509SAN/URI": "spiffe://acme.example/payments/settlement",
          }),
          maxSessionDuration: 3600,
          tags,
          forceDetachPolicies: true,
        },
      },
      {
        type: "aws:rolesanywhere/profile:Profile",
        name: "settlement",
        parent: "RolesAnywhereAccess settlement",
        after: ["Role settlement"],
        inputs: {
          name: "settlement",
          roleArns: ["arn:aws:iam::123456789012:role/settlement"],
          enabled: true,
          durationSeconds: 900,
          sessionPolicy,
          acceptRoleSessionName: false,
          tags,
        },
      },
      {
        type: "nhi:index:RolesAnywhereAccess",
        name: "settlement",
        inputs: args,
        outputs: {
          profileArn: "arn:made-up:aws:rolesanywhere/profile:Profile:settlement",
          roleArn: "arn:aws:iam::123456789012:role/settlement",
          roleName: "settlement",
        },
      },
    ]);
  });

  it("compares everything that is said of the holder", async () => {
    const holder = {
      dnsName: "batch.acme.example",
      commonName: "batch",
      issuerCommonName: "Acme Workloads CA",
    };
    const [role] = await registeredBy(() => new RolesAnywhereAccess("settlement", { ...args, holder }));
    expect(role?.inputs).toMatchObject({
      assumeRolePolicy: trust({
        "aws:PrincipalTag/x509SAN/DNS": "batch.acme.example",
        "aws:PrincipalTag/x509Subject/CN": "batch",
        "aws:PrincipalTag/x509Issuer/CN": "Acme Workloads CA",
      }),
    });
  });

  const exact = (field: string, got: string) =>
    `holder.${field} must be one whole value without wildcards, got "${got}".`;
  const anchorArn = (got: string) =>
    "trustAnchorArn must be the ARN of one trust anchor of the account 123456789012 " +
    `(arn:aws:rolesanywhere:REGION:123456789012:trust-anchor/ID), got "${got}".`;

  it.each<[string, Partial<RolesAnywhereAccessArgs>, string]>([
    [
      "any trust anchor",
      { trustAnchorArn: "arn:aws:rolesanywhere:*:*:trust-anchor/*" },
      anchorArn("arn:aws:rolesanywhere:*:*:trust-anchor/*"),
    ],
    [
      "an anchor of another account",
      { trustAnchorArn: anchor.replace("123456789012", "210987654321") },
      anchorArn(`${anchor.replace("123456789012", "210987654321").slice(0, 80)}…`),
    ],
    [
      "any holder",
      { holder: {} },
      "holder must have a uri, a dnsName or a commonName: without one every certificate of the authority is let in.",
    ],
    [
      "a pattern of holders",
      { holder: { uri: "spiffe://acme.example/*" } },
      exact("uri", "spiffe://acme.example/*"),
    ],
    ["an empty name", { holder: { dnsName: "" } }, exact("dnsName", "")],
    ["a variable", { holder: { dnsName: "${aws:username}" } }, exact("dnsName", "${aws:username}")],
    [
      "a common name of any authority",
      { holder: { commonName: "batch" } },
      "holder.issuerCommonName must be given with commonName alone: a second authority of the anchor may give out the same name.",
    ],
    [
      "a session of a day",
      { sessionSeconds: 43200 },
      "sessionSeconds must be a whole number from 900 to 3600 seconds, got 43200. The machine asks again as long as it has its certificate.",
    ],
    [
      "a session that is bounded by nothing",
      { sessionPolicy: JSON.stringify({ Statement: { Effect: "Allow", Action: "*", Resource: "*" } }) },
      "sessionPolicy must not allow every action on every resource. Name the actions and resources that the task needs.",
    ],
    [
      "a session policy that is none",
      { sessionPolicy: "" },
      "sessionPolicy must be a policy document as JSON with at least one statement.",
    ],
  ])("refuses %s", async (_, change, says) => {
    expect(await refusalOf(() => new RolesAnywhereAccess("settlement", { ...args, ...change }))).toBe(
      `RolesAnywhereAccess "settlement": ${says}`,
    );
  });
});

describe("RolesAnywhereTrustAnchor", () => {
  const notificationSettings = [
    { event: "CA_CERTIFICATE_EXPIRY", channel: "ALL", enabled: true, threshold: 90 },
    { event: "END_ENTITY_CERTIFICATE_EXPIRY", channel: "ALL", enabled: true, threshold: 7 },
  ];
  const privateCaArn =
    "arn:aws:acm-pca:eu-west-1:123456789012:certificate-authority/12345678-1234-1234-1234-123456789012";

  it.each<[string, Omit<RolesAnywhereTrustAnchorArgs, "metadata">, unknown]>([
    [
      "certificates",
      { certificateBundle: authority },
      { sourceType: "CERTIFICATE_BUNDLE", sourceData: { x509CertificateData: authority } },
    ],
    [
      "AWS Private CA",
      { privateCaArn },
      { sourceType: "AWS_ACM_PCA", sourceData: { acmPcaArn: privateCaArn } },
    ],
  ])("trusts an authority by %s", async (_, given, source) => {
    const [made] = await registeredBy(
      () => new RolesAnywhereTrustAnchor("workloads", { metadata, ...given }),
    );
    expect(made).toEqual({
      type: "aws:rolesanywhere/trustAnchor:TrustAnchor",
      name: "workloads",
      parent: "RolesAnywhereTrustAnchor workloads",
      inputs: { name: "workloads", enabled: true, source, notificationSettings, tags },
    });
  });

  it.each<[string, Omit<RolesAnywhereTrustAnchorArgs, "metadata">, string]>([
    ["no authority", {}, "privateCaArn or certificateBundle must be given, one of them, got none."],
    [
      "two authorities",
      { privateCaArn, certificateBundle: authority },
      "privateCaArn or certificateBundle must be given, one of them, got both.",
    ],
    [
      "an authority that is none of AWS's",
      { privateCaArn: "arn:aws:acm:eu-west-1:123456789012:certificate/1" },
      'privateCaArn must be the ARN of an authority in AWS Private CA, got "arn:aws:acm:eu-west-1:123456789012:certificate/1".',
    ],
    [
      "a private key, which is not shown",
      { certificateBundle: "-----BEGIN EC PRIVATE KEY-----\ncanary\n-----END EC PRIVATE KEY-----" },
      "certificateBundle must hold certificates only, and a private key is in it. Remove it and consider it known.",
    ],
    [
      "no certificate",
      { certificateBundle: "ca" },
      "certificateBundle must hold at least one certificate as PEM.",
    ],
    [
      "a certificate that is none",
      { certificateBundle: "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----" },
      "certificateBundle must hold certificates as PEM, and number 1 can't be read.",
    ],
    [
      "a certificate of a workload",
      { certificateBundle: `${authority}\n${leaf}` },
      "certificateBundle must hold authorities only, and number 2 is not one: anybody with its key would be let in as " +
        "what they like. Give the certificate that signed it.",
    ],
  ])("refuses %s", async (_, given, says) => {
    expect(await refusalOf(() => new RolesAnywhereTrustAnchor("workloads", { metadata, ...given }))).toBe(
      `RolesAnywhereTrustAnchor "workloads": ${says}`,
    );
  });
});
