/** The table that holds the log: one row for each record. */
export const tableName = "cloudtrail";

/** A question that an investigator asks. A `?` is filled in when it is run, in order. */
export interface TrailQuery {
  name: string;
  description: string;
  query: string;
}

const who = `useridentity.arn, useridentity.accesskeyid, useridentity.sessioncontext.sourceidentity, sourceipaddress`;
const what = `eventtime, eventsource, eventname, errorcode, awsregion, eventid, requestid`;

export const trailQueries: readonly TrailQuery[] = [
  {
    name: "use-of-a-grant",
    description:
      "How a grant's session was issued and each call made with it. Fill in: the first day as yyyy/MM/dd, the grant's id, the first day again.",
    query: `WITH issued AS (
  SELECT json_extract_scalar(responseelements, '$.credentials.accessKeyId') AS accesskeyid, eventid
  FROM ${tableName}
  WHERE day >= ? AND eventsource = 'sts.amazonaws.com' AND eventname = 'AssumeRole'
    AND any_match(
      CAST(json_extract(requestparameters, '$.tags') AS array(map(varchar, varchar))),
      tag -> tag['key'] = 'nhi:grant-id' AND tag['value'] = ?)
)
SELECT ${what}, ${who}
FROM ${tableName}
WHERE day >= ?
  AND (useridentity.accesskeyid IN (SELECT accesskeyid FROM issued) OR eventid IN (SELECT eventid FROM issued))
ORDER BY eventtime`,
  },
  {
    name: "use-by-a-source-identity",
    description:
      "Each call of the sessions that carry a source identity, also through further roles. Fill in: the first day as yyyy/MM/dd, the source identity.",
    query: `SELECT ${what}, ${who}
FROM ${tableName}
WHERE day >= ? AND useridentity.sessioncontext.sourceidentity = ?
ORDER BY eventtime`,
  },
  {
    name: "static-keys-made",
    description: "Credentials without an end that somebody made. Fill in: the first day as yyyy/MM/dd.",
    query: `SELECT ${what}, ${who}
FROM ${tableName}
WHERE day >= ? AND errorcode IS NULL AND eventsource = 'iam.amazonaws.com'
  AND eventname IN ('CreateAccessKey', 'CreateServiceSpecificCredential', 'UploadSSHPublicKey',
    'UploadSigningCertificate', 'CreateLoginProfile')
ORDER BY eventtime`,
  },
  {
    name: "changes-of-trust",
    description:
      "Who changed which machine may sign in, or the trail itself. Fill in: the first day as yyyy/MM/dd.",
    query: `SELECT ${what}, ${who}, requestparameters
FROM ${tableName}
WHERE day >= ? AND (
    eventname IN ('UpdateAssumeRolePolicy', 'CreateOpenIDConnectProvider', 'AddClientIDToOpenIDConnectProvider',
      'UpdateOpenIDConnectProviderThumbprint', 'CreateSAMLProvider', 'UpdateSAMLProvider', 'CreateTrustAnchor',
      'UpdateTrustAnchor')
    OR eventsource = 'cloudtrail.amazonaws.com' AND eventname IN ('StopLogging', 'DeleteTrail', 'UpdateTrail',
      'PutEventSelectors'))
ORDER BY eventtime`,
  },
];
