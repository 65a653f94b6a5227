import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

const parent = new pulumi.ComponentResource("test:index:Parent", "parent");
const provider = new aws.Provider("mine", { region: "eu-west-1" });
const first = new aws.iam.Role("first", { assumeRolePolicy: pulumi.secret("{}") }, { parent, provider });
new aws.iam.RolePolicy("second", { role: first.name, policy: first.uniqueId }, { provider });
