import { unknownText } from "../../../support/analyze";
import type { RuleCases } from "../../../support/rule-tester";

const exact = "azuread:index/applicationFederatedIdentityCredential:ApplicationFederatedIdentityCredential";
const flexible =
  "azuread:index/applicationFlexibleFederatedIdentityCredential:ApplicationFlexibleFederatedIdentityCredential";

const github = "https://token.actions.githubusercontent.com";
const audience = "api://AzureADTokenExchange";
const subject = (text: string, issuer = github) => ({ issuer, subject: text, audiences: [audience] });
const matching = (claimsMatchingExpression: string, issuer = github) => ({
  issuer,
  claimsMatchingExpression,
  audience,
});

/** Applications of Entra ID, for `federated-trust-is-bounded`. */
export const entraCases: Required<RuleCases> = {
  allows: [
    {
      name: "one environment of a repository for an application",
      type: exact,
      props: subject("repo:octo@123456/app@456789:environment:production"),
    },
    {
      name: "one service account of a cluster for an application",
      type: exact,
      props: subject("system:serviceaccount:orders:api", "https://oidc.example.com/cluster"),
    },
    {
      name: "branches of a release for an application",
      type: flexible,
      props: matching("claims['sub'] eq 'repo:octo@123456/app@456789:environment:production'"),
    },
  ],
  blocks: [
    {
      name: "whoever opens a pull request, for an application",
      type: exact,
      props: subject("repo:octo/app:pull_request"),
      says: ["subject lets in whoever can open a pull request"],
    },
    {
      name: "a wildcard that is none",
      type: exact,
      props: subject("repo:octo/app:*"),
      says: ["subject has a wildcard, which is no wildcard here: nobody gets in by it"],
      level: "advisory",
    },
    {
      name: "tokens for another service",
      type: exact,
      props: {
        ...subject("repo:octo@123456/app@456789:environment:production"),
        audiences: ["sts.amazonaws.com"],
      },
      says: [
        "audiences takes tokens that were made for another service: whoever is shown one there can use it here",
      ],
      level: "advisory",
    },
    {
      name: "every repository of an organisation, for an application",
      type: flexible,
      props: matching("claims['sub'] matches 'repo:octo/*'"),
      says: ['claimsMatchingExpression lets in every repository whose subject starts with "repo:octo/"'],
    },
    {
      name: "any organisation by a letter that is left open",
      type: flexible,
      props: matching("claims['sub'] matches 'repo:?cto/app:environment:production'"),
      says: ['claimsMatchingExpression lets in every repository whose subject starts with "repo:"'],
    },
    {
      name: "a workflow of anybody's",
      type: flexible,
      props: matching("claims['job_workflow_ref'] matches '*' AND claims['sub'] Matches 'repo:*'"),
      says: ['claimsMatchingExpression lets in every repository whose subject starts with "repo:"'],
    },
  ],
  undecided: [
    {
      name: "a subject that is not known yet",
      type: exact,
      props: subject(unknownText),
      says: ["subject is not known yet, and says who gets in"],
    },
    {
      name: "an expression that is not known yet",
      type: flexible,
      props: matching(unknownText),
      says: ["claimsMatchingExpression is not known yet, and says who gets in"],
    },
    ...["claims['sub'] eq 'a' or claims['sub'] eq 'b'", "", "claims.sub eq 'a'", "x".repeat(100_000)].map(
      (expression) => ({
        name: `an expression that is none: ${expression.slice(0, 20)}`,
        type: flexible,
        props: matching(expression),
        says: ["claimsMatchingExpression can't be read as an expression"],
      }),
    ),
  ],
};
