import { createHash } from "node:crypto";
import * as cedar from "@cedar-policy/cedar-wasm/nodejs";
import type { Caller, Decision, Grant, GrantRequest } from "../grant";
import type { CallerAction, Decider, DecisionContext } from "../ports";
import type { Role } from "../settings";
import { newId } from "../id";
import { schema } from "./schema";

/** Policies by the file that they stand in: `deploy.cedar`. */
export type PolicyFiles = Record<string, string>;

export class PolicyProblem extends Error {}

/** Decides by Cedar policies. Nothing is allowed that no policy permits, and nothing where one can't be evaluated. */
export class CedarDecider implements Decider {
  /** SHA-256 over all policies and the schema, in hex. The order of the files does not matter. */
  readonly policyHash: string;

  /** Throws `PolicyProblem`, one line that names the file, where a policy does not parse or does not fit the schema. */
  constructor(files: PolicyFiles) {
    const policies = checkedPolicies(files);
    this.policyHash = createHash("sha256")
      .update(
        JSON.stringify([schema, ...Object.entries(files).sort(([one], [other]) => (one < other ? -1 : 1))]),
      )
      .digest("hex");
    // Read once and kept inside Cedar by name: parsing at each request is most of a decision's time.
    must(cedar.preparseSchema(this.policyHash, schema));
    must(cedar.preparsePolicySet(this.policyHash, { staticPolicies: policies }));
  }

  decide(caller: Caller, request: GrantRequest, role: Role, context: DecisionContext): Decision {
    const { purpose, environment, task, resources, intent } = request;
    const answer = this.ask("request", caller, roleEntity(role), [], {
      purpose,
      environment,
      ttlSeconds: context.ttlSeconds,
      ...(task !== undefined && { task }),
      ...(resources && { resources }),
      ...(intent && { intent: { ...intent } }),
      depth: context.depth,
      ...timeOf(context.now),
    });
    return { id: newId(context.now), policyHash: this.policyHash, ...answer };
  }

  permits(caller: Caller, action: CallerAction, about: { role: Role; grant?: Grant }, now: Date): boolean {
    const role = roleEntity(about.role);
    const { grant } = about;
    if (!grant) return this.ask(action, caller, role, [], timeOf(now)).effect === "allow";
    const requester = callerEntity(grant.requester);
    const entity = {
      uid: { type: "Nhi::Grant", id: grant.id },
      attrs: {
        role: { __entity: role.uid },
        requester: { __entity: requester.uid },
        purpose: grant.request.purpose,
        environment: grant.request.environment,
        ttlSeconds: grant.ttlSeconds,
      },
      parents: [],
    };
    const others = grant.requester.id === caller.id ? [role] : [role, requester];
    return this.ask(action, caller, entity, others, timeOf(now)).effect === "allow";
  }

  private ask(
    action: string,
    caller: Caller,
    resource: Entity,
    others: Entity[],
    context: cedar.Context,
  ): Pick<Decision, "effect" | "policies" | "reason"> {
    const principal = callerEntity(caller);
    const answer = cedar.statefulIsAuthorized({
      principal: principal.uid,
      action: { type: "Nhi::Action", id: action },
      resource: resource.uid,
      context,
      preparsedSchemaName: this.policyHash,
      validateRequest: true,
      preparsedPolicySetId: this.policyHash,
      entities: [principal, resource, ...others],
    });
    if (answer.type === "failure")
      return { effect: "deny", policies: [], reason: "the request does not fit what policies can be about" };
    const { decision, diagnostics } = answer.response;
    const failed = diagnostics.errors.map(({ policyId }) => policyId).sort();
    // A policy that fails is skipped by Cedar. Where it is a forbid, that would let through what it forbids.
    if (failed.length > 0)
      return { effect: "deny", policies: failed, reason: "a policy could not be evaluated" };
    const policies = [...diagnostics.reason].sort();
    if (decision === "allow") return { effect: "allow", policies };
    return {
      effect: "deny",
      policies,
      reason: policies.length > 0 ? "a policy forbids it" : "no policy permits it",
    };
  }
}

/** Policies by id: what `@id` says, or else the file and the place in it. */
function checkedPolicies(files: PolicyFiles): Record<string, string> {
  const policies: Record<string, string> = {};
  for (const [file, text] of Object.entries(files)) {
    const parts = cedar.policySetTextToParts(text);
    if (parts.type === "failure")
      throw new PolicyProblem(
        `${file} must be Cedar policies: ${parts.errors[0]?.message ?? "it can't be read"}.`,
      );
    if (parts.policy_templates.length > 0)
      throw new PolicyProblem(
        `${file} must have policies only, and has a template. Write it out for each use.`,
      );
    parts.policies.forEach((policy, index) => {
      const id = idOf(policy) ?? `${file}#${index + 1}`;
      if (id in policies)
        throw new PolicyProblem(`${file}: the id ${id} is there twice. Give each policy an @id of its own.`);
      policies[id] = policy;
    });
  }
  if (Object.keys(policies).length === 0)
    throw new PolicyProblem("There must be at least one policy: without one, every request is denied.");
  const validated = cedar.validate({
    validationSettings: { mode: "strict" },
    schema,
    policies: { staticPolicies: policies },
  });
  const errors =
    validated.type === "failure"
      ? validated.errors.map(({ message }) => message)
      : validated.validationErrors.map(({ policyId, error }) => `${policyId}: ${error.message}`);
  if (errors[0] !== undefined)
    throw new PolicyProblem(`A policy does not fit the schema: ${errors[0].replaceAll("\n", " ")}.`);
  return policies;
}

function idOf(policy: string): string | undefined {
  const parsed = cedar.policyToJson(policy);
  return parsed.type === "success" ? (parsed.json.annotations?.id ?? undefined) : undefined;
}

type Entity = cedar.EntityJson & { uid: { type: string; id: string } };

const callerEntity = ({ id, tenant, kind, claims }: Caller): Entity => ({
  uid: { type: "Nhi::Caller", id },
  attrs: { id, tenant, kind },
  parents: [],
  tags: claims,
});

const roleEntity = ({ name, tenant, environment, tier }: Role): Entity => ({
  uid: { type: "Nhi::Role", id: name },
  attrs: { name, tenant, environment, tier },
  parents: [],
});

/** In UTC, so that a policy means the same wherever the broker runs. */
const timeOf = (now: Date) => ({ hour: now.getUTCHours(), weekday: now.getUTCDay() || 7 });

function must(answer: cedar.CheckParseAnswer): void {
  if (answer.type === "failure")
    throw new PolicyProblem(
      `Cedar can't read the policies: ${answer.errors[0]?.message ?? "no reason given"}.`,
    );
}
