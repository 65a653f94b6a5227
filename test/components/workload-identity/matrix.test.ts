import fc from "fast-check";
import {
  AwsFederatedRole,
  GcpFederatedAccess,
  NhiKind,
  VaultFederatedRole,
  type VaultFederatedRoleArgs,
  type Workloads,
} from "pulumi-nhi";
import type { Proof, TokenClaims } from "../../../components/workload-identity/proof";
import { sources, workloadsProblem, type Target } from "../../../components/workload-identity/workloads";
import { refusalOf, registeredBy, type Registered } from "../../support/mocks";
import { authority } from "../authority";
import { isOneOf, type ProviderInputs } from "../cel";
import { assumesRoleWithToken } from "../sts";
import { signsIn, type JwtRole } from "../vault-login";
import { misdirected, strangersTo, tokensOf, type Claims, type Named } from "./strangers";

/**
 * Every source at every target: the documents that the components make are asked, by evaluators of the tests' own, whom
 * they let in. Random strangers for each cell, of whom none may pass.
 */
const strangersPerCell = 10_000;

const metadata = {
  owner: "team-web",
  purpose: "publish the website",
  environment: "production",
  kind: NhiKind.Pipeline,
  reviewBy: "2027-06-30",
};

interface Door {
  /** The audience that the target expects where the issuer neither fixes nor documents one. */
  audience(made: readonly Registered[]): string;
  /** The audience that the component is told to expect, where the workload can choose. */
  asked?: string;
  build(workloads: Workloads): void;
  /** Whether what was made lets a token in. */
  letsIn(made: readonly Registered[], token: TokenClaims, claims: Claims): boolean;
  /** The claims of a token that the target can see at all. */
  sees(token: TokenClaims): readonly string[];
  /** Whether the target knows such a workload without a token of its own. */
  knows?(proof: Omit<Proof, "where">): boolean;
}

const doors: Partial<Record<Target, Door>> = {
  aws: {
    audience: () => "sts.amazonaws.com",
    build: (workloads) => new AwsFederatedRole("door", { metadata, accountId: "123456789012", workloads }),
    letsIn(made, { issuer }, claims) {
      const role = made.find(({ type }) => type === "aws:iam/role:Role");
      const { assumeRolePolicy } = role?.inputs as { assumeRolePolicy: string };
      const provider =
        issuer === "accounts.google.com" ? issuer : `arn:aws:iam::123456789012:oidc-provider/${issuer}`;
      return assumesRoleWithToken(assumeRolePolicy, provider, claims);
    },
    sees: ({ awsClaims }) => awsClaims,
  },
  gcp: {
    audience: (made) =>
      `https://iam.googleapis.com/${pools}/door/providers/${providerOf(made).workloadIdentityPoolProviderId}`,
    build: (workloads) =>
      new GcpFederatedAccess("door", {
        metadata,
        projectId: "octo-shop",
        projectNumber: "123456789012",
        workloads,
        grants: { buckets: [{ bucket: "octo-website", role: "roles/storage.objectUser" }] },
        ...(workloads.certificate && { trustAnchors: [authority] }),
      }),
    letsIn: (made, { issuer }, claims) =>
      isOneOf(
        made
          .filter(({ type }) => type === "gcp:storage/bucketIAMMember:BucketIAMMember")
          .map(({ inputs }) => (inputs as { member: string }).member),
        { projectNumber: "123456789012", providers: [providerOf(made)] },
        { issuer: `https://${issuer}`, assertion: claims },
      ),
    sees: ({ claims }) => Object.keys(claims),
    knows: ({ gcpServiceAccount, gkeServiceAccount }) =>
      gcpServiceAccount !== undefined || gkeServiceAccount !== undefined,
  },
  vault: {
    audience: () => "https://vault.example.com",
    asked: "https://vault.example.com",
    build: (workloads) =>
      new VaultFederatedRole("door", {
        metadata,
        mount: "door",
        policies: ["publish"],
        workloads,
        ...vaultMethod(workloads),
      }),
    letsIn: (made, _token, claims) =>
      made
        .filter(({ type }) => type === "vault:jwt/authBackendRole:AuthBackendRole")
        .some(({ inputs }) => signsIn(inputs as JwtRole, claims)),
    sees: ({ claims }) => Object.keys(claims),
  },
};

/** What a program says of workloads that show something else than a token. */
function vaultMethod({ aws, certificate }: Workloads): Partial<VaultFederatedRoleArgs> {
  if (aws) return { method: "aws" };
  return certificate
    ? { method: "cert", certificateAuthorities: authority }
    : { audience: "https://vault.example.com" };
}

const pools = "projects/123456789012/locations/global/workloadIdentityPools";

function providerOf(made: readonly Registered[]): ProviderInputs {
  const provider = made.find(
    ({ type }) => type === "gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider",
  );
  return provider?.inputs as ProviderInputs;
}

interface Cell {
  name: string;
  source: string;
  target: Target;
  door: Door;
  workloads: Workloads;
  proof: Omit<Proof, "where">;
  /** Why such a workload can't sign in there. */
  refusal: string | undefined;
}

const cells = Object.entries(doors).flatMap(([target, door]) =>
  Object.entries(sources).flatMap(([key, source]): Cell[] =>
    source.examples.map((example, index) => {
      const workloads = { [key]: [example] };
      return {
        name: `${key}[${index}] at ${target}`,
        source: key,
        target: target as Target,
        door,
        workloads,
        proof: (source.proof as (workload: unknown) => Omit<Proof, "where">)(example),
        refusal: workloadsProblem(workloads, metadata.environment, target as Target),
      };
    }),
  ),
);

const open = cells.filter(({ refusal }) => refusal === undefined);
const withToken = open.flatMap((cell) =>
  cell.proof.token && !cell.door.knows?.(cell.proof) ? [{ ...cell, token: cell.proof.token }] : [],
);

it.each(cells.filter(({ refusal }) => refusal !== undefined))(
  "$name is refused with what to use instead",
  async ({ door, workloads, refusal = "" }) => {
    const message = await refusalOf(() => door.build(workloads));
    expect(message).toContain(refusal);
  },
);

it("has no empty cell: some form of each source is let in, or the source says why not", () => {
  const closed = [...new Set(cells.map(({ source, target }) => `${source} ${target}`))].filter(
    (cell) => !open.some(({ source, target }) => `${source} ${target}` === cell),
  );
  const explained = Object.entries(sources).flatMap(([key, { not = {} }]) =>
    Object.keys(not).map((target) => `${key} ${target}`),
  );
  expect(closed.sort()).toEqual(explained.filter((cell) => (cell.split(" ")[1] ?? "") in doors).sort());
});

describe.each(withToken)("$name", ({ door, workloads, target, token }) => {
  const seen = new Set(door.sees(token));
  let named: Named;
  let made: Registered[];
  beforeAll(async () => {
    made = await registeredBy(() => door.build(workloads), { preview: true });
    named = {
      subjects: token.subjects,
      ...(token.subjectStart !== undefined && { subjectStart: token.subjectStart }),
      claims: Object.fromEntries(Object.entries(token.claims).filter(([name]) => seen.has(name))),
      audience:
        (token.choosesAudience ? door.asked : undefined) ?? token.audience[target] ?? door.audience(made),
    };
  });

  /** The first of so many tokens that is let in. */
  const letIn = (tokens: fc.Arbitrary<Claims>, numRuns: number) =>
    fc.check(
      fc.property(tokens, (claims) => !door.letsIn(made, token, claims)),
      { numRuns },
    ).counterexample;

  it("lets the workload in, in every form of its subject", () => {
    for (const claims of tokensOf(named))
      expect([claims, door.letsIn(made, token, claims)]).toEqual([claims, true]);
  });

  it("lets no stranger in", () => {
    expect(letIn(strangersTo(named), strangersPerCell)).toBeNull();
  });

  it("lets no token in that was made for somebody else", () => {
    expect(letIn(misdirected(named), 1_000)).toBeNull();
  });
});
