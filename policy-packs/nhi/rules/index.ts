import type { Rule } from "../rule";
import { federatedTrustIsBounded } from "./federated-trust-is-bounded";
import { identitiesAreAudited } from "./identities-are-audited";
import { noStaticKeys } from "./no-static-keys";
import { noStaticProviderCredentials } from "./no-static-provider-credentials";
import { sessionsAreShort } from "./sessions-are-short";

/** Every rule of the pack. */
export const rules: readonly Rule[] = [
  noStaticKeys,
  noStaticProviderCredentials,
  sessionsAreShort,
  federatedTrustIsBounded,
  identitiesAreAudited,
];
