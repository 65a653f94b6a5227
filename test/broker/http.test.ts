import { createHmac } from "node:crypto";
import { BrokerClient } from "../../broker/client";
import { OidcCallers } from "../../broker/http/oidc";
import { host, type Hosted } from "../../broker/http/server";
import { startIssuer, type Issuer } from "../support/issuer";
import { newWorld, requestFor, tenant, type World } from "./world";

const issuer = "https://ci.example.org";
const audience = "https://broker.example.org";
let keys: Issuer;
let others: Issuer;
let world: World;
let hosted: Hosted;
const problems: string[] = [];

beforeAll(async () => {
  keys = await startIssuer();
  others = await startIssuer();
});
afterAll(() => {
  keys.stop();
  others.stop();
});
beforeEach(async () => {
  world = newWorld();
  // The tokens are of now, so the broker must be as well.
  world.now = new Date();
  const more = { audience, tenant, jwksUri: keys.jwksUrl };
  hosted = await host({
    broker: world.broker,
    callers: new OidcCallers([
      { ...more, issuer, kind: "workload" },
      { ...more, issuer: "https://people.example.org", kind: "human" },
    ]),
    onProblem: (line) => problems.push(line),
  });
});
afterEach(() => hosted.stop());

const messageOf = (error: unknown) => (error as Error).message;
const claims = { iss: issuer, aud: audience, sub: "repo:octo/app", repository: "octo/app" };
const clientOf = (token: string) => new BrokerClient(hosted.url, () => Promise.resolve(token));
const job = () => clientOf(keys.token(claims));
const { role, purpose, environment, ttlSeconds } = requestFor("deploy");
const deploy = { role, purpose, environment, ttlSeconds };

it("takes a job with a token of its issuer through the whole loop", async () => {
  const grant = await job().request(deploy);
  expect(grant).toEqual({
    id: grant.id,
    state: "approved",
    role: "deploy",
    requester: `${issuer}#repo:octo/app`,
    purpose: "release 1.4 of the shop",
    environment: "production",
    ttlSeconds: 600,
    requestedAt: world.now.toISOString(),
  });
  const { credential } = await job().collect(grant.id);
  expect(credential.values).toEqual({ TOKEN: `canary-secret-${grant.id}` });
  expect(await job().list({ open: true })).toMatchObject({ grants: [{ id: grant.id, state: "issued" }] });
  expect(await job().complete(grant.id, "completed")).toMatchObject({ state: "revoked" });
  expect(await job().list({ open: true })).toEqual({ grants: [], isCut: false });
  expect(JSON.stringify(world.events)).not.toContain("canary");
});

it("lets nobody in whose token is not what it must be, always in the same words", async () => {
  const now = Math.floor(Date.now() / 1000);
  const genuine = keys.token(claims);
  const [head = "", body = ""] = genuine.split(".");
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const unsigned = `${part({ alg: "none" })}.${body}.`;
  const shared = `${part({ alg: "HS256", kid: "1" })}.${body}`;
  const tokens: Record<string, string> = {
    "another audience": keys.token({ ...claims, aud: "https://other.example.org" }),
    "several, none of them ours": keys.token({ ...claims, aud: ["a", "b"] }),
    "another issuer": keys.token({ ...claims, iss: "https://evil.example.org" }),
    "the issuer with a slash": keys.token({ ...claims, iss: `${issuer}/` }),
    "another's key": others.token(claims),
    expired: keys.token({ ...claims, exp: now - 31 }),
    "not yet": keys.token({ ...claims, nbf: now + 60 }),
    "no subject": keys.token({ ...claims, sub: "" }),
    "no end": keys.token({ ...claims, exp: undefined }),
    "no signature": unsigned,
    "a cut signature": `${head}.${body}.AAAA`,
    "a shared secret": `${shared}.${createHmac("sha256", keys.jwksUrl).update(shared).digest("base64url")}`,
    "no token": "x",
  };
  for (const [name, token] of Object.entries(tokens))
    expect([name, await clientOf(token).request(deploy).catch(messageOf)]).toEqual([
      name,
      "The caller is not proven: the token must be valid, of an issuer that the broker's settings name, and for its audience.",
    ]);
  expect(world.events).toHaveLength(Object.keys(tokens).length);
  expect(world.events[0]).toMatchObject({ type: "nhi.call.refused", by: "unproven", action: "POST /grants" });
});

it("takes an API key for nothing", async () => {
  for (const headers of [
    {},
    { "x-api-key": "k" },
    { authorization: "Basic azpr" },
    { authorization: "ApiKey k" },
  ])
    expect((await fetch(`${hosted.url}/grants`, { headers: headers as Record<string, string> })).status).toBe(
      401,
    );
});

it.each<{ method: string; path: string; body?: string; status: number; message: string }>([
  { method: "POST", path: "/grants", body: "{", status: 400, message: "The body must be JSON." },
  { method: "POST", path: "/grants", body: "[]", status: 400, message: "The request must be an object." },
  {
    method: "POST",
    path: "/grants/x/complete",
    body: "{}",
    status: 400,
    message: "outcome must be completed or failed.",
  },
  { method: "GET", path: "/grants/x", status: 404, message: "There is no such grant." },
  { method: "PUT", path: "/grants", status: 404, message: "There is no such call." },
  { method: "POST", path: "/grants/x/y/z", status: 404, message: "There is no such call." },
  { method: "GET", path: "/", status: 404, message: "There is no such call." },
  {
    method: "POST",
    path: "/closures",
    body: "{}",
    status: 400,
    message: "reason must say why it is closed.",
  },
  {
    method: "POST",
    path: "/closures",
    body: '{"reason":"a\\nb"}',
    status: 400,
    message: "reason must be one line of 1 to 256 characters.",
  },
  {
    method: "POST",
    path: "/closures",
    body: '{"reason":"leak"}',
    status: 403,
    message: "No policy permits this caller to close all of that.",
  },
  {
    method: "POST",
    path: "/grants",
    body: " ".repeat(65_537),
    status: 413,
    message: "The body must be at most 64 KiB.",
  },
])("answers $method $path with $status: $message", async ({ method, path, body, status, message }) => {
  const response = await fetch(`${hosted.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${keys.token(claims)}` },
    ...(body !== undefined && { body }),
  });
  expect([response.status, ((await response.json()) as { message: string }).message]).toEqual([
    status,
    message,
  ]);
  expect(response.headers.get("cache-control")).toBe("no-store");
});

it("says that a broker is not there, and what is none", async () => {
  const message = (url: string) =>
    new BrokerClient(url, () => Promise.resolve("t")).collect("x").catch(messageOf);
  await hosted.stop();
  expect(await message(hosted.url)).toBe(`The broker at ${new URL(hosted.url).host} can't be reached.`);
  expect(await message(others.jwksUrl)).toBe(`What answers at ${new URL(others.jwksUrl).host} is no broker.`);
});
