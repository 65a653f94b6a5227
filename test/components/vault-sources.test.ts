import fc from "fast-check";
import { NhiKind, VaultFederatedRole, type VaultFederatedRoleArgs } from "pulumi-nhi";
import { sources, workloadsProblem } from "../../components/workload-identity/workloads";
import type { Proof } from "../../components/workload-identity/proof";
import { registeredBy } from "../support/mocks";
import { signsIn, type JwtRole } from "./vault-login";
import { jwt, startVault, type VaultServer } from "./vault-server";
import { strangersTo, tokensOf, type Claims, type Named } from "./workload-identity/strangers";

/** Every source at a real Vault server: real tokens of the workload and of strangers. */
const strangersPerSource = 25;
const audience = "https://vault.example.com";
const args: Omit<VaultFederatedRoleArgs, "workloads" | "mount"> = {
  metadata: {
    owner: "team-web",
    purpose: "publish the website",
    environment: "production",
    kind: NhiKind.Pipeline,
    reviewBy: "2027-06-30",
  },
  policies: ["publish"],
  audience,
};

const cells = Object.entries(sources).flatMap(([key, source]) =>
  source.examples.flatMap((example, index) => {
    const { token } = (source.proof as (workload: unknown) => Omit<Proof, "where">)(example);
    const workloads = { [key]: [example] };
    const isRefused = workloadsProblem(workloads, "production", "vault") !== undefined;
    return token === undefined || isRefused ? [] : [{ name: `${key}[${index}]`, workloads, token }];
  }),
);

let vault: VaultServer;
beforeAll(async () => {
  vault = await startVault();
}, 30 * 60_000);
afterAll(() => vault.stop());

describe.each(cells)("$name", ({ name, workloads, token }) => {
  const mount = name.replace(/\W+/g, "-").toLowerCase() + "door";
  const named: Named = {
    subjects: token.subjects,
    ...(token.subjectStart !== undefined && { subjectStart: token.subjectStart }),
    claims: token.claims,
    audience: token.choosesAudience ? audience : (token.audience.vault ?? audience),
  };
  let role: JwtRole;

  beforeAll(async () => {
    await vault.trust(mount, `https://${token.issuer}`);
    const registered = await registeredBy(
      () => new VaultFederatedRole("door", { ...args, mount, workloads }),
    );
    for (const resource of registered) await vault.write(resource);
    role = registered.find(({ type }) => type === "vault:jwt/authBackendRole:AuthBackendRole")
      ?.inputs as JwtRole;
  });

  const login = (claims: Claims) => {
    const now = Math.floor(Date.now() / 1000);
    const times = { iss: `https://${token.issuer}`, iat: now, exp: now + 300 };
    return vault.call("POST", `auth/${mount}/login`, { role: "door", jwt: jwt({ ...times, ...claims }) }, "");
  };

  it("lets the workload in, with what the trail needs", async () => {
    const trail = Object.fromEntries(token.trail.map((claim) => [claim, `its ${claim}`]));
    for (const claims of tokensOf(named)) {
      const { status, auth } = await login({ ...trail, ...claims });
      expect(status).toBe(200);
      expect(auth?.metadata).toMatchObject({ role: "door", sub: claims.sub });
      expect(auth?.token_policies).toContain("publish");
    }
  });

  it("lets nobody in who differs in one thing", async () => {
    const [own = {}] = tokensOf(named);
    const changed = [
      ...Object.keys(own).map((claim) => ({ ...own, [claim]: `${own[claim] ?? ""}x` })),
      ...Object.keys(own).map((claim) => ({ ...own, [claim]: "" })),
      { ...own, sub: token.subjectStart?.slice(0, -1) ?? `x${own.sub ?? ""}` },
      { ...own, iss: `https://${token.issuer}x` },
    ].filter(({ sub = "" }) => !(token.subjectStart !== undefined && sub === `${own.sub ?? ""}x`));
    for (const claims of changed) expect([claims, (await login(claims)).status]).toEqual([claims, 400]);
  });

  it("agrees with the tests' own reading about strangers", async () => {
    for (const claims of fc.sample(strangersTo(named), strangersPerSource)) {
      expect(signsIn(role, claims)).toBe(false);
      expect([claims, (await login(claims)).status]).toEqual([claims, 400]);
    }
  });
});
