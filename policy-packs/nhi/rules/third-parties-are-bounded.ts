import { awsThirdParties } from "../aws/third-parties";
import { gcpThirdParties } from "../gcp/third-parties";
import type { ResourceRule } from "../rule";

const judges = { ...awsThirdParties, ...gcpThirdParties };

export const thirdPartiesAreBounded: ResourceRule = {
  id: "third-parties-are-bounded",
  title: "Another organisation gets in as one named identity, on behalf of one customer: you.",
  why: "A vendor acts for many customers, and a whole account lets in whom its owner likes: the next customer, or the next intruder.",
  fix: "Name the vendor's role by its ARN and compare sts:ExternalId with a value that is yours alone.",
  severity: "high",
  enforcement: "mandatory",
  topic: "third-party-trust",
  doesNotSee:
    "Where ownAccounts is empty, a single role of another account is taken for your own, unless the role is marked nhi:kind third-party; where ownProjects is empty, so is every project of GCP. A Deny that keeps strangers out again is not counted. What the other side does with its access.",
  whenNot: "Never for a whole account of somebody else. List your own accounts in ownAccounts.",
  lists: {
    ownAccounts: {
      values: [],
      says: "Numbers of the AWS accounts that are yours. Default: none are known, so that every whole account may be a stranger's.",
    },
    ownProjects: {
      values: [],
      says: "Ids and numbers of the GCP projects that are yours. Default: none are known, and no project is taken for a stranger's.",
    },
  },
  samples: {
    bad: `
new aws.iam.Role("scanner", {
  assumeRolePolicy: aws.iam.assumeRolePolicyForPrincipal({ AWS: "arn:aws:iam::999988887777:root" }),
});
`,
    good: `
new aws.iam.Role("scanner", {
  assumeRolePolicy: {
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { AWS: "arn:aws:iam::999988887777:role/vendor-scanner" },
        Action: "sts:AssumeRole",
        Condition: { StringEquals: { "sts:ExternalId": "5b0a3d9e-7c1f-4e68-9d2b-8f6a1c4e7b35" } },
      },
    ],
  },
});
`,
  },
  types: Object.keys(judges),
  check: (resource) => judges[resource.type]?.(resource) ?? [],
};
