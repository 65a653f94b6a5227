import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { accountIdProblem, regionProblem } from "../aws-names";
import { firstProblem, shown, type Problem } from "../refusal";
import type { TrailNames } from "./aws-trail-policies";
import { tableName, trailQueries } from "./aws-trail-queries";

/** A table over the log for Athena, with the queries of an investigation. */
export interface TrailTable {
  /** The Glue database that is made for it: lower-case letters, digits and `_`. */
  databaseName: string;
  /** The regions that are looked through. One that is left out is recorded, but the queries don't find it. */
  regions: string[];
  /** The accounts that are looked through. Default: the trail's own. */
  accountIds?: string[] | undefined;
}

/** CloudTrail's record as Hive sees it (CloudTrail User Guide, "Example: create a table with partition projection"). */
const columns: readonly (readonly [string, string])[] = [
  ["eventversion", "string"],
  [
    "useridentity",
    "struct<type:string,principalid:string,arn:string,accountid:string,invokedby:string,accesskeyid:string," +
      "username:string,onbehalfof:struct<userid:string,identitystorearn:string>,sessioncontext:struct<" +
      "attributes:struct<mfaauthenticated:string,creationdate:string>," +
      "sessionissuer:struct<type:string,principalid:string,arn:string,accountid:string,username:string>," +
      "ec2roledelivery:string,webidfederationdata:struct<federatedprovider:string,attributes:map<string,string>>," +
      "sourceidentity:string>>",
  ],
  ["eventtime", "string"],
  ["eventsource", "string"],
  ["eventname", "string"],
  ["awsregion", "string"],
  ["sourceipaddress", "string"],
  ["useragent", "string"],
  ["errorcode", "string"],
  ["errormessage", "string"],
  ["requestparameters", "string"],
  ["responseelements", "string"],
  ["additionaleventdata", "string"],
  ["requestid", "string"],
  ["eventid", "string"],
  ["readonly", "string"],
  ["resources", "array<struct<arn:string,accountid:string,type:string>>"],
  ["eventtype", "string"],
  ["recipientaccountid", "string"],
  ["sharedeventid", "string"],
  ["vpcendpointid", "string"],
  ["tlsdetails", "struct<tlsversion:string,ciphersuite:string,clientprovidedhostheader:string>"],
];

const tableColumns = columns.map(([name, type]) => ({ name, type }));

/** What the files are: gzipped JSON with a list of records each. */
const tableFormat = {
  inputFormat: "com.amazon.emr.cloudtrail.CloudTrailInputFormat",
  outputFormat: "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat",
  serDeInfo: { serializationLibrary: "org.apache.hive.hcatalog.data.JsonSerDe" },
};

/** The parts of a file's path are worked out from the query instead of listed: a new day needs no new partition. */
function projection(names: TrailNames, { regions, accountIds }: TrailTable): Record<string, string> {
  return {
    classification: "cloudtrail",
    "projection.enabled": "true",
    "projection.account.type": "enum",
    "projection.account.values": (accountIds ?? [names.accountId]).join(","),
    "projection.region.type": "enum",
    "projection.region.values": regions.join(","),
    "projection.day.type": "date",
    "projection.day.format": "yyyy/MM/dd",
    "projection.day.range": "2024/01/01,NOW+1DAYS",
    "projection.day.interval": "1",
    "projection.day.interval.unit": "DAYS",
    "storage.location.template": `${locationOf(names)}/\${account}/CloudTrail/\${region}/\${day}`,
  };
}

/** A trail of an organisation writes below the organisation's id. */
const locationOf = ({ bucketName, organizationId }: TrailNames) =>
  `s3://${bucketName}/AWSLogs${organizationId === undefined ? "" : `/${organizationId}`}`;

export function trailTable(
  name: string,
  names: TrailNames,
  table: TrailTable,
  tags: Record<string, string>,
  parent: pulumi.Resource,
): void {
  const database = new aws.glue.CatalogDatabase(
    name,
    { name: table.databaseName, description: "The audit log of CloudTrail", tags },
    { parent },
  );
  const ofDatabase = { parent, dependsOn: database };
  new aws.glue.CatalogTable(
    name,
    {
      databaseName: table.databaseName,
      name: tableName,
      tableType: "EXTERNAL_TABLE",
      parameters: projection(names, table),
      partitionKeys: ["account", "region", "day"].map((key) => ({ name: key, type: "string" })),
      storageDescriptor: { location: locationOf(names), columns: tableColumns, ...tableFormat },
    },
    ofDatabase,
  );
  for (const { name: queryName, description, query } of trailQueries)
    new aws.athena.NamedQuery(
      `${name}-${queryName}`,
      { name: `${names.trailName}-${queryName}`, database: table.databaseName, description, query },
      ofDatabase,
    );
}

export function tableProblem({ databaseName, regions, accountIds = [] }: TrailTable): Problem {
  if (!/^[a-z0-9_]{1,255}$/.test(databaseName))
    return `table.databaseName must be 1 to 255 lower-case letters, digits or _ (Glue's limit), got ${shown(databaseName)}.`;
  if (regions.length === 0)
    return "table.regions must name at least one region. The queries look through no other.";
  return (
    firstProblem(regions, (region, index) => regionProblem(region, `table.regions[${index}]`)) ??
    firstProblem(accountIds, (account, index) => accountIdProblem(account, `table.accountIds[${index}]`))
  );
}
