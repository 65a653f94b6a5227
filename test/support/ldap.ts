import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { connect } from "node:tls";
import { findDebianProgram } from "../../tools/debian";
import { freePorts } from "../../tools/free-ports";
import { screenProgress } from "../../tools/progress";

/** An OpenLDAP server on loopback, installed or from Debian's package, with TLS and a certificate of its own. */
export interface Directory {
  url: string;
  /** The server's certificate, as PEM. */
  certificate: string;
  bindDn: string;
  password: string;
  /** Signs in over TLS. `in`, or why the directory refuses (RFC 4511 4.1.9). */
  bind(dn: string, password: string): Promise<string>;
  /** All that is in the directory, as LDIF. */
  entries(): string;
  stop(): Promise<void>;
}

const password = "of this test run";
const bindDn = "cn=vault,dc=example,dc=com";
const entry = (dn: string, ...lines: string[]) => [`dn: ${dn}`, ...lines, ""].join("\n");
const account = (name: string) =>
  entry(
    `cn=${name},ou=machines,dc=example,dc=com`,
    ...["objectClass: inetOrgPerson", `cn: ${name}`, `sn: ${name}`, `userPassword: ${password}`],
  );
const start = [
  entry(
    "dc=example,dc=com",
    "objectClass: dcObject",
    "objectClass: organization",
    "dc: example",
    "o: Example",
  ),
  entry("ou=machines,dc=example,dc=com", "objectClass: organizationalUnit", "ou: machines"),
  entry(bindDn, "objectClass: person", "cn: vault", "sn: vault", `userPassword: ${password}`),
  entry("cn=readers,dc=example,dc=com", "objectClass: groupOfNames", "cn: readers", `member: ${bindDn}`),
  account("batch-1"),
  account("batch-2"),
];

export async function startDirectory(): Promise<Directory> {
  const { binary, root, env } = await findDebianProgram(
    { program: "slapd", folder: "usr/sbin", package: "slapd" },
    screenProgress(),
  );
  const folder = mkdtempSync(join(tmpdir(), "nhi-ldap-"));
  const file = (name: string) => join(folder, name);
  const [port = 0] = await freePorts(1);
  mkdirSync(file("data"));
  execFileSync("openssl", [
    ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"],
    ...["-keyout", file("key.pem"), "-out", file("cert.pem"), "-subj", "/CN=localhost"],
    ...["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"],
  ]);
  const schemas = ["core", "cosine", "inetorgperson"].map(
    (name) => `include ${root}/etc/ldap/schema/${name}.schema`,
  );
  writeFileSync(
    file("slapd.conf"),
    [
      ...schemas,
      `modulepath ${join(root, "usr/lib/ldap")}`,
      "moduleload back_mdb",
      `TLSCertificateFile ${file("cert.pem")}`,
      `TLSCertificateKeyFile ${file("key.pem")}`,
      "database mdb",
      'suffix "dc=example,dc=com"',
      `directory ${file("data")}`,
      `access to attrs=userPassword by dn.exact="${bindDn}" write by anonymous auth by * none`,
      `access to * by dn.exact="${bindDn}" write by users read by * none`,
    ].join("\n"),
  );
  writeFileSync(file("start.ldif"), start.join("\n"));
  execFileSync(binary.replace(/slapd$/, "slapadd"), ["-f", file("slapd.conf"), "-l", file("start.ldif")], {
    env,
    stdio: "ignore",
  });
  const url = `ldaps://localhost:${port}`;
  const server = spawn(binary, ["-d", "0", "-f", file("slapd.conf"), "-h", `ldaps://127.0.0.1:${port}/`], {
    env,
    stdio: "ignore",
  });
  const directory: Directory = {
    url,
    certificate: readFileSync(file("cert.pem"), "utf8"),
    bindDn,
    password,
    bind: (dn, secret) => bind(port, dn, secret),
    entries: () =>
      execFileSync(binary.replace(/slapd$/, "slapcat"), ["-f", file("slapd.conf")], {
        env,
        stdio: ["ignore", "pipe", "ignore"],
      }).toString(),
    async stop() {
      const ended = new Promise((resolve) => server.once("exit", resolve));
      if (server.exitCode === null && server.kill("SIGTERM")) await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
  for (let tries = 0; tries < 100; tries++) {
    if ((await bind(port, bindDn, password).catch(() => "")) === "in") return directory;
    await wait(50);
  }
  await directory.stop();
  throw new Error("OpenLDAP did not start within 5 s.");
}

const codes: Record<number, string> = { 0: "in", 32: "no such object", 49: "invalid credentials" };

/** A bind request with a simple password, and the code of its answer. All is short enough for lengths of one or two bytes. */
function bind(port: number, dn: string, secret: string): Promise<string> {
  const part = (tag: number, content: Buffer) =>
    Buffer.concat([
      Buffer.from(content.length < 128 ? [tag, content.length] : [tag, 0x81, content.length]),
      content,
    ]);
  const version = part(0x02, Buffer.from([3]));
  const request = part(
    0x60,
    Buffer.concat([version, part(0x04, Buffer.from(dn)), part(0x80, Buffer.from(secret))]),
  );
  const message = part(0x30, Buffer.concat([part(0x02, Buffer.from([1])), request]));
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: "127.0.0.1", rejectUnauthorized: false }, () =>
      socket.write(message),
    );
    socket.once("error", reject);
    socket.once("data", (answer: Buffer) => {
      // SEQUENCE, message id, BindResponse, and in it the code as an ENUMERATED of one byte.
      const at = answer.indexOf(Buffer.from([0x0a, 0x01]));
      const code = answer[at + 2] ?? -1;
      socket.end();
      resolve(codes[code] ?? `code ${code}`);
    });
  });
}
