export { AwsAccess, AwsFunctionAccess, AwsImageAccess, AwsKeyAccess } from "./aws-grants";
export type {
  AwsGrants,
  BucketGrant,
  FunctionGrant,
  KeyGrant,
  ParameterGrant,
  RepositoryGrant,
  SecretGrant,
  TableGrant,
} from "./aws-grants";
export { AlertFormat } from "./audit-log/aws-alert-targets";
export type { AlertWebhook } from "./audit-log/aws-alert-targets";
export { AwsAuditAlerts } from "./audit-log/aws-audit-alerts";
export type { AwsAuditAlertsArgs, ExceptionEnd } from "./audit-log/aws-audit-alerts";
export { AwsAuditProtection } from "./audit-log/aws-audit-protection";
export type { AwsAuditProtectionArgs } from "./audit-log/aws-audit-protection";
export { AwsAuditTrail } from "./audit-log/aws-audit-trail";
export type { AwsAuditTrailArgs, AwsDataEvents } from "./audit-log/aws-audit-trail";
export type { TrailTable } from "./audit-log/aws-trail-table";
export { AuditedStatements, DatabaseAudit } from "./audit-log/database-audit";
export type { DatabaseAuditArgs, DatabaseFlag, RdsParameterGroups } from "./audit-log/database-audit";
export { GcpAuditLog } from "./audit-log/gcp-audit-log";
export type { GcpAuditLogArgs } from "./audit-log/gcp-audit-log";
export { AuditSocketType, VaultAudit } from "./audit-log/vault-audit";
export type { AuditFile, AuditSocket, AuditSyslog, VaultAuditArgs } from "./audit-log/vault-audit";
export { CloudSqlEngine, CloudSqlIamAccess } from "./dynamic-secrets/cloud-sql-iam-access";
export type { CloudSqlIamAccessArgs } from "./dynamic-secrets/cloud-sql-iam-access";
export { AwsSecrets } from "./dynamic-secrets/aws";
export type { AwsSecretRole, AwsSecretsArgs } from "./dynamic-secrets/aws";
export { AzureSecrets } from "./dynamic-secrets/azure";
export type { AzureGrant, AzureSecretRole, AzureSecretsArgs } from "./dynamic-secrets/azure";
export type { SecretConsumer } from "./dynamic-secrets/consumers";
export { DatabaseSecrets } from "./dynamic-secrets/database";
export type { DatabaseSecretsArgs } from "./dynamic-secrets/database";
export type { DatabaseConnection } from "./dynamic-secrets/databases/connections";
export type { MongodbServer } from "./dynamic-secrets/databases/mongodb";
export type { MysqlServer } from "./dynamic-secrets/databases/mysql";
export { PostgresSslMode } from "./dynamic-secrets/databases/postgresql";
export type { PostgresqlServer } from "./dynamic-secrets/databases/postgresql";
export type { RedisServer } from "./dynamic-secrets/databases/redis";
export { DatabaseAccess } from "./dynamic-secrets/databases/role";
export type { DatabaseRole } from "./dynamic-secrets/databases/role";
export type { DatabaseServer, RootRotation } from "./dynamic-secrets/databases/server";
export type { SqlServer } from "./dynamic-secrets/databases/sql-server";
export type { SecretsEngineArgs } from "./dynamic-secrets/engine";
export type { EngineFederation } from "./dynamic-secrets/federation";
export { GcpSecrets } from "./dynamic-secrets/gcp";
export type { GcpSecretAccount, GcpSecretsArgs } from "./dynamic-secrets/gcp";
export { KubernetesRoleKind, KubernetesSecrets } from "./dynamic-secrets/kubernetes";
export type {
  KubernetesCluster,
  KubernetesSecretRole,
  KubernetesSecretsArgs,
} from "./dynamic-secrets/kubernetes";
export { LdapSchema, LdapSecrets } from "./dynamic-secrets/ldap";
export type { LdapSecretsArgs, LdapServer } from "./dynamic-secrets/ldap";
export type { LdapLibrarySet, LdapRole } from "./dynamic-secrets/ldap-accounts";
export { PkiIssuer } from "./dynamic-secrets/pki-issuer";
export type { PkiIssuerArgs } from "./dynamic-secrets/pki-issuer";
export { PkiKeyType, PkiUsage } from "./dynamic-secrets/pki-role";
export type { PkiRole } from "./dynamic-secrets/pki-role";
export { RabbitMqSecrets } from "./dynamic-secrets/rabbitmq";
export type {
  RabbitMqPermission,
  RabbitMqRole,
  RabbitMqSecretsArgs,
  RabbitMqServer,
} from "./dynamic-secrets/rabbitmq";
export { RotatedAwsSecret } from "./dynamic-secrets/rotated-aws-secret";
export type { RotatedAwsSecretArgs } from "./dynamic-secrets/rotated-aws-secret";
export { RdsEngine, RdsIamAccess } from "./dynamic-secrets/rds-iam-access";
export type { RdsIamAccessArgs } from "./dynamic-secrets/rds-iam-access";
export { SshCertificateAuthority } from "./dynamic-secrets/ssh-authority";
export type { SshCertificateAuthorityArgs } from "./dynamic-secrets/ssh-authority";
export { SshExtension, SshKeyType } from "./dynamic-secrets/ssh-role";
export type { SshHostRole, SshUserRole } from "./dynamic-secrets/ssh-role";
export type { IamRoleArgs, InlinePolicy } from "./iam-role";
export { NhiKind } from "./identity";
export type { NhiMetadata } from "./identity";
export { AwsBreakGlassRole } from "./jit-access/aws-break-glass-role";
export type { AwsBreakGlassRoleArgs } from "./jit-access/aws-break-glass-role";
export { AwsJitRole } from "./jit-access/aws-jit-role";
export type { AwsJitRoleArgs } from "./jit-access/aws-jit-role";
export type {
  AwsJitPreset,
  BuildAgentTask,
  ClusterOperationsTask,
  DatabaseAdminTask,
  DeployTask,
  EcsServiceTarget,
  IncidentResponseTask,
  SecretsRetrievalTask,
} from "./jit-access/aws-jit-presets";
export { GcpBreakGlassEntitlement } from "./jit-access/gcp-break-glass-entitlement";
export type { GcpBreakGlassEntitlementArgs } from "./jit-access/gcp-break-glass-entitlement";
export type { GcpEntitledRole } from "./jit-access/gcp-entitlement";
export { GcpJitEntitlement } from "./jit-access/gcp-jit-entitlement";
export type { GcpJitEntitlementArgs } from "./jit-access/gcp-jit-entitlement";
export { JitTier } from "./jit-access/tier";
export { AwsPermissionsBoundary } from "./permissions-boundary";
export type { AwsPermissionsBoundaryArgs } from "./permissions-boundary";
export type { AwsKeyException } from "./static-exception/aws-access-key";
export type { KnownFinding } from "./static-exception/known-findings";
export { StaticCredentialException } from "./static-exception/static-exception";
export type { StaticCredentialExceptionArgs } from "./static-exception/static-exception";
export type { VaultSecretException } from "./static-exception/vault-secret";
export { AwsFederatedRole } from "./workload-identity/aws-role";
export type { AwsFederatedRoleArgs } from "./workload-identity/aws-role";
export { EksPodIdentityAccess } from "./workload-identity/eks-pod-identity";
export type { EksPodIdentityAccessArgs } from "./workload-identity/eks-pod-identity";
export { GcpFederatedAccess } from "./workload-identity/gcp-access";
export type { GcpFederatedAccessArgs, GcpProvider } from "./workload-identity/gcp-access";
export type {
  GcpBucketGrant,
  GcpGrants,
  GcpProjectGrant,
  GcpRepositoryGrant,
  GcpSecretGrant,
} from "./workload-identity/gcp-grants";
export { AwsOidcProvider, GithubOidcProvider } from "./workload-identity/oidc-provider";
export type { AwsOidcProviderArgs, GithubOidcProviderArgs } from "./workload-identity/oidc-provider";
export { RolesAnywhereAccess, RolesAnywhereTrustAnchor } from "./workload-identity/roles-anywhere";
export type {
  CertificateHolder,
  RolesAnywhereAccessArgs,
  RolesAnywhereTrustAnchorArgs,
} from "./workload-identity/roles-anywhere";
export type { AwsOutboundWorkload, AwsWorkload, ThirdPartyWorkload } from "./workload-identity/sources/aws";
export type { AzureDevopsWorkload } from "./workload-identity/sources/azure-devops";
export type { BitbucketWorkload } from "./workload-identity/sources/bitbucket";
export type { BuildkiteWorkload } from "./workload-identity/sources/buildkite";
export type { CertificateWorkload } from "./workload-identity/sources/certificate";
export type { CircleciWorkload } from "./workload-identity/sources/circleci";
export type { GcpWorkload } from "./workload-identity/sources/gcp";
export type { GithubWorkload } from "./workload-identity/sources/github";
export type { GitlabWorkload } from "./workload-identity/sources/gitlab";
export type { GkeWorkload } from "./workload-identity/sources/gke";
export { TerraformPhase } from "./workload-identity/sources/hcp-terraform";
export type { HcpTerraformWorkload } from "./workload-identity/sources/hcp-terraform";
export type { KubernetesWorkload } from "./workload-identity/sources/kubernetes";
export type { OidcWorkload } from "./workload-identity/sources/oidc";
export { PulumiOperation } from "./workload-identity/sources/pulumi-cloud";
export type { PulumiDeploymentsWorkload, PulumiEscWorkload } from "./workload-identity/sources/pulumi-cloud";
export type { SpiffeWorkload } from "./workload-identity/sources/spiffe";
export { VaultTrustedIssuer } from "./workload-identity/vault-issuer";
export type { VaultTrustedIssuerArgs } from "./workload-identity/vault-issuer";
export { VaultAuthMethod } from "./workload-identity/vault-methods";
export { VaultFederatedRole } from "./workload-identity/vault-role";
export type { VaultFederatedRoleArgs } from "./workload-identity/vault-role";
export { VaultWorkload } from "./workload-identity/vault-workload";
export type { VaultSignIn, VaultWorkloadArgs } from "./workload-identity/vault-workload";
export type { ExpectedToken, Workloads } from "./workload-identity/workloads";
