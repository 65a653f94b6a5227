import type { Rule } from "../rule";
import { breakGlassIsItsOwnPath } from "./break-glass-is-its-own-path";
import { auditLogIsComplete } from "./audit-log-is-complete";
import { brokerIsComplete } from "./broker-is-complete";
import { capabilitiesAreCovered } from "./capabilities-are-covered";
import { credentialsAreRevocable } from "./credentials-are-revocable";
import { credentialsAreNotMadeInTheProgram } from "./credentials-are-not-made-in-the-program";
import { environmentsAreSeparate } from "./environments-are-separate";
import { federatedTrustIsBounded } from "./federated-trust-is-bounded";
import { identitiesAreAudited } from "./identities-are-audited";
import { identitiesAreReviewed } from "./identities-are-reviewed";
import { identitiesHaveAnOwner } from "./identities-have-an-owner";
import { instancesKeepTheirCredentials } from "./instances-keep-their-credentials";
import { jitAccessIsDecided } from "./jit-access-is-decided";
import { jitRolesAreForTheBroker } from "./jit-roles-are-for-the-broker";
import { keysStayForbidden } from "./keys-stay-forbidden";
import { machineRightsAreBounded } from "./machine-rights-are-bounded";
import { machinesDoNotSignInAsPeople } from "./machines-do-not-sign-in-as-people";
import { noSecretsInConfiguration } from "./no-secrets-in-configuration";
import { noStaticKeys } from "./no-static-keys";
import { noStaticProviderCredentials } from "./no-static-provider-credentials";
import { sessionsAreShort } from "./sessions-are-short";
import { staticKeysGiveWayToJit } from "./static-keys-give-way-to-jit";
import { staticExceptionsExpire } from "./static-exceptions-expire";
import { storedSecretsAreRenewed } from "./stored-secrets-are-renewed";
import { thirdPartiesAreBounded } from "./third-parties-are-bounded";
import { underlyingSecretsRotate } from "./underlying-secrets-rotate";

/** Every rule of the pack. */
export const rules: readonly Rule[] = [
  noStaticKeys,
  noStaticProviderCredentials,
  keysStayForbidden,
  noSecretsInConfiguration,
  sessionsAreShort,
  credentialsAreRevocable,
  federatedTrustIsBounded,
  instancesKeepTheirCredentials,
  machineRightsAreBounded,
  thirdPartiesAreBounded,
  jitAccessIsDecided,
  breakGlassIsItsOwnPath,
  identitiesHaveAnOwner,
  identitiesAreReviewed,
  staticExceptionsExpire,
  environmentsAreSeparate,
  machinesDoNotSignInAsPeople,
  underlyingSecretsRotate,
  auditLogIsComplete,
  identitiesAreAudited,
  jitRolesAreForTheBroker,
  brokerIsComplete,
  staticKeysGiveWayToJit,
  credentialsAreNotMadeInTheProgram,
  storedSecretsAreRenewed,
  capabilitiesAreCovered,
];
