import { Amqp, startRabbitMq, type RabbitMq } from "../../support/rabbitmq";
import { startStand, untilStartedMs, type Lease, type Stand } from "./stand";

/** An engine for RabbitMQ from its first `up` to its end, on the real engine, secrets server and broker. */
let rabbitmq: RabbitMq;
let stand: Stand;
beforeAll(async () => {
  rabbitmq = await startRabbitMq();
  const { managementUrl, username, password } = rabbitmq;
  stand = await startStand("rabbitmq-program", {
    URL: managementUrl,
    USERNAME: username,
    PASSWORD: password,
  });
}, untilStartedMs);
afterAll(async () => {
  await stand.stop();
  await rabbitmq.stop();
});

const lease = (role: string) => stand.call("GET", `queues/creds/${role}`);
const revoke = (lease_id: string) => stand.call("PUT", "sys/leases/revoke", { lease_id, sync: true });
const signIn = ({ data: { username: user, password } }: Lease, vhost = "/") =>
  Amqp.signIn(rabbitmq.port, { user, password, vhost });
const refused =
  "ACCESS_REFUSED - Login was refused using authentication mechanism PLAIN. For details see the broker logfile.";

async function users(): Promise<{ name: string; tags: string[] }[]> {
  const { managementUrl, username, password } = rabbitmq;
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
  const response = await fetch(`${managementUrl}/api/users`, { headers: { authorization } });
  return (await response.json()) as { name: string; tags: string[] }[];
}

it("makes a user for the named queues of one virtual host, and nothing else", async () => {
  expect(await stand.up()).toBe("done");
  const made = await lease("billing");
  expect(made.lease_duration).toBe(300);
  // The name says who asked, and for what.
  expect(made.data.username).toMatch(/^v-token-operator-billing-[A-Za-z0-9]{20}$/);
  expect((await users()).find(({ name }) => name === made.data.username)).toMatchObject({ tags: [] });

  const { amqp, says } = await signIn(made);
  expect(says).toBe("in");
  expect(await amqp.declare("orders")).toBe("done");
  expect(await amqp.get("orders")).toBe("done");
  expect(await amqp.declare("orders2")).toBe(
    `ACCESS_REFUSED - access to queue 'orders2' in vhost '/' refused for user '${made.data.username}'`,
  );
  amqp.close();
}, 60_000);

it("lets each role do what is its own: one may send what the other reads", async () => {
  const made = await lease("orders");
  const { amqp } = await signIn(made);
  expect(await amqp.get("orders")).toBe(
    `ACCESS_REFUSED - access to queue 'orders' in vhost '/' refused for user '${made.data.username}'`,
  );
  amqp.close();
  const { says } = await signIn(made, "other");
  expect(says).toBe("NOT_ALLOWED - vhost other not found");
});

it("takes the user away with its lease: what is open is closed, and nobody gets in again", async () => {
  const made = await lease("billing");
  const { amqp, says } = await signIn(made);
  expect(says).toBe("in");
  const started = performance.now();
  await revoke(made.lease_id);
  expect((await signIn(made)).says).toBe(refused);
  console.log(`RabbitMQ: revoked and refused after ${Math.round(performance.now() - started)} ms`);
  expect(await amqp.told()).toBe(`CONNECTION_FORCED - user '${made.data.username}' is deleted`);
  expect((await users()).map(({ name }) => name)).not.toContain(made.data.username);
});

it("renews up to the end of the lease and not beyond", async () => {
  const made = await lease("billing");
  const renewed = await stand.call("PUT", "sys/leases/renew", {
    lease_id: made.lease_id,
    increment: 86_400,
  });
  expect(renewed.lease_duration).toBeLessThanOrEqual(900);
  expect(renewed.lease_duration).toBeGreaterThan(890);
});

it("takes a shorter time at the next up, without sending the password again", async () => {
  expect(await stand.up({ PASSWORD: "not sent, since its version is the same", MAX_TTL: "600" })).toBe(
    "done",
  );
  const made = await lease("billing");
  const renewed = await stand.call("PUT", "sys/leases/renew", {
    lease_id: made.lease_id,
    increment: 86_400,
  });
  expect(renewed.lease_duration).toBeLessThanOrEqual(600);
  expect((await signIn(made)).says).toBe("in");
}, 60_000);

it("says what the broker says when the password is wrong, keeps the one it has, and takes the right one after", async () => {
  expect(await stand.up({ PASSWORD: "wrong", VERSION: "2" })).toContain(
    "failed to validate the connection: Error: API responded with a 401 Unauthorized",
  );
  expect((await signIn(await lease("billing"))).says).toBe("in");
  expect(await stand.up({ VERSION: "3" })).toBe("done");
}, 60_000);

it("says that the server is sealed, and goes on when it is not", async () => {
  await stand.vault.seal();
  expect(await stand.up({ VERSION: "3", MAX_TTL: "800" })).toContain(
    `vault.rabbitMq.SecretBackend "queues": the server at ${stand.vault.address} is sealed, so it refused POST sys/mounts/queues/tune. Unseal it and run this again.`,
  );
  await stand.vault.unseal();
  expect(await stand.up({ VERSION: "3", MAX_TTL: "800" })).toBe("done");
  expect((await signIn(await lease("billing"))).says).toBe("in");
}, 60_000);

it("has the password encrypted in the state, if at all", async () => {
  const { output } = await stand.engine.pulumi(["stack", "export", ...stand.stack.slice(0, 4)]);
  expect(output).toContain(rabbitmq.managementUrl);
  expect(output).not.toContain(rabbitmq.password);
});

it("ends with its leases, and leaves no user behind", async () => {
  const made = await lease("billing");
  expect(await stand.pulumi(["destroy", "--yes", "--skip-preview"], { VERSION: "3" })).toBe("done");
  expect((await signIn(made)).says).toBe(refused);
  expect((await users()).map(({ name }) => name)).toEqual([rabbitmq.username]);
}, 60_000);
