import type { ResourceType } from "../resource-type";
import { audit } from "./audit";
import { authBackend } from "./auth-backend";
import { authBackendRole } from "./auth-backend-role";
import {
  awsEngine,
  awsRole,
  azureEngine,
  azureRole,
  gcpEngine,
  gcpImpersonatedAccount,
  kubernetesEngine,
  kubernetesRole,
} from "./clouds";
import { databaseConnection } from "./database-connection";
import { databaseRole } from "./database-role";
import { endpoint } from "./endpoint";
import { entity, entityAlias, group } from "./identity";
import { ldap, ldapDynamicRole, ldapLibrarySet } from "./ldap";
import { mount } from "./mount";
import { pki } from "./pki";
import { policy } from "./policy";
import { leaseCountQuota, rateLimitQuota } from "./quota";
import { rabbitMq, rabbitMqRole } from "./rabbitmq";
import { sshAuthority, sshRole } from "./ssh";

/** What this provider knows, by the tokens of `@pulumi/vault`. */
export const resourceTypes: Readonly<Record<string, ResourceType>> = {
  "vault:aws/secretBackend:SecretBackend": awsEngine,
  "vault:aws/secretBackendRole:SecretBackendRole": awsRole,
  "vault:azure/backend:Backend": azureEngine,
  "vault:azure/backendRole:BackendRole": azureRole,
  "vault:database/secretBackendConnection:SecretBackendConnection": databaseConnection,
  "vault:database/secretBackendRole:SecretBackendRole": databaseRole,
  "vault:gcp/secretBackend:SecretBackend": gcpEngine,
  "vault:gcp/secretImpersonatedAccount:SecretImpersonatedAccount": gcpImpersonatedAccount,
  "vault:generic/endpoint:Endpoint": endpoint,
  "vault:identity/entity:Entity": entity,
  "vault:identity/entityAlias:EntityAlias": entityAlias,
  "vault:identity/group:Group": group,
  "vault:index/audit:Audit": audit,
  "vault:index/mount:Mount": mount,
  "vault:index/policy:Policy": policy,
  "vault:index/quotaLeaseCount:QuotaLeaseCount": leaseCountQuota,
  "vault:index/quotaRateLimit:QuotaRateLimit": rateLimitQuota,
  "vault:jwt/authBackend:AuthBackend": authBackend,
  "vault:jwt/authBackendRole:AuthBackendRole": authBackendRole,
  "vault:kubernetes/secretBackend:SecretBackend": kubernetesEngine,
  "vault:kubernetes/secretBackendRole:SecretBackendRole": kubernetesRole,
  "vault:ldap/secretBackend:SecretBackend": ldap,
  "vault:ldap/secretBackendDynamicRole:SecretBackendDynamicRole": ldapDynamicRole,
  "vault:ldap/secretBackendLibrarySet:SecretBackendLibrarySet": ldapLibrarySet,
  ...pki,
  "vault:rabbitMq/secretBackend:SecretBackend": rabbitMq,
  "vault:rabbitMq/secretBackendRole:SecretBackendRole": rabbitMqRole,
  "vault:ssh/secretBackendCa:SecretBackendCa": sshAuthority,
  "vault:ssh/secretBackendRole:SecretBackendRole": sshRole,
};
