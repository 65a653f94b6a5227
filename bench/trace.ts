import { execFileSync } from "node:child_process";
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { trace } from "../trace";
import { figure, table } from "./figures";

/** Sizes of a file, unpacked and in MiB, to see that memory does not grow with it. */
const sizes = [100, 1000, 10_000];
/** What the records of others are written in, again and again, in MiB. */
const blockSize = 20;
const grant = "01JZ8F4N6Q2W3E4R5T6Y7V8K9A";

function main(): void {
  const [, , file] = process.argv;
  if (file !== undefined) {
    void measure(file);
    return;
  }
  const folder = mkdtempSync(join(tmpdir(), "nhi-bench-"));
  try {
    const rows = sizes.map((size) => {
      const file = join(folder, `${size}.json.gz`);
      writeCloudTrail(file, size);
      const row = rowOf(file, size);
      rmSync(file);
      return row;
    });
    const report = `# Figures of the trace

Written by \`npx tsx bench/trace.ts\` on a machine with 2 cores and 24 GiB, which other programs used at the same time. One
CloudTrail file in gzip, of the size that is named when unpacked. Its first ${blockSize} MiB have every thousandth record of the grant;
the others are of other sessions, the same ${blockSize} MiB again and again, which gzip packs very well: unpacking a real file
takes longer. The memory is the most that the process had, with Node and the TypeScript loader.

${table(["MiB unpacked", "events found", "passes", "seconds", "MiB/s and pass", "memory"], rows)}
`;
    writeFileSync(join(__dirname, "trace.md"), report);
    process.stdout.write(report);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

interface Measured {
  events: number;
  passes: number;
  seconds: number;
  memoryMiB: number;
}

function rowOf(file: string, size: number): string[] {
  // A process of its own for each: the most memory is a process's.
  const output = execFileSync(process.execPath, ["--import", "tsx", __filename, file], { encoding: "utf8" });
  const { events, passes, seconds, memoryMiB } = JSON.parse(output) as Measured;
  const speed = (size * passes) / seconds;
  return [
    String(size),
    String(events),
    String(passes),
    figure(seconds),
    figure(speed),
    `${figure(memoryMiB)} MiB`,
  ];
}

async function measure(file: string): Promise<void> {
  const start = performance.now();
  const { events, passes } = await trace({ id: grant, paths: [file] });
  const seconds = (performance.now() - start) / 1000;
  const measured: Measured = {
    events: events.length,
    passes,
    seconds,
    memoryMiB: process.resourceUsage().maxRSS / 1024,
  };
  process.stdout.write(JSON.stringify(measured));
}

/** Records as CloudTrail writes them, 1.4 KiB each, in packed parts: gzip's parts one after another are one file. */
function writeCloudTrail(file: string, mebibytes: number): void {
  const block = (name: (i: number) => string) => {
    const some = Array.from({ length: 1000 }, (_, i) => JSON.stringify(record(i, name(i))));
    const count = Math.ceil((blockSize << 20) / some.join(",").length);
    return Array.from({ length: count }, (_, k) =>
      Array.from({ length: 1000 }, (_, i) => JSON.stringify(record(k * 1000 + i, name(i)))).join(","),
    ).join(",");
  };
  const session = (i: number) => `session-${i % 977}`;
  const others = gzipSync(`,${block(session)}`, { level: 1 });
  writeFileSync(file, gzipSync(`{"Records":[${block((i) => (i === 0 ? grant : session(i)))}`, { level: 1 }));
  for (let size = 2 * blockSize; size <= mebibytes; size += blockSize) appendFileSync(file, others);
  appendFileSync(file, gzipSync("]}"));
}

function record(i: number, name: string): object {
  return {
    eventVersion: "1.11",
    userIdentity: {
      type: "AssumedRole",
      principalId: `AROAEXAMPLE:${name}`,
      arn: `arn:aws:sts::111111111111:assumed-role/orders-read/${name}`,
      accountId: "111111111111",
      accessKeyId: `ASIA${name.slice(-10).toUpperCase()}`,
      sessionContext: {
        sessionIssuer: {
          type: "Role",
          arn: "arn:aws:iam::111111111111:role/orders-read",
          userName: "orders-read",
        },
        attributes: { creationDate: "2026-03-01T10:00:00Z", mfaAuthenticated: "false" },
      },
    },
    eventTime: new Date(Date.UTC(2026, 2, 1) + i * 10).toISOString().replace(/\.\d+/, ""),
    eventSource: "dynamodb.amazonaws.com",
    eventName: ["GetItem", "Query", "PutItem"][i % 3],
    awsRegion: "eu-central-1",
    sourceIPAddress: "10.0.0.7",
    userAgent: "aws-sdk-js/3.1164.0 ua/2.1 os/linux lang/js md/nodejs#24.21.0 api/dynamodb#3.1164.0",
    requestParameters: { tableName: "orders", key: { id: { S: String(i) } } },
    responseElements: null,
    requestID: `R${i}`,
    eventID: `00000000-0000-4000-8000-${String(i).padStart(12, "0")}`,
    readOnly: true,
    resources: [
      {
        accountId: "111111111111",
        type: "AWS::DynamoDB::Table",
        ARN: "arn:aws:dynamodb:eu-central-1:111111111111:table/orders",
      },
    ],
    eventType: "AwsApiCall",
    managementEvent: false,
    recipientAccountId: "111111111111",
    eventCategory: "Data",
  };
}

main();
