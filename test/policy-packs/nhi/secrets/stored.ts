import { secret, unknownText } from "../../../support/analyze";
import type { RuleCases } from "../../../support/rule-tester";

/** Places for secrets, with a property that holds one. */
const stores = {
  "aws:secretsmanager/secretVersion:SecretVersion": "secretString",
  "aws-native:secretsmanager:Secret": "secretString",
  "gcp:secretmanager/regionalSecretVersion:RegionalSecretVersion": "secretData",
  "gcp:secretmanager/secretVersion:SecretVersion": "secretDataWo",
  "vault:generic/secret:Secret": "dataJson",
  "vault:kv/secret:Secret": "dataJson",
  "vault:kv/secretV2:SecretV2": "dataJsonWo",
};
const awsKey = JSON.stringify({ id: ["AKIA", "QRSTUVWX2345ABCD"].join(""), host: "db.example.net" });
const clusters = ["aws:eks/accessEntry:AccessEntry", "aws-native:eks:AccessEntry"];
const authorities = [
  "vault:pkiSecret/secretBackendIntermediateCertRequest:SecretBackendIntermediateCertRequest",
  "vault:pkiSecret/secretBackendKey:SecretBackendKey",
  "vault:pkiSecret/secretBackendRootCert:SecretBackendRootCert",
];
const login = "vault:appRole/authBackendLogin:AuthBackendLogin";
const sshAuthority = "vault:ssh/secretBackendCa:SecretBackendCa";
const oldAuthority = "vault:pkiSecret/secretBackendConfigCa:SecretBackendConfigCa";

/** Keys in stores, users in clusters and keys of authorities, for `no-static-keys`. */
export const storedKeyCases: Required<Pick<RuleCases, "allows" | "blocks">> = {
  allows: [
    ...Object.entries(stores).flatMap(([type, property]) => [
      { name: `a password, which a store is for, ${type}`, type, props: { [property]: "correct horse" } },
      { name: `what is not known yet, ${type}`, type, props: { [property]: secret(unknownText) } },
    ]),
    ...clusters.map((type) => ({
      name: `a role in a cluster, ${type}`,
      type,
      props: { principalArn: "arn:aws:iam::123456789012:role/user/ci" },
    })),
    ...authorities.map((type) => ({
      name: `an authority whose key stays, ${type}`,
      type,
      props: { type: "internal" },
    })),
    { name: "a login without a secret", type: login, props: { roleId: "1" } },
    { name: "an authority of SSH whose key stays", type: sshAuthority, props: { generateSigningKey: true } },
  ],
  blocks: [
    ...Object.entries(stores).map(([type, property]) => ({
      name: `a key of AWS, ${type}`,
      type,
      props: { [property]: secret(awsKey) },
      says: [`${property} holds an AWS access key, which is good from anywhere until somebody replaces it`],
      level: "advisory" as const,
    })),
    ...clusters.map((type) => ({
      name: `a user in a cluster, ${type}`,
      type,
      props: { principalArn: "arn:aws-us-gov:iam::123456789012:user/team/ci", type: "STANDARD" },
      says: ["principalArn is an IAM user, who gets into a cluster with a static key alone"],
    })),
    ...authorities.map((type) => ({
      name: `an authority whose key gets out, ${type}`,
      type,
      props: { type: "exported" },
      says: [`type is "exported", which hands out the authority's private key`],
    })),
    {
      name: "a login with a secret id",
      type: login,
      props: { roleId: "1", secretId: unknownText },
      says: ["secretId is a static key"],
    },
    {
      name: "an authority that is brought along",
      type: oldAuthority,
      props: { pemBundle: "x" },
      says: ["pemBundle is a static key"],
    },
    {
      name: "an authority of SSH that is brought along",
      type: sshAuthority,
      props: { privateKey: secret("x"), publicKey: "y" },
      says: ["privateKey is a static key"],
    },
  ],
};
