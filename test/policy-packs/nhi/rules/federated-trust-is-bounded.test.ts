import { federatedTrustIsBounded } from "../../../../policy-packs/nhi/rules/federated-trust-is-bounded";
import { type Props, unknownText } from "../../../support/analyze";
import { testRule } from "../../../support/rule-tester";
import { entraCases } from "../elsewhere/federation";
import { gcpCases } from "../gcp/trusts";
import { providerCases } from "../providers";
import { vaultDoors } from "../vault/cases";
import { authority, leaf, publicAuthority } from "../aws/certificates";
import { endpointCases } from "../vault/endpoint";

const role = "aws:iam/role:Role";
const nativeRole = "aws-native:iam:Role";
const oidc = "aws:iam/openIdConnectProvider:OpenIdConnectProvider";
const nativeOidc = "aws-native:iam:OidcProvider";
const pod = "aws:eks/podIdentityAssociation:PodIdentityAssociation";
const nativePod = "aws-native:eks:PodIdentityAssociation";
const profile = "aws:rolesanywhere/profile:Profile";
const nativeProfile = "aws-native:rolesanywhere:Profile";
const anchor = "aws:rolesanywhere/trustAnchor:TrustAnchor";
const nativeAnchor = "aws-native:rolesanywhere:TrustAnchor";
const jwt = "vault:jwt/authBackendRole:AuthBackendRole";
const host = "token.actions.githubusercontent.com";
const provider = (name: string) => `arn:aws:iam::123456789012:oidc-provider/${name}`;
const webIdentity = "sts:AssumeRoleWithWebIdentity";
const exact = "repo:octo/app:environment:production";

const aud = { [`${host}:aud`]: "sts.amazonaws.com" };
const id = { [`${host}:repository_id`]: "456789" };
const sub = (value: string | string[]) => ({ [`${host}:sub`]: value });

/** A statement for GitHub's tokens with these conditions. */
const github = (condition: Props, more: Props = {}): Props => ({
  Effect: "Allow",
  Principal: { Federated: provider(host) },
  Action: webIdentity,
  Condition: condition,
  ...more,
});
const trust = (...statements: Props[]) => ({
  assumeRolePolicy: JSON.stringify({ Version: "2012-10-17", Statement: statements }),
});
const tight = github({ StringEquals: { ...aud, ...id, ...sub(exact) } });
const at = (index: number, what: string) => `assumeRolePolicy.Statement[${index}] ${what}`;
const unbounded = "lets in every workload that GitHub Actions signs for";
const every = (noun: string, start: string) => `lets in every ${noun} whose subject starts with "${start}"`;
const wholeRepository = "lets in every branch, tag, environment and pull request of the repository";
const notSeen = "whether all of them are meant can't be seen here";
const gitlab = (condition: Props) => ({
  Effect: "Allow",
  Principal: { Federated: provider("gitlab.com") },
  Action: webIdentity,
  Condition: condition,
});
const vaultRole = (props: Props): Props => ({
  roleType: "jwt",
  boundAudiences: ["https://vault.example.com"],
  boundClaims: { repository_id: "456789", sub: exact },
  ...props,
});
const certificates = (x509CertificateData: string) => ({
  source: { sourceType: "CERTIFICATE_BUNDLE", sourceData: { x509CertificateData } },
});
const certificate = (index: number) => `source.sourceData.x509CertificateData[${index}]`;
const twoAudiences = "lists 2 audiences, and each is good for every role that does not compare the audience";
const everyPod = "serviceAccount is the service account of every pod in the namespace that names none";
const chosenName = "acceptRoleSessionName lets the holder of a certificate choose the name that logs show";
const noWorkload = "boundClaims lets in every workload that the issuer signs for";

testRule(federatedTrustIsBounded, {
  allows: [
    ...endpointCases["federated-trust-is-bounded"].allows,
    ...gcpCases.allows,
    ...entraCases.allows,
    ...providerCases.allows,
    ...vaultDoors.allows,
    { name: "an exact subject with the repository's number", type: role, props: trust(tight) },
    {
      name: "an immutable subject alone",
      type: role,
      props: trust(github({ StringEquals: { ...aud, ...sub("repo:octo@1/app@2:ref:refs/heads/main") } })),
    },
    {
      name: "both forms of a subject",
      type: role,
      props: trust(
        github({
          StringEquals: { ...aud, ...id, ...sub([exact, "repo:octo@1/app@2:environment:production"]) },
        }),
      ),
    },
    {
      name: "the document as an object",
      type: role,
      props: { assumeRolePolicy: { Version: "2012-10-17", Statement: tight } },
    },
    {
      name: "StringLike without a wildcard",
      type: role,
      props: trust(github({ StringEquals: { ...aud, ...id }, StringLike: sub(exact) })),
    },
    {
      name: "a reusable workflow at a commit, called from the owner's repositories",
      type: role,
      props: trust(
        github({
          StringEquals: {
            ...aud,
            [`${host}:job_workflow_ref`]: `octo/ci/.github/workflows/deploy.yml@${"a".repeat(40)}`,
          },
          StringLike: sub("repo:octo@1/*"),
        }),
      ),
    },
    {
      name: "a wildcard that StringEquals takes as a character: nobody has it",
      type: role,
      props: trust(github({ StringEquals: { ...aud, ...id, ...sub("repo:octo/*") } })),
    },
    {
      name: "an enterprise's own issuer",
      type: role,
      props: trust({
        Effect: "Allow",
        Principal: { Federated: provider(`${host}/octo-corp`) },
        Action: webIdentity,
        Condition: {
          StringEquals: {
            [`${host}/octo-corp:aud`]: "sts.amazonaws.com",
            [`${host}/octo-corp:sub`]: "repo:octo@1/app@2:ref:refs/heads/main",
          },
        },
      }),
    },
    {
      name: "a Deny beside it",
      type: role,
      props: trust(
        tight,
        github({ StringEquals: sub("repo:evil/x:ref:refs/heads/main") }, { Effect: "Deny" }),
      ),
    },
    {
      name: "a service",
      type: role,
      props: trust({
        Effect: "Allow",
        Principal: { Service: "lambda.amazonaws.com" },
        Action: "sts:AssumeRole",
      }),
    },
    {
      name: "everybody of one organisation",
      type: role,
      props: trust({
        Effect: "Allow",
        Principal: "*",
        Action: "sts:AssumeRole",
        Condition: { StringEquals: { "aws:PrincipalOrgID": "o-1" } },
      }),
    },
    {
      name: "an issuer that is not known yet, whose keys say who it is",
      type: role,
      props: { assumeRolePolicy: { Statement: [{ ...tight, Principal: { Federated: unknownText } }] } },
    },
    { name: "a role that trusts nobody yet", type: role, props: {} },
    {
      name: "a SAML provider: people",
      type: role,
      props: trust({
        Effect: "Allow",
        Principal: { Federated: "arn:aws:iam::1:saml-provider/okta" },
        Action: "sts:AssumeRoleWithSAML",
        Condition: { StringEquals: { "SAML:aud": "https://signin.aws.amazon.com/saml" } },
      }),
    },
    { name: "one audience", type: oidc, props: { clientIdLists: ["sts.amazonaws.com"] } },
    { name: "one audience, named twice", type: nativeOidc, props: { clientIdList: ["a", "a"] } },
    {
      name: "a service account of its own",
      type: pod,
      props: { namespace: "orders", serviceAccount: "api" },
    },
    {
      name: "a session policy, for which EKS wants the tags off",
      type: pod,
      props: { serviceAccount: "api", disableSessionTags: true, policy: "{}" },
    },
    { name: "sessions named by their certificate", type: profile, props: { acceptRoleSessionName: false } },
    { name: "an authority of one's own", type: anchor, props: certificates(authority) },
    {
      name: "a private authority of AWS's, not made yet",
      type: anchor,
      props: { source: { sourceType: "AWS_ACM_PCA", sourceData: unknownText } },
    },
    { name: "a Vault role for one repository", type: jwt, props: vaultRole({}) },
    {
      name: "a Vault role with an exact subject",
      type: jwt,
      props: vaultRole({ boundClaims: {}, boundSubject: exact }),
    },
    {
      name: "a star that is no glob: nobody has it",
      type: jwt,
      props: vaultRole({ boundClaims: { sub: "repo:octo*" } }),
    },
    { name: "a role for people's browsers", type: jwt, props: { roleType: "oidc" } },
    {
      name: "two issuers, of which one's tokens have none of the claims",
      type: role,
      props: trust(
        github(
          { StringEquals: { ...aud, ...id, ...sub(exact) } },
          { Principal: { Federated: [provider(host), provider("gitlab.com")] } },
        ),
      ),
    },
  ],
  blocks: [
    ...endpointCases["federated-trust-is-bounded"].blocks,
    ...gcpCases.blocks,
    ...entraCases.blocks,
    ...providerCases.blocks,
    ...vaultDoors.blocks,
    {
      name: "two issuers, neither of them bounded",
      type: role,
      props: trust(github({}, { Principal: { Federated: [provider(host), provider("gitlab.com")] } })),
      says: [at(0, unbounded), at(0, "lets in every workload that GitLab.com signs for")],
    },
    {
      name: "a wildcard beside an audience",
      type: oidc,
      props: { clientIdLists: ["sts.amazonaws.com", "*"] },
      says: [`clientIdLists ${twoAudiences}`],
      level: "advisory",
    },
    {
      name: "another audience, through the other provider",
      type: nativeOidc,
      props: { clientIdList: ["sts.amazonaws.com", unknownText] },
      says: [`clientIdList ${twoAudiences}`],
      level: "advisory",
    },
    {
      name: "the service account that every pod has",
      type: pod,
      props: { namespace: "orders", serviceAccount: "default" },
      says: [everyPod],
    },
    { name: "the same", type: nativePod, props: { serviceAccount: "default" }, says: [everyPod] },
    {
      name: "pods that can't be told apart",
      type: pod,
      props: { serviceAccount: "api", disableSessionTags: true },
      says: [
        "disableSessionTags takes the tags away by which trusts and policies tell the pods of a cluster apart",
      ],
      level: "advisory",
    },
    ...[profile, nativeProfile].map((type) => ({
      name: `a name that the caller chooses, in ${type}`,
      type,
      props: { acceptRoleSessionName: true },
      says: [chosenName],
      level: "advisory" as const,
    })),
    ...[anchor, nativeAnchor].map((type) => ({
      name: `a public authority behind one's own, in ${type}`,
      type,
      props: certificates(`${authority}\n${publicAuthority}`),
      says: [`${certificate(1)} is a public authority, from which everybody can get a certificate`],
    })),
    {
      name: "a certificate that is no authority",
      type: anchor,
      props: certificates(leaf),
      says: [`${certificate(0)} is no authority: whoever has its key is let in`],
    },
    {
      name: "a SAML provider, for whatever service it speaks",
      type: role,
      props: trust({
        Effect: "Allow",
        Principal: { Federated: "arn:aws-cn:iam::1:saml-provider/okta" },
        Action: "sts:*",
      }),
      says: [at(0, "takes what the identity provider says of people to any other service")],
      level: "advisory",
    },
    {
      name: "a role of the other provider",
      type: nativeRole,
      props: { assumeRolePolicyDocument: { Version: "2012-10-17", Statement: [github({})] } },
      says: [`assumeRolePolicyDocument.Statement[0] ${unbounded}`],
    },
    { name: "no condition at all", type: role, props: trust(github({})), says: [at(0, unbounded)] },
    {
      name: "a harmless statement first",
      type: role,
      props: trust(
        { Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" },
        github({ StringEquals: aud }),
      ),
      says: [at(1, unbounded)],
    },
    {
      name: "a safe value and a wildcard: either is enough",
      type: role,
      props: trust(github({ StringEquals: aud, StringLike: sub([exact, "*"]) })),
      says: [at(0, "lets in every repository of the issuer")],
    },
    {
      name: "a second statement for everybody",
      type: role,
      props: trust(tight, github({ StringEquals: aud, StringLike: sub("*") })),
      says: [at(1, "lets in every repository of the issuer")],
    },
    {
      name: "a subject that must not be",
      type: role,
      props: trust(github({ StringEquals: aud, StringNotEquals: sub("repo:evil/x:ref:refs/heads/main") })),
      says: [at(0, unbounded)],
    },
    {
      name: "IfExists, which a token without the claim passes",
      type: role,
      props: trust(github({ StringEquals: aud, StringLikeIfExists: sub(exact) })),
      says: [at(0, unbounded)],
    },
    {
      name: "ForAllValues, which a token without the claim passes",
      type: role,
      props: trust(github({ StringEquals: aud, "ForAllValues:StringLike": sub(exact) })),
      says: [at(0, unbounded)],
    },
    {
      name: "a whole organisation",
      type: role,
      props: trust(github({ StringEquals: aud, StringLike: sub("repo:octo/*") })),
      says: [at(0, every("repository", "repo:octo/"))],
    },
    {
      name: "a name that others can begin with",
      type: role,
      props: trust(github({ StringEquals: aud, StringLike: sub("repo:octo/app*:*") })),
      says: [at(0, every("repository", "repo:octo/app"))],
    },
    {
      name: "a wildcard in the first word",
      type: role,
      props: trust(github({ StringEquals: aud, StringLike: sub("rep*:octo/app:*") })),
      says: [at(0, every("repository", "rep"))],
    },
    {
      name: "every subject of one repository",
      type: role,
      props: trust(github({ StringEquals: aud, StringLike: sub("repo:octo/app:*") })),
      says: [at(0, wholeRepository)],
    },
    {
      name: "whoever opens a pull request",
      type: role,
      props: trust(github({ StringEquals: { ...aud, ...sub("repo:octo/app:pull_request") } })),
      says: [at(0, "lets in whoever can open a pull request")],
    },
    {
      name: "an environment of no repository",
      type: role,
      props: trust(github({ StringEquals: { ...aud, ...sub("environment:production") } })),
      says: [at(0, 'lets in every repository whose subject is "environment:production"')],
    },
    {
      name: "a policy variable",
      type: role,
      props: trust(
        github({ StringEquals: { ...aud, ...sub("repo:octo/${aws:username}:ref:refs/heads/main") } }),
      ),
      says: [at(0, every("repository", "repo:octo/"))],
    },
    {
      name: "a reusable workflow alone: anybody may call it",
      type: role,
      props: trust(
        github({
          StringEquals: {
            ...aud,
            [`${host}:job_workflow_ref`]: `octo/ci/.github/workflows/deploy.yml@${"a".repeat(40)}`,
          },
        }),
      ),
      says: [at(0, unbounded)],
    },
    {
      name: "an environment alone",
      type: role,
      props: trust(github({ StringEquals: { ...aud, [`${host}:environment`]: "production" } })),
      says: [at(0, unbounded)],
    },
    {
      name: "everybody",
      type: role,
      props: trust(github({ StringEquals: { ...aud, ...sub(exact) } }, { Principal: "*" })),
      says: [at(0, "trusts the tokens of every issuer")],
    },
    {
      name: "everybody in a list",
      type: role,
      props: trust(github({ StringEquals: aud }, { Principal: { AWS: ["arn:aws:iam::1:root", "*"] } })),
      says: [at(0, "trusts the tokens of every issuer")],
    },
    {
      name: "everybody but somebody",
      type: role,
      props: trust({
        Effect: "Allow",
        NotPrincipal: { AWS: "arn:aws:iam::1:root" },
        Action: "sts:AssumeRole",
      }),
      says: [at(0, "lets in every AWS account")],
    },
    {
      name: "every AWS account",
      type: role,
      props: trust({ Effect: "Allow", Principal: { AWS: "*" }, Action: "sts:AssumeRole" }),
      says: [at(0, "lets in every AWS account")],
    },
    {
      name: "every action of STS",
      type: role,
      props: trust(github({ StringEquals: aud }, { Action: "sts:*" })),
      says: [at(0, unbounded)],
    },
    {
      name: "every action but one",
      type: role,
      props: trust({
        Effect: "Allow",
        Principal: { Federated: provider(host) },
        NotAction: "sts:TagSession",
        Condition: { StringEquals: aud },
      }),
      says: [at(0, unbounded)],
    },
    {
      name: "keys and action in another case",
      type: role,
      props: {
        assumeRolePolicy: {
          statement: {
            effect: "Allow",
            PRINCIPAL: { federated: provider(host) },
            action: "STS:assumerolewithwebidentity",
            condition: { stringequals: { [`${host.toUpperCase()}:AUD`]: "sts.amazonaws.com" } },
          },
        },
      },
      says: [at(0, unbounded)],
    },
    {
      name: "another partition",
      type: role,
      props: trust(
        github(
          { StringEquals: aud },
          { Principal: { Federated: provider(host).replace("arn:aws:", "arn:aws-us-gov:") } },
        ),
      ),
      says: [at(0, unbounded)],
    },
    {
      name: "a group of GitLab's",
      type: role,
      props: trust(
        gitlab({
          StringEquals: { "gitlab.com:aud": "x" },
          StringLike: { "gitlab.com:sub": "project_path:acme/*" },
        }),
      ),
      says: [at(0, every("project", "project_path:acme/"))],
    },
    {
      name: "an unknown issuer with no subject",
      type: role,
      props: trust({
        Effect: "Allow",
        Principal: { Federated: provider("ci.example.com") },
        Action: webIdentity,
        Condition: { StringEquals: { "ci.example.com:aud": "x" } },
      }),
      says: [at(0, "lets in every workload that the issuer ci.example.com signs for")],
    },
    {
      name: "a Pulumi organisation that only the subject names",
      type: role,
      props: trust({
        Effect: "Allow",
        Principal: { Federated: provider("api.pulumi.com/oidc") },
        Action: webIdentity,
        Condition: {
          StringEquals: {
            "api.pulumi.com/oidc:sub":
              "pulumi:deploy:org:acme:project:p:stack:s:operation:update:scope:write",
          },
        },
      }),
      says: [
        at(0, "does not compare the audience of a token of Pulumi Cloud, which is what names the tenant"),
      ],
    },
    {
      name: "certificates of any anchor",
      type: role,
      props: trust({
        Effect: "Allow",
        Principal: { Service: "rolesanywhere.amazonaws.com" },
        Action: ["sts:AssumeRole"],
        Condition: { StringEquals: { "aws:PrincipalTag/x509Subject/CN": "api" } },
      }),
      says: [at(0, "lets in certificates of any trust anchor: it compares no fixed holder and anchor")],
    },
    {
      name: "a wildcard where the issuer is not known yet",
      type: role,
      props: {
        assumeRolePolicy: {
          Statement: [
            github(
              { StringEquals: aud, StringLike: sub("repo:octo*") },
              { Principal: { Federated: unknownText } },
            ),
          ],
        },
      },
      says: [at(0, every("repository", "repo:octo"))],
    },
    {
      name: "a wildcard beside a value that is not known yet",
      type: role,
      props: {
        assumeRolePolicy: { Statement: [github({ StringEquals: aud, StringLike: sub([unknownText, "*"]) })] },
      },
      says: [at(0, "lets in every repository of the issuer")],
    },
    {
      name: "a Vault role bound by network only",
      type: jwt,
      props: vaultRole({ boundClaims: {}, tokenBoundCidrs: ["10.0.0.0/8"] }),
      says: [noWorkload],
    },
    {
      name: "a Vault role bound by a branch, which everybody can have",
      type: jwt,
      props: vaultRole({ boundClaims: { ref: "refs/heads/main" } }),
      says: [noWorkload],
    },
    {
      name: "a glob that other owners fit",
      type: jwt,
      props: vaultRole({ boundClaimsType: "glob", boundClaims: { sub: "repo:octo*" } }),
      says: ['boundClaims.sub lets in every repository whose subject starts with "repo:octo"'],
    },
    {
      name: "a wildcard behind a comma",
      type: jwt,
      props: vaultRole({ boundClaimsType: "glob", boundClaims: { sub: `${exact},*` } }),
      says: ["boundClaims.sub lets in every workload of the issuer"],
    },
    {
      name: "a Vault role without an audience",
      type: jwt,
      props: vaultRole({ boundAudiences: [] }),
      says: ["boundAudiences is empty: a token that was made for another service gets in"],
    },
  ],
  undecided: [
    ...gcpCases.undecided,
    ...entraCases.undecided,
    ...providerCases.undecided,
    ...vaultDoors.undecided,
    {
      name: "the repository's number, and any of its subjects",
      type: role,
      props: trust(github({ StringEquals: { ...aud, ...id }, StringLike: sub("repo:*") })),
      says: [at(0, `${wholeRepository}: ${notSeen}`)],
    },
    {
      name: "a workflow on a branch, which moves",
      type: role,
      props: trust(
        github({
          StringEquals: {
            ...aud,
            [`${host}:job_workflow_ref`]: "octo/ci/.github/workflows/deploy.yml@refs/heads/main",
          },
          StringLike: sub("repo:octo@1/*"),
        }),
      ),
      says: [at(0, `lets in what the reusable workflow's branch or tag is moved to: ${notSeen}`)],
    },
    {
      name: "a glob after the whole repository",
      type: jwt,
      props: vaultRole({
        boundClaimsType: "glob",
        boundClaims: { sub: "repo:octo/app:ref:refs/heads/release-*" },
      }),
      says: [
        `boundClaims.sub ${every("branch or tag", "repo:octo/app:ref:refs/heads/release-")}: ${notSeen}`,
      ],
    },
    {
      name: "the audiences of a provider",
      type: oidc,
      props: { clientIdLists: unknownText },
      says: ["clientIdLists is not known yet, and should list one audience"],
    },
    {
      name: "the service account of pods",
      type: pod,
      props: { serviceAccount: unknownText },
      says: ["serviceAccount is not known yet"],
    },
    {
      name: "an authority that is not known yet",
      type: anchor,
      props: { source: { sourceType: "CERTIFICATE_BUNDLE", sourceData: unknownText } },
      says: [
        "source.sourceData.x509CertificateData is not known yet, and says whose certificates are let in",
      ],
    },
    {
      name: "a certificate that can't be read",
      type: anchor,
      props: certificates("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"),
      says: [`${certificate(0)} can't be read as a certificate`],
    },
    {
      name: "a bundle of any length",
      type: anchor,
      props: certificates("A".repeat(200_000)),
      says: ["source.sourceData.x509CertificateData is longer than any bundle that AWS takes"],
    },
    {
      name: "the whole document",
      type: role,
      props: { assumeRolePolicy: unknownText },
      says: ["assumeRolePolicy is not known yet"],
    },
    {
      name: "a text that is no document",
      type: role,
      props: { assumeRolePolicy: "not a policy" },
      says: ["assumeRolePolicy is not JSON"],
    },
    {
      name: "a document without statements",
      type: role,
      props: { assumeRolePolicy: "{}" },
      says: ["assumeRolePolicy has no statement"],
    },
    {
      name: "a document far beyond AWS's limit",
      type: role,
      props: { assumeRolePolicy: `"${"x".repeat(1_000_001)}` },
      says: ["assumeRolePolicy is larger than any policy that AWS stores"],
    },
    {
      name: "a subject that is not known yet",
      type: role,
      props: { assumeRolePolicy: { Statement: [github({ StringEquals: { ...aud, ...sub(unknownText) } })] } },
      says: [at(0, "is bounded only by a value that is not known yet")],
    },
    {
      name: "an issuer that is not known yet, without keys",
      type: role,
      props: {
        assumeRolePolicy: {
          Statement: [{ Effect: "Allow", Principal: { Federated: unknownText }, Action: webIdentity }],
        },
      },
      says: [at(0, "trusts an issuer that is not known yet")],
    },
    {
      name: "an audience that only the provider bounds",
      type: role,
      props: trust(github({ StringEquals: { ...id, ...sub(exact) } })),
      says: [
        at(
          0,
          "does not compare the audience of a token of GitHub Actions: only the provider's own list bounds it",
        ),
      ],
    },
    {
      name: "a repository by its name alone",
      type: role,
      props: trust(github({ StringEquals: { ...aud, ...sub(exact) } })),
      says: [
        at(
          0,
          "names the workload of a token of GitHub Actions without its number: a later owner of the name can't be told apart",
        ),
      ],
    },
    {
      name: "a Vault role's claims",
      type: jwt,
      props: vaultRole({ boundClaims: unknownText }),
      says: ["boundClaims is not known yet, and is what keeps strangers out"],
    },
    {
      name: "a Vault role's repository",
      type: jwt,
      props: vaultRole({ boundClaims: { repository_id: unknownText } }),
      says: ["boundClaims.repository_id is bounded only by a value that is not known yet"],
    },
  ],
});
