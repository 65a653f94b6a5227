import { execFileSync } from "node:child_process";
import {
  closeSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { trace } from "../trace";
import { figure, table } from "./figures";

/** Sizes of a file, in MiB, to see that memory does not grow with it. */
const sizes = [50, 200, 800];
const grant = "01JZ8F4N6Q2W3E4R5T6Y7V8K9A";

function main(): void {
  const [, , file] = process.argv;
  if (file !== undefined) {
    void measure(file);
    return;
  }
  const folder = mkdtempSync(join(tmpdir(), "nhi-bench-"));
  try {
    const rows = sizes.flatMap((size) => {
      const plain = join(folder, `${size}.json`);
      writeCloudTrail(plain, size);
      const packed = join(folder, `${size}.json.gz`);
      if (size <= 200) writeFileSync(packed, gzipSync(readFileSync(plain), { level: 1 }));
      return [
        rowOf("CloudTrail, one list", plain, size),
        ...(size <= 200 ? [rowOf("the same in gzip", packed, size)] : []),
      ];
    });
    const report = `# Figures of the trace

Written by \`npx tsx bench/trace.ts\` on a machine with 2 cores and 24 GiB, which other programs used at the same time. One
CloudTrail file of the size that is named, unpacked, in which every thousandth record is of the grant; read as often as the
trace needs. The memory is the most that the process had, with Node and the TypeScript loader.

${table(["file", "MiB", "events found", "passes", "seconds", "MiB/s and pass", "memory"], rows)}
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

function rowOf(what: string, file: string, size: number): string[] {
  // A process of its own for each: the most memory is a process's.
  const output = execFileSync(process.execPath, ["--import", "tsx", __filename, file], { encoding: "utf8" });
  const { events, passes, seconds, memoryMiB } = JSON.parse(output) as Measured;
  const speed = (size * passes) / seconds;
  return [
    what,
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

/** Records as CloudTrail writes them, 1.4 KiB each. */
function writeCloudTrail(file: string, mebibytes: number): void {
  const opened = openSync(file, "w");
  writeSync(opened, '{"Records":[');
  for (let i = 0; statSync(file).size < mebibytes * 1024 * 1024; i += 1000)
    writeSync(opened, Array.from({ length: 1000 }, (_, k) => JSON.stringify(record(i + k))).join(",") + ",");
  writeSync(opened, `${JSON.stringify(record(1))}]}`);
  closeSync(opened);
}

function record(i: number): object {
  const name = i % 1000 === 0 ? grant : `session-${i % 977}`;
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
