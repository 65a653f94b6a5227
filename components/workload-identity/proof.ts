/** What a workload can show of itself, in every form that a target may ask for. A source fills in those that it has. */
export interface Proof {
  /** Where the workload stands in the arguments: `workloads.github[0]`. */
  where: string;
  /** A token that an OIDC issuer signs for it. */
  token?: TokenClaims;
  /** The AWS role that it runs as. */
  awsRole?: AwsRole;
  /** The service account of GCP that it runs as. */
  gcpServiceAccount?: GcpServiceAccount;
  /** The service account of a cluster that GCP itself vouches for. */
  gkeServiceAccount?: GkeServiceAccount;
  /** A certificate that an authority of its owner's issued. */
  certificate?: Certificate;
}

/** A workload as its tokens show it. A source knows its issuer, a target compares these values and nothing else. */
export interface TokenClaims {
  /** The issuer's URL without `https://`. */
  issuer: string;
  /** Every form in which the issuer can write the subject of this workload, whole. Empty where `subjectStart` is set. */
  subjects: string[];
  /**
   * For an issuer that ends every subject with something new: what those of this workload begin with, up to and with the
   * delimiter, so that nothing else begins with it.
   */
  subjectStart?: string;
  /** Further claims that must be equal. */
  claims: Record<string, string>;
  /**
   * Those of `claims` that AWS has a condition key for (Service Authorization Reference, AWS STS). A key that AWS does not
   * have is never there, so that a comparison with it would keep the workload out.
   */
  awsClaims: string[];
  /** The audience for each target where the issuer fixes it or its documentation names one. Default: the target's own. */
  audience: { aws?: string; gcp?: string; vault?: string };
  /** Whether the workload can ask for another audience. */
  choosesAudience: boolean;
  /** The claim whose value stays the same for as long as the workload exists, and that nobody else gets later. */
  identity: string;
  /** Claims that say which run it was, for the trail. */
  trail: string[];
}

export interface AwsRole {
  accountId: string;
  /** The account's partition: `aws`. */
  partition: string;
  /** With its path, without a leading slash. */
  roleName: string;
  /** The value that a third party's request carries, so that nobody can make it act for somebody else. */
  externalId?: string;
}

export interface GcpServiceAccount {
  email: string;
  /** The number that is never given to another account: the subject of its tokens. */
  uniqueId: string;
}

export interface GkeServiceAccount {
  projectId: string;
  projectNumber: string;
  namespace: string;
  serviceAccount: string;
}

export interface Certificate {
  /** The whole subject alternative name of type URI, for example a SPIFFE id. */
  uri: string;
}
