import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { IAMClient } from "@aws-sdk/client-iam";
import { STSClient } from "@aws-sdk/client-sts";

export const canary = "canary-of-a-session";

/** STS and IAM as far as the broker calls them, by their query protocol (API version 2011-06-15 and 2010-05-08). */
export interface AwsEndpoint {
  sts: STSClient;
  iam: IAMClient;
  /** The parameters of every call that was answered with 200, in order, without those that ask who the caller is. */
  calls: Record<string, string>[];
  /** The inline policies of each role, by role name. */
  policies: Map<string, string>;
  /** What the next calls are answered with instead: a status and a code. */
  failures: { status: number; code: string }[];
  /** Called before each answer, as somebody who writes at the same time. */
  before: (call: Record<string, string>) => void;
  stop(): Promise<void>;
}

export async function startAws(): Promise<AwsEndpoint> {
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const call = Object.fromEntries(new URLSearchParams(body));
      endpoint.before(call);
      const failure = call.Action === "GetCallerIdentity" ? undefined : endpoint.failures.shift();
      const { status, xml } = failure
        ? { status: failure.status, xml: failed(failure.code) }
        : answer(endpoint.policies, call);
      if (status === 200 && call.Action !== "GetCallerIdentity") endpoint.calls.push(call);
      response.writeHead(status, { "content-type": "text/xml" }).end(xml);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const config = {
    region: "eu-central-1",
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    credentials: { accessKeyId: "broker", secretAccessKey: "broker" },
  };
  const endpoint: AwsEndpoint = {
    sts: new STSClient(config),
    iam: new IAMClient(config),
    calls: [],
    policies: new Map(),
    failures: [],
    before: () => undefined,
    stop() {
      endpoint.sts.destroy();
      endpoint.iam.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
  return endpoint;
}

const failed = (code: string) =>
  `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${canary} and other words</Message></Error></ErrorResponse>`;

function answer(
  policies: Map<string, string>,
  call: Record<string, string>,
): { status: number; xml: string } {
  const { Action = "", RoleName = "", PolicyName = "", PolicyDocument = "" } = call;
  const result = (inner: string) => ({
    status: 200,
    xml: `<${Action}Response><${Action}Result>${inner}</${Action}Result></${Action}Response>`,
  });
  switch (Action) {
    case "GetCallerIdentity":
      return result("<Account>123456789012</Account>");
    case "AssumeRole":
      return result(
        `<Credentials><AccessKeyId>ASIA1</AccessKeyId><SecretAccessKey>${canary}</SecretAccessKey>` +
          `<SessionToken>${canary}-token</SessionToken><Expiration>2027-06-30T13:00:00Z</Expiration></Credentials>`,
      );
    case "PutRolePolicy":
      policies.set(RoleName, PolicyDocument);
      return result("");
    case "GetRolePolicy": {
      const document = policies.get(RoleName);
      if (document === undefined) return { status: 404, xml: failed("NoSuchEntity") };
      return result(
        `<RoleName>${RoleName}</RoleName><PolicyName>${PolicyName}</PolicyName>` +
          `<PolicyDocument>${encodeURIComponent(document)}</PolicyDocument>`,
      );
    }
    default:
      return { status: 400, xml: failed("InvalidAction") };
  }
}
