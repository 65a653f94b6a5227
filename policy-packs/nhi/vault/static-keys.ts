import type { Judge } from "../rule";
import { isSet, keyWhen, mustBeAbsent, staticKey } from "../static-key";

const dynamicRole = "a dynamic role, which makes one user for each lease and removes it afterwards";
const accessTokens = keyWhen(
  "secretType access_token",
  isSet("secretType", "service_account_key", "hands out service account keys"),
);

export const vaultKeys: Readonly<Record<string, Judge>> = {
  "vault:database/secretBackendStaticRole:SecretBackendStaticRole": staticKey(dynamicRole),
  "vault:aws/secretBackendStaticRole:SecretBackendStaticRole": staticKey(
    "vault.aws.SecretBackendRole with credentialType assumed_role",
  ),
  "vault:ldap/secretBackendStaticRole:SecretBackendStaticRole": staticKey(
    "vault.ldap.SecretBackendDynamicRole",
  ),
  "vault:aws/secretBackendRole:SecretBackendRole": keyWhen(
    "credentialType assumed_role",
    isSet("credentialType", "iam_user", "makes IAM users with access keys"),
  ),
  "vault:aws/secretBackend:SecretBackend": keyWhen(
    "roleArn with identityTokenAudience, so that Vault signs in to AWS with its own identity",
    mustBeAbsent("accessKey", "secretKey", "secretKeyWo"),
  ),
  "vault:gcp/secretStaticAccount:SecretStaticAccount": accessTokens,
  "vault:gcp/secretRoleset:SecretRoleset": accessTokens,
};
