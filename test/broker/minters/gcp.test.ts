import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import type { Grant } from "../../../broker/grant";
import { gcpMinter } from "../../../broker/minters/gcp";
import type { Role } from "../../../broker/settings";
import { grantOf } from "../sample";

const entitlement = "projects/shop/locations/global/entitlements/deploy";
const serviceAccount = "deploy@shop.iam.gserviceaccount.com";
const role: Role = {
  name: "deploy",
  tenant: "t",
  environment: "production",
  tier: "standard",
  maxTtlSeconds: 3600,
  gcp: { entitlement, serviceAccount },
};
const canary = "canary-of-a-token";

interface Call {
  call: string;
  by: string;
  body?: unknown;
}

/** PAM and IAM's credentials as far as the broker calls them. A grant goes through its states, one with each look. */
let server: Server;
let calls: Call[] = [];
let states: string[] = [];
let grants: { name: string; state: string; justification: { unstructuredJustification: string } }[] = [];
let failure: { path: string; status: number } | undefined;

beforeAll(async () => {
  server = createServer((request, response) => {
    void text(request).then((sent) => {
      const body: unknown = sent === "" ? undefined : JSON.parse(sent);
      const { pathname, search } = new URL(request.url ?? "", "http://localhost");
      const call = `${request.method} ${pathname.replace("/v1/", "")}`;
      calls.push({
        call: `${call}${search}`,
        by: request.headers.authorization ?? "",
        ...(body !== undefined && { body }),
      });
      const status = failure && pathname.endsWith(failure.path) ? failure.status : 200;
      response
        .writeHead(status, { "content-type": "application/json" })
        .end(JSON.stringify(status === 200 ? answer(call, search, body) : { error: { message: canary } }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterAll(() => new Promise((resolve) => server.close(resolve)));
beforeEach(() => {
  calls = [];
  states = [];
  grants = [];
  failure = undefined;
});

function answer(call: string, search: string, body: unknown): object {
  const last = grants.at(-1);
  if (call.endsWith(":generateAccessToken"))
    return { accessToken: `${canary}-${(body as { lifetime: string }).lifetime}`, expireTime: "" };
  if (call === `POST ${entitlement}/grants`) {
    const { justification } = body as (typeof grants)[number];
    const grant = { name: `${entitlement}/grants/g${grants.length}`, state: "ACTIVATING", justification };
    grants.push(grant);
    return grant;
  }
  if (call === `GET ${entitlement}/grants`)
    return search === "?pageToken=" ? { nextPageToken: "a/b" } : { grants };
  if (last && call.startsWith("GET ")) last.state = states.shift() ?? last.state;
  return last ?? {};
}

const now = new Date("2027-06-30T12:00:00.500Z");
const minter = (clock = () => now) => {
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return gcpMinter({
    token: () => Promise.resolve("broker"),
    clock,
    pam: url,
    iamCredentials: url,
    pollMs: 1,
  });
};
const won = (changes: Partial<Grant> = {}) =>
  grantOf({ state: "minting", expiresAt: "2027-06-30T12:10:00.500Z", ...changes });
const remember = () => Promise.resolve();
const asked = () => calls.map(({ call }) => call);
const problemOf = (promise: Promise<unknown>) =>
  promise.then(
    () => "nothing",
    (error: unknown) => `${(error as Error).name}: ${(error as Error).message}`,
  );
const impersonate = `POST projects/-/serviceAccounts/${serviceAccount}:generateAccessToken`;
const name = `${entitlement}/grants/g0`;
const scope = ["https://www.googleapis.com/auth/cloud-platform"];

describe("minting", () => {
  it("asks PAM as the account itself, waits until it is active, and gives a token that ends with the grant", async () => {
    states = ["ACTIVATING", "ACTIVE"];
    const remembered: object[] = [];
    const grant = won();
    const made = await minter().mint(grant, role, (handle) => Promise.resolve(void remembered.push(handle)));
    const token = `${canary}-599s`;
    expect(made).toEqual({
      credential: {
        values: { CLOUDSDK_AUTH_ACCESS_TOKEN: token, GOOGLE_OAUTH_ACCESS_TOKEN: token },
        expiresAt: grant.expiresAt,
      },
      handle: { entitlement, grant: name },
    });
    expect(remembered).toEqual([{ entitlement }, made.handle]);
    const asking = `Bearer ${canary}-300s`;
    const create = `POST ${entitlement}/grants?requestId=c306f008-8797-81e9-add0-51ddfdfaf594`;
    expect(calls).toEqual([
      { call: impersonate, by: "Bearer broker", body: { scope, lifetime: "300s" } },
      {
        call: create,
        by: asking,
        body: {
          requestedDuration: "1800s",
          justification: { unstructuredJustification: `${grant.id}: release 42 of the shop` },
        },
      },
      { call: `GET ${name}`, by: asking },
      { call: `GET ${name}`, by: asking },
      { call: impersonate, by: "Bearer broker", body: { scope, lifetime: "599s" } },
    ]);
  });

  it.each(["DENIED", "EXPIRED", "ACTIVATION_FAILED"])("is refused where PAM's grant is %s", async (state) => {
    states = [state];
    expect(await problemOf(minter().mint(won(), role, remember))).toBe(
      `Error: The grant of ${entitlement} is ${state} and not active. Look at the entitlement.`,
    );
  });

  it("gives up where PAM waits for somebody", async () => {
    states = ["APPROVAL_AWAITED"];
    expect(await problemOf(minter().mint(won(), role, remember))).toBe(
      `Error: The grant of ${entitlement} is APPROVAL_AWAITED and not active. Look at the entitlement.`,
    );
  });

  it.each([
    {
      path: "/grants",
      status: 409,
      says: `Error: Google answered /v1/${entitlement}/grants with 409. An entitlement has one open grant for each account: wait until the other one has ended.`,
    },
    {
      path: "/grants",
      status: 403,
      says: `Error: Google answered /v1/${entitlement}/grants with 403. Look at the entitlement, and at what the broker may do.`,
    },
    {
      path: "/grants",
      status: 503,
      says: `GoogleFailed: Google answered /v1/${entitlement}/grants with 503.`,
    },
    {
      path: ":generateAccessToken",
      status: 403,
      says: `Error: Google answered /v1/projects/-/serviceAccounts/${serviceAccount}:generateAccessToken with 403. Look at the entitlement, and at what the broker may do.`,
    },
  ])("says in its own words that Google says $status to $path", async ({ path, status, says }) => {
    failure = { path, status };
    expect(await problemOf(minter().mint(won(), role, remember))).toBe(says);
  });

  it("gives no token where the time was over before PAM was ready", async () => {
    states = ["ACTIVE"];
    const times = [now, now, new Date("2027-06-30T12:10:00.000Z")];
    const slow = minter(() => times.shift() ?? now);
    expect(await problemOf(slow.mint(won(), role, remember))).toBe(
      "Error: The grant's time is over. Ask anew.",
    );
    expect(asked().filter((call) => call === impersonate)).toHaveLength(1);
  });

  it("asks PAM for nothing where what revoking needs could not be written down", async () => {
    const lost = () => Promise.reject(new Error("the store is gone"));
    expect(await problemOf(minter().mint(won(), role, lost))).toBe("Error: the store is gone");
    expect(asked()).toEqual([impersonate]);
  });
});

describe("revoking", () => {
  const issued = async (): Promise<Grant> => {
    states = ["ACTIVE"];
    const { handle } = await minter().mint(won(), role, remember);
    calls = [];
    return won({ state: "issued", handle });
  };
  const revoke = (grant: Grant) => minter().revoke(grant, role, now);

  it("ends the binding, and is done when PAM says that it is gone", async () => {
    const grant = await issued();
    states = ["ACTIVE", "REVOKING", "REVOKED"];
    expect(await revoke(grant)).toEqual({ how: "revoked", mechanism: "gcp-pam" });
    const look = { call: `GET ${name}`, by: "Bearer broker" };
    expect(calls).toEqual([
      look,
      { call: `POST ${name}:revoke`, by: "Bearer broker", body: { reason: `nhi ${grant.id} has ended` } },
      look,
      look,
    ]);
    calls = [];
    expect(await revoke(grant)).toEqual({ how: "revoked", mechanism: "gcp-pam" });
    expect(calls).toEqual([look]);
  });

  it("has expired where PAM ended it", async () => {
    const grant = await issued();
    states = ["ENDED"];
    expect(await revoke(grant)).toEqual({ how: "expired", mechanism: "gcp-pam" });
    expect(asked()).toEqual([`GET ${name}`]);
  });

  it.each(["REVOKING", "EXTERNALLY_MODIFIED"])("throws where PAM's grant stays %s", async (state) => {
    const grant = await issued();
    states = [state];
    expect(await problemOf(revoke(grant))).toBe(`GrantGoesOn: The grant at PAM is ${state}.`);
    const isAsked = asked().includes(`POST ${name}:revoke`);
    expect(isAsked).toBe(state !== "REVOKING");
  });

  it("throws where Google does not work, and works when it is tried later", async () => {
    const grant = await issued();
    failure = { path: ":revoke", status: 500 };
    expect(await problemOf(revoke(grant))).toBe(`GoogleFailed: Google answered /v1/${name}:revoke with 500.`);
    failure = undefined;
    states = ["ACTIVE", "REVOKED"];
    expect((await revoke(grant)).how).toBe("revoked");
  });

  it("finds what a crash left behind by the grant's id", async () => {
    await issued();
    const crashed = won({ handle: { entitlement } });
    states = ["REVOKED"];
    expect(await revoke(crashed)).toEqual({ how: "revoked", mechanism: "gcp-pam" });
    expect(asked()).toEqual([
      `GET ${entitlement}/grants?pageToken=`,
      `GET ${entitlement}/grants?pageToken=a%2Fb`,
      `POST ${name}:revoke`,
      `GET ${name}`,
    ]);
  });

  it("leaves another's grant of the same entitlement alone", async () => {
    await issued();
    const other = won({ id: "01J1P44V0000000000000000ZZ", handle: { entitlement } });
    expect(await revoke(other)).toEqual({ how: "revoked", mechanism: "nothing-minted" });
    expect(asked().some((call) => call.startsWith("POST"))).toBe(false);
  });

  it("has nothing to do where nothing was asked for", async () => {
    expect(await revoke(won())).toEqual({ how: "revoked", mechanism: "nothing-minted" });
    expect(calls).toEqual([]);
  });
});
