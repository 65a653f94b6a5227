import * as aws from "@pulumi/aws";
import * as gcp from "@pulumi/gcp";
import * as vault from "@pulumi/vault";

// A key of an IAM user works from anywhere until somebody deletes it.
new aws.iam.AccessKey("deploy", { user: "deploy" });

// The private half of a service account's key ends up in a file.
new gcp.serviceaccount.Key("deploy", {
  serviceAccountId: "projects/example/serviceAccounts/deploy@example.iam.gserviceaccount.com",
});

// Whoever can read the program's configuration has this token.
new vault.Provider("vault", {
  address: "https://vault.example.com:8200",
  token: "a-token-in-the-configuration",
});
