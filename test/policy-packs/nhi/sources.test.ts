import {
  AwsFederatedRole,
  GcpFederatedAccess,
  NhiKind,
  VaultFederatedRole,
  type Workloads,
} from "pulumi-nhi";
import type { Proof } from "../../../components/workload-identity/proof";
import { sources, workloadsProblem, type Target } from "../../../components/workload-identity/workloads";
import { rules } from "../../../policy-packs/nhi/rules";
import { toPolicy } from "../../../policy-packs/nhi/to-policy";
import { authority } from "../../../tools/example-authority";
import { analyze, type Props } from "../../support/analyze";
import { registeredBy } from "../../support/mocks";

/** What the components make for every source at every target stands before the pack. */
const metadata = {
  owner: "team-web",
  purpose: "publish the website",
  environment: "production",
  kind: NhiKind.Pipeline,
  reviewBy: "2027-06-30",
};

function build(
  target: Target,
  workloads: Workloads,
  { awsRole, certificate, token }: Omit<Proof, "where">,
): void {
  const third = workloads.thirdParty && {
    metadata: { ...metadata, kind: NhiKind.ThirdParty, vendor: "Acme Scanners" },
    expires: "2027-12-31",
  };
  if (target === "aws")
    new AwsFederatedRole("door", { metadata, accountId: "123456789012", workloads, ...third });
  else if (target === "gcp")
    new GcpFederatedAccess("door", {
      metadata,
      projectId: "octo-web",
      projectNumber: "123456789012",
      workloads,
      grants: { buckets: [{ bucket: "octo-website", role: "roles/storage.objectUser" }] },
      ...(certificate && { trustAnchors: [authority] }),
    });
  else
    new VaultFederatedRole("door", {
      metadata,
      mount: "door",
      policies: ["publish"],
      workloads,
      ...(token && { audience: "https://vault.example.com" }),
      ...(awsRole && { method: "aws" as const }),
      ...(certificate && { method: "cert" as const, certificateAuthorities: authority }),
    });
}

const cells = (["aws", "gcp", "vault"] as const).flatMap((target) =>
  Object.entries(sources).flatMap(([key, source]) =>
    source.examples.flatMap((example, index) => {
      const workloads = { [key]: [example] };
      return workloadsProblem(workloads, "production", target) === undefined
        ? [
            {
              name: `${key}[${index}] at ${target}`,
              target,
              workloads,
              proof: (source.proof as (workload: unknown) => Omit<Proof, "where">)(example),
            },
          ]
        : [];
    }),
  ),
);
const policies = rules.map((rule) => toPolicy(rule));

it.each(cells)("has nothing to say of $name that would stop it", async ({ target, workloads, proof }) => {
  const made = await registeredBy(() => build(target, workloads, proof));
  const findings = await Promise.all(
    made.map(({ type, name, inputs }) => analyze(policies, type, name, inputs as Props)),
  );
  const blocking = findings
    .flatMap(({ diagnostics }) => diagnostics)
    .filter(({ level }) => level === "mandatory");
  expect(blocking).toEqual([]);
});
