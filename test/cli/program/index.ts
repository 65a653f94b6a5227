import * as aws from "@pulumi/aws";

const key = new aws.iam.AccessKey("early", { user: "ci" });
if (process.env.CRASHES === "yes")
  // Once the engine has the key: what comes after it is never made.
  key.urn.apply(() => {
    throw new Error("canary-of-the-program");
  });
else new aws.iam.AccessKey("late", { user: "ci" });
