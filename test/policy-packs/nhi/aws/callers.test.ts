import { trustFindings } from "../../../../policy-packs/nhi/aws/trust";
import { unknown, type Value } from "../../../../policy-packs/nhi/value";

type Props = Record<string, Value>;

const judge = (statement: Props): string[] =>
  trustFindings("trust", { Statement: { Effect: "Allow", Action: "sts:AssumeRole", ...statement } }).map(
    ({ verdict, says }) => `${verdict} ${says}`,
  );
const everybody = (condition: Props): Props => ({ Principal: "*", Condition: condition });
const account = "arn:aws:iam::111122223333:role";
const anyAccount = ["fail lets in every AWS account"];
const twice = "has one name twice, in upper and lower case, and AWS does not say which of them counts";

it.each<[string, Props, string[]]>([
  [
    "roles of one account under a path",
    everybody({ ArnLike: { "aws:PrincipalArn": `${account}/ci/*` } }),
    [],
  ],
  [
    "a unit of an organisation",
    everybody({ "ForAnyValue:StringLike": { "aws:PrincipalOrgPaths": "o-a1b2c3/r-ab12/ou-ab12/*" } }),
    [],
  ],
  [
    "an organisation, and tokens of none",
    { ...everybody({ StringEquals: { "aws:PrincipalOrgID": "o-a1b2c3" } }), Action: "sts:*" },
    [],
  ],
  ["an endpoint of one's own", everybody({ StringEquals: { "aws:SourceVpce": "vpce-1" } }), []],
  ["a named role", { Principal: { AWS: `${account}/deploy` } }, []],
  ["a service", { Principal: { Service: "ec2.amazonaws.com" } }, []],
  ["everybody for another action", { ...everybody({}), Action: "sts:TagSession" }, []],

  [
    "roles of that name in any account",
    everybody({ ArnLike: { "aws:PrincipalArn": "arn:aws:iam::*:role/ci" } }),
    anyAccount,
  ],
  [
    "accounts that begin alike",
    everybody({ StringLike: { "aws:PrincipalArn": "arn:aws:iam::1111*" } }),
    anyAccount,
  ],
  [
    "an account by its ARN's end, in any case",
    everybody({ ArnLike: { "aws:PrincipalArn": "*" } }),
    anyAccount,
  ],
  ["organisations that begin alike", everybody({ StringLike: { "aws:PrincipalOrgID": "o-*" } }), anyAccount],
  [
    "callers without an organisation as well",
    everybody({ StringEqualsIfExists: { "aws:PrincipalOrgID": "o-a1b2c3" } }),
    anyAccount,
  ],
  [
    "all but one organisation",
    everybody({ StringNotEquals: { "aws:PrincipalOrgID": "o-a1b2c3" } }),
    anyAccount,
  ],
  [
    "an external id, which is no secret",
    everybody({ StringEquals: { "sts:ExternalId": "7f1c0f8e" } }),
    anyAccount,
  ],

  [
    "a principal that is not known yet",
    { Principal: unknown },
    ["undetermined trusts a principal that is not known yet"],
  ],
  [
    "an account that is not known yet",
    { Principal: { AWS: unknown } },
    ["undetermined trusts a principal that is not known yet"],
  ],
  [
    "an organisation that is not known yet",
    everybody({ StringEquals: { "aws:PrincipalOrgID": unknown } }),
    ["undetermined trusts every principal, confined by a value that is not known yet"],
  ],
  [
    "an effect that is not known yet",
    { ...everybody({}), Effect: unknown },
    ["undetermined lets in every AWS account"],
  ],
  [
    "an effect of nobody knows what",
    { ...everybody({}), Effect: "Maybe" },
    ["undetermined has no Effect that can be read"],
  ],
  ["two effects", { ...everybody({}), effect: "Deny" }, [`undetermined ${twice}`]],
  [
    "an operator twice",
    everybody({
      StringEquals: { "aws:PrincipalOrgID": "o-a1b2c3" },
      stringequals: { "sts:ExternalId": "1" },
    }),
    [`fail ${twice}: without them it lets in every AWS account`],
  ],
  [
    "a key twice",
    everybody({ StringEquals: { "aws:PrincipalOrgID": "o-a1b2c3", "AWS:PrincipalOrgID": "o-d4e5f6" } }),
    [`fail ${twice}: without them it lets in every AWS account`],
  ],
])("%s", (_, statement, says) => {
  expect(judge(statement)).toEqual(says);
});
