import { formProblem, type Form } from "./exact";
import { each, type Source } from "./source";

/** A program that runs as one service account of GCP. */
export interface GcpWorkload {
  /** The service account's address, for example `orders@octo-shop.iam.gserviceaccount.com`. */
  email: string;
  /** Its unique id: `gcloud iam service-accounts describe EMAIL --format 'value(uniqueId)'`. It is never given again. */
  uniqueId: string;
}

/** GCP service accounts, which sign in elsewhere with an identity token of Google's. */
export const gcp: Source<GcpWorkload> = {
  title: "GCP service account",
  problem: each(
    "gcp",
    ({ email, uniqueId }, where) =>
      formProblem(`${where}.email`, email, serviceAccountEmail) ??
      formProblem(`${where}.uniqueId`, uniqueId, numericId),
  ),
  proof: ({ email, uniqueId }) => ({
    gcpServiceAccount: { email, uniqueId },
    token: {
      issuer: "accounts.google.com",
      subjects: [uniqueId],
      // The address is in a token only when the program asked for the full format.
      claims: {},
      awsClaims: [],
      audience: {},
      choosesAudience: true,
      identity: "sub",
      trail: [],
    },
  }),
  examples: [{ email: "orders@octo-shop.iam.gserviceaccount.com", uniqueId: "112233445566778899001" }],
};

const serviceAccountEmail: Form = {
  pattern:
    /^[a-z0-9][a-z0-9-]*@([a-z0-9-]+\.)?[a-z][a-z0-9-]*\.iam\.gserviceaccount\.com$|^[a-z0-9][a-z0-9-]*@(developer|appspot)\.gserviceaccount\.com$/,
  says: "the address of a service account (NAME@PROJECT.iam.gserviceaccount.com)",
};
const numericId: Form = { pattern: /^[1-9]\d{19,20}$/, says: "the service account's unique id, 21 digits" };
