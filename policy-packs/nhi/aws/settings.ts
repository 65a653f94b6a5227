import type { Judge, Resource } from "../rule";
import { settingsIn, settingsOf } from "../secrets/settings";
import { secretOf } from "../secrets/walk";
import { unknown } from "../value";
import type { Finding } from "../verdict";

const batch = ["containerProperties", "ecsProperties", "eksProperties", "nodeProperties", "parameters"];
const glue = ["defaultArguments", "nonOverridableArguments"];
const sagemaker = ["containers", "primaryContainer"];

/** What programs in AWS are started with: variables, arguments, scripts. */
export const awsSettings: Readonly<Record<string, Judge>> = {
  ...settingsOf({
    "aws:amplify/app:App": ["environmentVariables", "buildSpec"],
    "aws:amplify/branch:Branch": ["environmentVariables"],
    "aws:apigateway/stage:Stage": ["variables"],
    "aws:apprunner/service:Service": ["sourceConfiguration"],
    "aws:batch/jobDefinition:JobDefinition": batch,
    "aws:cloudformation/stack:Stack": ["parameters"],
    "aws:codebuild/project:Project": ["environment", "source", "secondarySources"],
    "aws:codepipeline/pipeline:Pipeline": ["stages"],
    "aws:ec2/instance:Instance": ["userData", "userDataBase64"],
    "aws:ec2/launchConfiguration:LaunchConfiguration": ["userData", "userDataBase64"],
    "aws:ec2/launchTemplate:LaunchTemplate": ["userData"],
    "aws:ec2/spotInstanceRequest:SpotInstanceRequest": ["userData", "userDataBase64"],
    "aws:ecs/taskDefinition:TaskDefinition": ["containerDefinitions"],
    "aws:elasticbeanstalk/configurationTemplate:ConfigurationTemplate": ["settings"],
    "aws:elasticbeanstalk/environment:Environment": ["settings"],
    "aws:glue/connection:Connection": ["connectionProperties"],
    "aws:glue/job:Job": glue,
    "aws:lambda/function:Function": ["environment"],
    "aws:lightsail/containerServiceDeploymentVersion:ContainerServiceDeploymentVersion": ["containers"],
    "aws:lightsail/instance:Instance": ["userData"],
    "aws:mwaa/environment:Environment": ["airflowConfigurationOptions"],
    "aws:sagemaker/model:Model": sagemaker,
    "aws:sagemaker/notebookInstanceLifecycleConfiguration:NotebookInstanceLifecycleConfiguration": [
      "onCreate",
      "onStart",
    ],
    "aws:ssm/document:Document": ["content"],
    "aws-native:amplify:App": ["environmentVariables", "buildSpec"],
    "aws-native:amplify:Branch": ["environmentVariables"],
    "aws-native:apprunner:Service": ["sourceConfiguration"],
    "aws-native:batch:JobDefinition": batch,
    "aws-native:cloudformation:Stack": ["parameters"],
    "aws-native:codepipeline:Pipeline": ["stages"],
    "aws-native:ec2:Instance": ["userData"],
    "aws-native:ec2:LaunchTemplate": ["launchTemplateData"],
    "aws-native:ecs:TaskDefinition": ["containerDefinitions"],
    "aws-native:elasticbeanstalk:ConfigurationTemplate": ["optionSettings"],
    "aws-native:elasticbeanstalk:Environment": ["optionSettings"],
    "aws-native:glue:Connection": ["connectionInput"],
    "aws-native:glue:Job": glue,
    "aws-native:lambda:Function": ["environment"],
    "aws-native:lightsail:Instance": ["userData"],
    "aws-native:mwaa:Environment": ["airflowConfigurationOptions"],
    "aws-native:sagemaker:Model": sagemaker,
    "aws-native:ssm:Document": ["content"],
  }),
  "aws:ssm/parameter:Parameter": parameter,
  "aws-native:ssm:Parameter": parameter,
};

/** A parameter that is encrypted is the place for a secret. */
function parameter(resource: Resource): Finding[] {
  const type = resource.read("type");
  const open = settingsIn("insecureValue")(resource);
  if (type === "SecureString" || type === unknown) return open;
  return [...open, ...secretOf("value", resource.read("value"), resource.read("name"))];
}
