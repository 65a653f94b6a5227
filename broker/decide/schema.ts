/**
 * What policies can be about. A policy is checked against it before it is used: a name that is not here is refused,
 * so that a slip in a `forbid` does not let everything through.
 */
export const schema = `
namespace Nhi {
  // Who calls, as proven. Its claims are tags: principal.hasTag("repository") && principal.getTag("repository") == "octo/app".
  entity Caller = { id: String, tenant: String, kind: String } tags String;
  entity Role = { name: String, tenant: String, environment: String, tier: String };
  entity Grant = { role: Role, requester: Caller, purpose: String, environment: String, ttlSeconds: Long };

  type Intent = { task: String, tools: Set<String>, targets: Set<String> };

  action request appliesTo {
    principal: Caller,
    resource: Role,
    context: {
      purpose: String,
      environment: String,
      ttlSeconds: Long,
      task?: String,
      resources?: Set<String>,
      intent?: Intent,
      // How many steps of the same task came before.
      depth: Long,
      // UTC: 0 to 23, and 1 (Monday) to 7.
      hour: Long,
      weekday: Long,
    },
  };
  action approve, revoke appliesTo { principal: Caller, resource: Grant, context: { hour: Long, weekday: Long } };
  // The kill switch, and taking it back.
  action close, open appliesTo { principal: Caller, resource: Role, context: { hour: Long, weekday: Long } };
}
`;
