import { gzipSync } from "node:zlib";
import { noSecretsInConfiguration } from "../../../../policy-packs/nhi/rules/no-secrets-in-configuration";
import { type Props, unknownText } from "../../../support/analyze";
import { testRule } from "../../../support/rule-tester";

const token = "ghp_aB3dE6gH9jK2mN5pQ8rS1tU4vW7xY0zA4cD6";
const script = `#!/bin/sh\ncurl -H "Authorization: Bearer ${token}" https://api.github.com\n`;
const base64 = (text: string) => Buffer.from(text).toString("base64");
const variables = { DB_HOST: "db.internal", DB_PASSWORD: "hunter2" };
const named = [
  { name: "DB_HOST", value: "db.internal" },
  { name: "DB_PASSWORD", value: "hunter2" },
];
const isNamed = "is the value of DB_PASSWORD and holds a password";

const lambda = "aws:lambda/function:Function";
const task = "aws:ecs/taskDefinition:TaskDefinition";
const build = "aws:codebuild/project:Project";
const instance = "aws:ec2/instance:Instance";
const parameter = "aws:ssm/parameter:Parameter";
const config = "kubernetes:core/v1:ConfigMap";
const deployment = "kubernetes:apps/v1:Deployment";
const item = "gcp:compute/projectMetadataItem:ProjectMetadataItem";

/** One secret in each type, in the shape that the type has, and the place that it is found at. */
const places: [type: string, props: Props, says: string][] = [
  ...["aws:amplify/app:App", "aws:amplify/branch:Branch"].map((type): [string, Props, string] => [
    type,
    { environmentVariables: variables },
    "environmentVariables.DB_PASSWORD holds a password",
  ]),
  ...["aws-native:amplify:App", "aws-native:amplify:Branch"].map((type): [string, Props, string] => [
    type,
    { environmentVariables: named },
    `environmentVariables[1].value ${isNamed}`,
  ]),
  ["aws:apigateway/stage:Stage", { variables }, "variables.DB_PASSWORD holds a password"],
  ...["aws:apprunner/service:Service", "aws-native:apprunner:Service"].map(
    (type): [string, Props, string] => [
      type,
      {
        sourceConfiguration: {
          imageRepository: { imageConfiguration: { runtimeEnvironmentVariables: variables } },
        },
      },
      "sourceConfiguration.imageRepository.imageConfiguration.runtimeEnvironmentVariables.DB_PASSWORD holds a password",
    ],
  ),
  [
    "aws:batch/jobDefinition:JobDefinition",
    { containerProperties: JSON.stringify({ environment: named }) },
    `containerProperties.environment[1].value ${isNamed}`,
  ],
  [
    "aws-native:batch:JobDefinition",
    { containerProperties: { environment: named } },
    `containerProperties.environment[1].value ${isNamed}`,
  ],
  ["aws:cloudformation/stack:Stack", { parameters: variables }, "parameters.DB_PASSWORD holds a password"],
  ["aws-native:cloudformation:Stack", { parameters: variables }, "parameters.DB_PASSWORD holds a password"],
  [
    build,
    { environment: { environmentVariables: named.map((variable) => ({ ...variable, type: "PLAINTEXT" })) } },
    `environment.environmentVariables[1].value ${isNamed}`,
  ],
  ...["aws:codepipeline/pipeline:Pipeline", "aws-native:codepipeline:Pipeline"].map(
    (type): [string, Props, string] => [
      type,
      { stages: [{ name: "Source", actions: [{ name: "Source", configuration: { OAuthToken: token } }] }] },
      "stages[0].actions[0].configuration.OAuthToken holds a GitHub token",
    ],
  ),
  [instance, { userData: script }, "userData holds a GitHub token"],
  ["aws-native:ec2:Instance", { userData: base64(script) }, "userData holds a GitHub token"],
  ["aws-native:lightsail:Instance", { userData: script }, "userData holds a GitHub token"],
  ["aws:lightsail/instance:Instance", { userData: script }, "userData holds a GitHub token"],
  ["aws:ec2/launchConfiguration:LaunchConfiguration", { userData: script }, "userData holds a GitHub token"],
  ["aws:ec2/launchTemplate:LaunchTemplate", { userData: base64(script) }, "userData holds a GitHub token"],
  [
    "aws-native:ec2:LaunchTemplate",
    { launchTemplateData: { userData: base64(script) } },
    "launchTemplateData.userData holds a GitHub token",
  ],
  [
    "aws:ec2/spotInstanceRequest:SpotInstanceRequest",
    { userDataBase64: base64(script) },
    "userDataBase64 holds a GitHub token",
  ],
  [
    task,
    { containerDefinitions: JSON.stringify([{ name: "app", environment: named }]) },
    `containerDefinitions[0].environment[1].value ${isNamed}`,
  ],
  [
    "aws-native:ecs:TaskDefinition",
    { containerDefinitions: [{ name: "app", environment: named }] },
    `containerDefinitions[0].environment[1].value ${isNamed}`,
  ],
  ...[
    "aws:elasticbeanstalk/configurationTemplate:ConfigurationTemplate",
    "aws:elasticbeanstalk/environment:Environment",
  ].map((type): [string, Props, string] => [
    type,
    {
      settings: named.map((setting) => ({
        namespace: "aws:elasticbeanstalk:application:environment",
        ...setting,
      })),
    },
    `settings[1].value ${isNamed}`,
  ]),
  ...["aws-native:elasticbeanstalk:ConfigurationTemplate", "aws-native:elasticbeanstalk:Environment"].map(
    (type): [string, Props, string] => [
      type,
      { optionSettings: [{ optionName: "GITHUB", value: token }] },
      "optionSettings[0].value holds a GitHub token",
    ],
  ),
  [
    "aws:glue/connection:Connection",
    { connectionProperties: { USERNAME: "orders", PASSWORD: "hunter2" } },
    "connectionProperties.PASSWORD holds a password",
  ],
  [
    "aws-native:glue:Connection",
    { connectionInput: { connectionProperties: { PASSWORD: "hunter2" } } },
    "connectionInput.connectionProperties.PASSWORD holds a password",
  ],
  ...["aws:glue/job:Job", "aws-native:glue:Job"].map((type): [string, Props, string] => [
    type,
    { defaultArguments: { "--db_password": "hunter2" } },
    "defaultArguments[0] holds a password",
  ]),
  [lambda, { environment: { variables } }, "environment.variables.DB_PASSWORD holds a password"],
  [
    "aws-native:lambda:Function",
    { environment: { variables } },
    "environment.variables.DB_PASSWORD holds a password",
  ],
  [
    "aws:lightsail/containerServiceDeploymentVersion:ContainerServiceDeploymentVersion",
    { containers: [{ environment: variables }] },
    "containers[0].environment.DB_PASSWORD holds a password",
  ],
  ...["aws:mwaa/environment:Environment", "aws-native:mwaa:Environment"].map(
    (type): [string, Props, string] => [
      type,
      { airflowConfigurationOptions: { "smtp.smtp_password": "hunter2" } },
      "airflowConfigurationOptions.smtp.smtp_password holds a password",
    ],
  ),
  ...["aws:sagemaker/model:Model", "aws-native:sagemaker:Model"].map((type): [string, Props, string] => [
    type,
    { primaryContainer: { environment: variables } },
    "primaryContainer.environment.DB_PASSWORD holds a password",
  ]),
  [
    "aws:sagemaker/notebookInstanceLifecycleConfiguration:NotebookInstanceLifecycleConfiguration",
    { onStart: base64(script) },
    "onStart holds a GitHub token",
  ],
  ["aws:ssm/document:Document", { content: script }, "content holds a GitHub token"],
  [
    "aws-native:ssm:Document",
    { content: { mainSteps: [{ inputs: { runCommand: [script] } }] } },
    "content.mainSteps[0].inputs.runCommand[0] holds a GitHub token",
  ],
  [parameter, { name: "/orders/db/password", type: "String", value: "hunter2" }, "value holds a password"],
  [
    "aws-native:ssm:Parameter",
    { name: "/orders/db/password", type: "StringList", value: "hunter2" },
    "value holds a password",
  ],
  [
    "gcp:appengine/flexibleAppVersion:FlexibleAppVersion",
    { envVariables: variables },
    "envVariables.DB_PASSWORD holds a password",
  ],
  [
    "gcp:appengine/standardAppVersion:StandardAppVersion",
    { envVariables: variables },
    "envVariables.DB_PASSWORD holds a password",
  ],
  [
    "google-native:appengine/v1:Version",
    { envVariables: variables },
    "envVariables.DB_PASSWORD holds a password",
  ],
  [
    "gcp:cloudbuild/trigger:Trigger",
    { substitutions: { _NPM_TOKEN: "npm_aB3dE6gH9jK2mN5pQ8rS1tU4vW7xY0zA4cD6" } },
    "substitutions._NPM_TOKEN holds an npm token",
  ],
  [
    "gcp:cloudfunctions/function:Function",
    { environmentVariables: variables },
    "environmentVariables.DB_PASSWORD holds a password",
  ],
  [
    "google-native:cloudfunctions/v1:Function",
    { environmentVariables: variables },
    "environmentVariables.DB_PASSWORD holds a password",
  ],
  ...["gcp:cloudfunctionsv2/function:Function", "google-native:cloudfunctions/v2:Function"].map(
    (type): [string, Props, string] => [
      type,
      { serviceConfig: { environmentVariables: variables } },
      "serviceConfig.environmentVariables.DB_PASSWORD holds a password",
    ],
  ),
  [
    "gcp:cloudrun/service:Service",
    { template: { spec: { containers: [{ envs: named }] } } },
    `template.spec.containers[0].envs[1].value ${isNamed}`,
  ],
  [
    "google-native:run/v1:Service",
    { spec: { template: { spec: { containers: [{ env: named }] } } } },
    `spec.template.spec.containers[0].env[1].value ${isNamed}`,
  ],
  ...[
    "gcp:cloudrunv2/service:Service",
    "gcp:cloudrunv2/workerPool:WorkerPool",
    "google-native:run/v2:Service",
  ].map((type): [string, Props, string] => [
    type,
    { template: { containers: [{ envs: named }] } },
    `template.containers[0].envs[1].value ${isNamed}`,
  ]),
  ...["gcp:cloudrunv2/job:Job", "google-native:run/v2:Job"].map((type): [string, Props, string] => [
    type,
    { template: { template: { containers: [{ envs: named }] } } },
    `template.template.containers[0].envs[1].value ${isNamed}`,
  ]),
  ...["gcp:composer/environment:Environment", "google-native:composer/v1:Environment"].map(
    (type): [string, Props, string] => [
      type,
      { config: { softwareConfig: { envVariables: variables } } },
      "config.softwareConfig.envVariables.DB_PASSWORD holds a password",
    ],
  ),
  ...[
    "gcp:compute/instance:Instance",
    "gcp:compute/instanceFromMachineImage:InstanceFromMachineImage",
    "gcp:compute/instanceFromTemplate:InstanceFromTemplate",
    "gcp:compute/instanceTemplate:InstanceTemplate",
    "gcp:compute/regionInstanceTemplate:RegionInstanceTemplate",
    "gcp:compute/projectMetadata:ProjectMetadata",
  ].map((type): [string, Props, string] => [
    type,
    { metadata: { "startup-script": script } },
    "metadata.startup-script holds a GitHub token",
  ]),
  [
    "gcp:composer/userWorkloadsConfigMap:UserWorkloadsConfigMap",
    { data: variables },
    "data.DB_PASSWORD holds a password",
  ],
  [
    "google-native:compute/v1:Instance",
    { metadata: { items: [{ key: "startup-script", value: script }] } },
    "metadata.items[0].value is the value of startup-script and holds a GitHub token",
  ],
  ...["google-native:compute/v1:InstanceTemplate", "google-native:compute/v1:RegionInstanceTemplate"].map(
    (type): [string, Props, string] => [
      type,
      { properties: { metadata: { items: [{ key: "startup-script", value: script }] } } },
      "properties.metadata.items[0].value is the value of startup-script and holds a GitHub token",
    ],
  ),
  [item, { key: "db-password", value: "hunter2" }, "value holds a password"],
  ...["gcp:dataflow/job:Job", "gcp:dataflow/flexTemplateJob:FlexTemplateJob"].map(
    (type): [string, Props, string] => [
      type,
      { parameters: { password: "hunter2" } },
      "parameters.password holds a password",
    ],
  ),
  ...[
    "apps/v1:DaemonSet",
    "apps/v1:Deployment",
    "apps/v1:ReplicaSet",
    "apps/v1:StatefulSet",
    "core/v1:ReplicationController",
    "batch/v1:Job",
  ]
    .flatMap((kind) => [kind, `${kind}Patch`])
    .map((kind): [string, Props, string] => [
      `kubernetes:${kind}`,
      { spec: { template: { spec: { containers: [{ name: "app", env: named }] } } } },
      `spec.template.spec.containers[0].env[1].value ${isNamed}`,
    ]),
  ...["core/v1:Pod", "core/v1:PodPatch"].map((kind): [string, Props, string] => [
    `kubernetes:${kind}`,
    { spec: { containers: [{ name: "app", env: named }] } },
    `spec.containers[0].env[1].value ${isNamed}`,
  ]),
  ...["core/v1:PodTemplate", "core/v1:PodTemplatePatch"].map((kind): [string, Props, string] => [
    `kubernetes:${kind}`,
    { template: { spec: { initContainers: [{ name: "app", env: named }] } } },
    `template.spec.initContainers[0].env[1].value ${isNamed}`,
  ]),
  ...["batch/v1:CronJob", "batch/v1:CronJobPatch"].map((kind): [string, Props, string] => [
    `kubernetes:${kind}`,
    { spec: { jobTemplate: { spec: { template: { spec: { containers: [{ env: named }] } } } } } },
    `spec.jobTemplate.spec.template.spec.containers[0].env[1].value ${isNamed}`,
  ]),
  ...["core/v1:ConfigMap", "core/v1:ConfigMapPatch"].map((kind): [string, Props, string] => [
    `kubernetes:${kind}`,
    { data: { "app.properties": "db.user=orders\ndb.password=hunter2\n" } },
    "data.app.properties holds a password",
  ]),
];

const ofLambda = (name: string, value: string) => ({ environment: { variables: { [name]: value } } });

testRule(noSecretsInConfiguration, {
  allows: [
    { name: "a function without variables", type: lambda, props: {} },
    {
      name: "the name of a secret",
      type: lambda,
      props: ofLambda("DB_PASSWORD", "arn:aws:secretsmanager:eu-central-1:123456789012:secret:orders-a1b2c3"),
    },
    {
      name: "a secret's ARN that is not known yet",
      type: lambda,
      props: ofLambda("DB_PASSWORD_SECRET_ARN", unknownText),
    },
    {
      name: "a variable that is not known yet and named like any",
      type: lambda,
      props: ofLambda("TABLE", unknownText),
    },
    {
      name: "a digest under a harmless name",
      type: lambda,
      props: ofLambda("COMMIT", "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b"),
    },
    {
      name: "a folder that a password is in",
      type: lambda,
      props: ofLambda("PASSWORD_FILE", "/run/secrets/db"),
    },
    {
      name: "an address without a user",
      type: lambda,
      props: ofLambda("DATABASE_URL", "postgres://db.internal/orders"),
    },
    {
      name: "secrets by reference",
      type: task,
      props: {
        containerDefinitions: JSON.stringify([
          { secrets: [{ name: "DB_PASSWORD", valueFrom: "/orders/db" }] },
        ]),
      },
    },
    {
      name: "a build's variables from a store",
      type: build,
      props: {
        environment: {
          environmentVariables: [
            { name: "DB_PASSWORD", value: "orders:password", type: "SECRETS_MANAGER" },
            { name: "API_KEY", value: "q8Zt3vN0xL5bR7yK2mW9", type: "PARAMETER_STORE" },
          ],
        },
      },
    },
    {
      name: "an encrypted parameter",
      type: parameter,
      props: { name: "/db/password", type: "SecureString", value: "hunter2" },
    },
    {
      name: "a parameter that is no secret",
      type: parameter,
      props: { name: "/vpc/id", type: "String", value: "vpc-0a1b2c3d4e5f60718" },
    },
    {
      name: "a parameter that is not known yet and named like any",
      type: parameter,
      props: { name: "/vpc/id", type: "String", value: unknownText },
    },
    {
      name: "a script that reads the secret when it runs",
      type: instance,
      props: { userData: 'export DB_PASSWORD="$(aws secretsmanager get-secret-value --secret-id orders)"' },
    },
    {
      name: "code that names a password",
      type: instance,
      props: { userData: "password: string\npassword = read_password()\ntoken=$TOKEN" },
    },
    {
      name: "bytes that are no text",
      type: instance,
      props: {
        userDataBase64: Buffer.from(Array.from({ length: 64 }, (_, index) => index)).toString("base64"),
      },
    },
    {
      name: "a certificate in a map",
      type: config,
      props: { data: { "ca.crt": `-----BEGIN CERTIFICATE-----\n${"MIIB".repeat(16)}` } },
    },
    {
      name: "a deployment with what usually stands in it",
      type: deployment,
      props: {
        spec: {
          template: {
            spec: {
              automountServiceAccountToken: false,
              imagePullSecrets: [{ name: "registry" }],
              volumes: [
                {
                  name: "t",
                  projected: {
                    sources: [{ serviceAccountToken: { path: "token", expirationSeconds: 600 } }],
                  },
                },
              ],
              containers: [
                {
                  env: [
                    { name: "DB_PASSWORD", valueFrom: { secretKeyRef: { name: "db", key: "password" } } },
                  ],
                },
              ],
            },
          },
        },
      },
    },
    { name: "metadata that is no secret", type: item, props: { key: "enable-oslogin", value: "TRUE" } },
  ],
  blocks: [
    ...places.map(([type, props, says]) => ({ name: `a secret in ${type}`, type, props, says: [says] })),
    {
      name: "a token under a harmless name",
      type: lambda,
      props: ofLambda("THING", token),
      says: ["environment.variables.THING holds a GitHub token"],
    },
    {
      name: "a password in an address",
      type: lambda,
      props: ofLambda("DATABASE_URL", "postgres://orders:hunter2@db.internal/orders"),
      says: ["environment.variables.DATABASE_URL holds a password in an address"],
    },
    {
      name: "a password in a connection string",
      type: lambda,
      props: ofLambda("CONN", "Server=db;User Id=orders;Password=hunter2;"),
      says: ["environment.variables.CONN holds a password"],
    },
    {
      name: "AWS's own keys, both halves",
      type: lambda,
      props: {
        environment: {
          variables: {
            AWS_ACCESS_KEY_ID: "AKIAQWERTYUIOPASDFGH",
            AWS_SECRET_ACCESS_KEY: "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",
          },
        },
      },
      says: [
        "environment.variables.AWS_ACCESS_KEY_ID holds an AWS access key",
        "environment.variables.AWS_SECRET_ACCESS_KEY holds a secret, as its name says",
      ],
    },
    {
      name: "settings as JSON in a variable",
      type: lambda,
      props: ofLambda("CONFIG", JSON.stringify({ db: { password: "hunter2" } })),
      says: ["environment.variables.CONFIG.db.password holds a password"],
    },
    {
      name: "a secret as Base64",
      type: lambda,
      props: ofLambda("THING", base64(token)),
      says: ["environment.variables.THING holds a GitHub token"],
    },
    {
      name: "a secret beside values that are not known yet",
      type: lambda,
      props: { environment: { variables: { TABLE: unknownText, DB_PASSWORD: "hunter2" } } },
      says: ["environment.variables.DB_PASSWORD holds a password"],
    },
    {
      name: "a compressed script",
      type: instance,
      props: { userDataBase64: gzipSync(script).toString("base64") },
      says: ["userDataBase64 holds a GitHub token"],
    },
    {
      name: "a script that sets a password",
      type: instance,
      props: { userData: "#!/bin/sh\nexport DB_PASSWORD='hunter2x'\n" },
      says: ["userData holds a password"],
    },
    {
      name: "a private key in cloud-init",
      type: instance,
      props: {
        userData: `write_files:\n- content: |\n    -----BEGIN RSA PRIVATE KEY-----\n    ${"MIIEpA".repeat(10)}`,
      },
      says: ["userData holds a private key"],
    },
    {
      name: "an argument of a container",
      type: task,
      props: { containerDefinitions: JSON.stringify([{ command: ["serve", "--db-password", "hunter2"] }]) },
      says: ["containerDefinitions[0].command[2] is the value of --db-password and holds a password"],
    },
    {
      name: "an argument with an equals sign",
      type: task,
      props: { containerDefinitions: JSON.stringify([{ command: ["serve", "--password=hunter2"] }]) },
      says: ["containerDefinitions[0].command[1] holds a password"],
    },
    {
      name: "a build's variable whose type is not said",
      type: build,
      props: { environment: { environmentVariables: named } },
      says: [`environment.environmentVariables[1].value ${isNamed}`],
    },
    {
      name: "a token in a build's own file",
      type: build,
      props: { source: { buildspec: script } },
      says: ["source.buildspec holds a GitHub token"],
    },
    {
      name: "a parameter in plain text, whatever its type",
      type: parameter,
      props: { name: "x", type: "SecureString", insecureValue: token },
      says: ["insecureValue holds a GitHub token"],
    },
    {
      name: "a key file in a map, as binary data",
      type: config,
      props: {
        binaryData: { id_rsa: base64(`-----BEGIN OPENSSH PRIVATE KEY-----\n${"b3BlbnNz".repeat(8)}`) },
      },
      says: ["binaryData.id_rsa holds a private key"],
    },
    {
      name: "a name that may not be shown",
      type: lambda,
      props: ofLambda("a name with spaces", token),
      says: ["environment.variables[0] holds a GitHub token"],
    },
  ],
  undecided: [
    {
      name: "all variables",
      type: lambda,
      props: { environment: unknownText },
      says: ["environment is not known yet, and may hold a secret"],
    },
    {
      name: "a password that is made later",
      type: lambda,
      props: ofLambda("DB_PASSWORD", unknownText),
      says: ["environment.variables.DB_PASSWORD is not known yet, and is named as a secret"],
    },
    {
      name: "a parameter that is made later",
      type: parameter,
      props: { name: "db-password", type: "String", value: unknownText },
      says: ["value is not known yet, and is named as a secret"],
    },
    {
      name: "a password in a list that is made later",
      type: "gcp:cloudrunv2/service:Service",
      props: { template: { containers: [{ envs: [{ name: "API_KEY", value: unknownText }] }] } },
      says: [
        "template.containers[0].envs[0].value is the value of API_KEY and is not known yet, and is named as a secret",
      ],
    },
    {
      name: "a script that is longer than any",
      type: instance,
      props: { userData: "a ".repeat(200_000) },
      says: ["userData is too long to be read whole, and may hold a secret"],
    },
    {
      name: "settings that are deeper than any",
      type: config,
      props: { data: { "a.json": "[".repeat(60) + "]".repeat(60) } },
      says: ["data is too long to be read whole, and may hold a secret"],
    },
  ],
});
