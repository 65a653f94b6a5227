import type { Rule } from "../rule";
import { environmentsAreSeparate } from "./environments-are-separate";
import { federatedTrustIsBounded } from "./federated-trust-is-bounded";
import { identitiesAreAudited } from "./identities-are-audited";
import { identitiesAreReviewed } from "./identities-are-reviewed";
import { identitiesHaveAnOwner } from "./identities-have-an-owner";
import { noStaticKeys } from "./no-static-keys";
import { noStaticProviderCredentials } from "./no-static-provider-credentials";
import { sessionsAreShort } from "./sessions-are-short";
import { staticExceptionsExpire } from "./static-exceptions-expire";

/** Every rule of the pack. */
export const rules: readonly Rule[] = [
  noStaticKeys,
  noStaticProviderCredentials,
  sessionsAreShort,
  federatedTrustIsBounded,
  identitiesHaveAnOwner,
  identitiesAreReviewed,
  staticExceptionsExpire,
  environmentsAreSeparate,
  identitiesAreAudited,
];
