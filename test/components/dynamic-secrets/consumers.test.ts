import { startGithubIssuer, type GithubIssuer } from "../../../demo/github-issuer";
import { startPostgres, type Postgres } from "../../../demo/postgres";
import { signIn, startStand, untilStartedMs, type Stand } from "./stand";

/** Who gets a credential, by the entity alone: real tokens of an issuer, a real secrets server and PostgreSQL. */
let postgres: Postgres;
let issuer: GithubIssuer;
let stand: Stand;

const job = (repository: string, repository_id: string) => ({
  repository: `octo/${repository}`,
  repository_id,
  repository_owner_id: "123456",
  environment: "production",
});

beforeAll(async () => {
  postgres = await startPostgres();
  issuer = await startGithubIssuer({ app: job("app", "456789"), reports: job("reports", "111111") });
  const { port, username, password } = postgres;
  stand = await startStand("consumers", {
    PORT: String(port),
    USERNAME: username,
    PASSWORD: password,
    ISSUER: issuer.url,
  });
}, untilStartedMs);
afterAll(async () => {
  await stand.stop();
  await issuer.stop();
  await postgres.stop();
});

interface Session {
  auth: {
    client_token: string;
    entity_id: string;
    token_policies: string[];
    identity_policies?: string[];
  };
}
const login = async (repository: string) => {
  const jwt = await issuer.token(repository, "https://vault.example.com");
  const { auth } = await stand.call<Session>("POST", "auth/github/login", { role: repository, jwt }, "");
  return auth;
};
async function credential(token: string, role = "read"): Promise<string> {
  try {
    const { data } = await stand.call("GET", `orders/creds/${role}`, undefined, token);
    const user = await signIn(postgres, data.username, data.password);
    return user === data.username ? "works" : user;
  } catch (error) {
    return (error as Error).message;
  }
}
const denied = expect.stringContaining("403") as string;

it("a workload gets the role's policy by its entity, and reads a credential that works", async () => {
  expect(await stand.up({ CONSUMERS: "app" })).toBe("done");
  const { client_token, token_policies, identity_policies } = await login("app");
  expect(token_policies).toEqual(["nhi.session.github.app"]);
  expect(identity_policies).toEqual(["nhi.orders.read"]);
  expect(await credential(client_token)).toBe("works");
}, 120_000);

it("of a role that it is no consumer of it gets nothing", async () => {
  const { client_token } = await login("app");
  expect(await credential(client_token, "write")).toEqual(denied);
});

it("another workload of the same issuer signs in, and gets nothing", async () => {
  const { client_token, identity_policies } = await login("reports");
  expect(identity_policies).toBeUndefined();
  expect(await credential(client_token)).toEqual(denied);
});

it("who is no consumer any more loses the right with a token that lives, who has become one gets it", async () => {
  const [app, reports] = [await login("app"), await login("reports")];
  expect(await credential(app.client_token)).toBe("works");
  expect(await stand.up({ CONSUMERS: "reports" })).toBe("done");
  expect(await credential(app.client_token)).toEqual(denied);
  expect(await credential(reports.client_token)).toBe("works");
}, 120_000);

it("nothing changes on its own, and all goes at the end", async () => {
  expect(await stand.pulumi(["preview", "--expect-no-changes"], { CONSUMERS: "reports" })).toBe("done");
  expect(await stand.pulumi(["refresh", "--yes", "--expect-no-changes"], { CONSUMERS: "reports" })).toBe(
    "done",
  );
  const { entity_id } = await login("reports");
  expect(await stand.pulumi(["destroy", "--yes", "--skip-preview"], { CONSUMERS: "reports" })).toBe("done");
  await expect(stand.call("GET", `identity/entity/id/${entity_id}`)).rejects.toThrow("404");
  await expect(stand.call("GET", "identity/group/name/nhi.orders.reports")).rejects.toThrow("404");
}, 120_000);
