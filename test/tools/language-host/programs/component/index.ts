import * as pulumi from "@pulumi/pulumi";
import { componentProviderHost } from "@pulumi/pulumi/provider/experimental";

export interface GreeterArgs {
  /** Who is greeted. */
  name: pulumi.Input<string>;
}

export class Greeter extends pulumi.ComponentResource {
  readonly greeting: pulumi.Output<string>;

  constructor(name: string, args: GreeterArgs, opts?: pulumi.ComponentResourceOptions) {
    super("greeter:index:Greeter", name, {}, opts);
    this.greeting = pulumi.interpolate`Hello, ${args.name}`;
    this.registerOutputs({ greeting: this.greeting });
  }
}

void componentProviderHost({ name: "greeter", components: [Greeter] });
