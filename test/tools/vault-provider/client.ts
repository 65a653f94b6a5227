import { spawn, type ChildProcess } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { credentials, type Metadata, type ServiceError } from "@grpc/grpc-js";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as provider from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import type { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct, type JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";

export type Properties = Record<string, unknown>;

// As the engine writes them, repeated here so that a slip in the provider's own table shows.
export const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
export const secret = (value: unknown) => ({
  "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
  value,
});

/** A failed call: its one line, and what the provider says is there all the same. */
export interface Refusal {
  message: string;
  partial?: { id: string; outputs: Properties; reasons: string[] };
}

/** What the tests call every resource. */
export const resourceName = "it";
const urnOf = (token: string) => `urn:pulumi:test::project::nhi:index:Parent$${token}::${resourceName}`;

/** The provider as the engine starts it: a program that prints its port. */
export class StartedProvider {
  private readonly clients: Client[] = [];
  private constructor(
    readonly process: ChildProcess,
    readonly port: number,
  ) {}

  static async start(env: Record<string, string> = {}): Promise<StartedProvider> {
    const main = join(__dirname, "..", "..", "..", "tools", "vault-provider", "main.ts");
    const child = spawn(process.execPath, ["--import", require.resolve("tsx"), main], {
      env: { PATH: process.env.PATH ?? "", ...env },
      stdio: ["pipe", "pipe", "inherit"],
    });
    const port = await new Promise<string>((resolve, reject) => {
      createInterface(child.stdout).once("line", resolve);
      child.once("exit", (code) => reject(new Error(`ended with code ${code}`)));
    });
    return new StartedProvider(child, Number(port));
  }

  /** A connection of its own, as each provider resource of a program has one. */
  async connect(config: Properties = {}): Promise<Client> {
    const client = this.dial();
    await client.configure(config);
    return client;
  }

  /** A connection that nobody has configured. */
  dial(): Client {
    const client = new Client(this.port);
    this.clients.push(client);
    return client;
  }

  stop(): void {
    for (const client of this.clients) client.close();
    this.process.kill("SIGTERM");
  }
}

/** The provider's service, as the engine calls it. */
export class Client {
  private readonly service: ResourceProviderClient;

  constructor(port: number) {
    // Without this, clients of one process share a connection; the engine's don't.
    const own = { "grpc.use_local_subchannel_pool": 1 };
    this.service = new ResourceProviderClient(`127.0.0.1:${port}`, credentials.createInsecure(), own);
  }

  close(): void {
    this.service.close();
  }

  async checkConfig(news: Properties): Promise<Checked> {
    const request = new provider.CheckRequest().setNews(struct(news));
    return checked(await call((back) => this.service.checkConfig(request, back)));
  }

  async configure(args: Properties): Promise<void> {
    await call((back) => this.service.configure(new provider.ConfigureRequest().setArgs(struct(args)), back));
  }

  async check(
    token: string,
    news: Properties,
    {
      olds = {},
      autonaming,
    }: { olds?: Properties; autonaming?: provider.CheckRequest.AutonamingOptions } = {},
  ): Promise<Checked> {
    const request = new provider.CheckRequest()
      .setUrn(urnOf(token))
      .setNews(struct(news))
      .setOlds(struct(olds))
      .setRandomseed(new Uint8Array([1, 2, 3]))
      .setAutonaming(autonaming);
    return checked(await call((back) => this.service.check(request, back)));
  }

  async diff(token: string, oldInputs: Properties, news: Properties): Promise<Difference> {
    const request = new provider.DiffRequest()
      .setUrn(urnOf(token))
      .setOldInputs(struct(oldInputs))
      .setNews(struct(news));
    const response = await call<provider.DiffResponse>((back) => this.service.diff(request, back));
    const kinds = Object.entries(provider.PropertyDiff.Kind);
    const changes: Record<string, string> = {};
    response.getDetaileddiffMap().forEach((change, path) => {
      changes[path] = kinds.find(([, kind]) => kind === change.getKind())?.[0] ?? "";
    });
    return {
      changes,
      replaces: response.getReplacesList(),
      deleteBeforeReplace: response.getDeletebeforereplace(),
      isSome: response.getChanges() === provider.DiffResponse.DiffChanges.DIFF_SOME,
    };
  }

  async create(
    token: string,
    inputs: Properties,
    { preview = false, timeoutSeconds = 0 } = {},
  ): Promise<{ id: string; outputs: Properties }> {
    const request = new provider.CreateRequest()
      .setUrn(urnOf(token))
      .setProperties(struct(inputs))
      .setTimeout(timeoutSeconds)
      .setPreview(preview);
    const response = await call<provider.CreateResponse>((back) => this.service.create(request, back));
    return { id: response.getId(), outputs: properties(response.getProperties()) };
  }

  async read(token: string, id: string, state: Properties = {}, inputs: Properties = {}): Promise<Found> {
    const request = new provider.ReadRequest()
      .setUrn(urnOf(token))
      .setId(id)
      .setProperties(struct(state))
      .setInputs(struct(inputs));
    const response = await call<provider.ReadResponse>((back) => this.service.read(request, back));
    return {
      id: response.getId(),
      inputs: properties(response.getInputs()),
      outputs: properties(response.getProperties()),
    };
  }

  async update(
    token: string,
    id: string,
    state: Properties,
    news: Properties,
    { preview = false } = {},
  ): Promise<Properties> {
    const request = new provider.UpdateRequest()
      .setUrn(urnOf(token))
      .setId(id)
      .setOlds(struct(state))
      .setNews(struct(news))
      .setPreview(preview);
    const response = await call<provider.UpdateResponse>((back) => this.service.update(request, back));
    return properties(response.getProperties());
  }

  async delete(token: string, id: string, state: Properties): Promise<void> {
    const request = new provider.DeleteRequest().setUrn(urnOf(token)).setId(id).setProperties(struct(state));
    await call<Empty>((back) => this.service.delete(request, back));
  }

  async invoke(token: string): Promise<void> {
    await call((back) => this.service.invoke(new provider.InvokeRequest().setTok(token), back));
  }

  async handshake(): Promise<provider.ProviderHandshakeResponse.AsObject> {
    const request = new provider.ProviderHandshakeRequest().setEngineAddress("127.0.0.1:1");
    return (
      await call<provider.ProviderHandshakeResponse>((back) => this.service.handshake(request, back))
    ).toObject();
  }
}

interface Checked {
  inputs: Properties;
  failures: { property: string; reason: string }[];
}
interface Difference {
  changes: Record<string, string>;
  replaces: string[];
  deleteBeforeReplace: boolean;
  isSome: boolean;
}
interface Found {
  id: string;
  inputs: Properties;
  outputs: Properties;
}

/** How a call was refused. A call that is not fails the test. */
export async function refusal(running: Promise<unknown>): Promise<Refusal> {
  const error = await running.then(
    () => {
      throw new Error("the call was not refused");
    },
    (reason: unknown) => reason as ServiceError,
  );
  const partial = partialIn(error.metadata);
  return { message: error.details, ...(partial && { partial }) };
}

function partialIn(metadata: Metadata | undefined): Refusal["partial"] {
  const [bytes] = metadata?.get("grpc-status-details-bin") ?? [];
  if (!(bytes instanceof Buffer)) return undefined;
  for (const detail of Status.deserializeBinary(bytes).getDetailsList()) {
    const failed = detail.unpack(
      (packed) => provider.ErrorResourceInitFailed.deserializeBinary(packed),
      "pulumirpc.ErrorResourceInitFailed",
    );
    if (failed)
      return {
        id: failed.getId(),
        outputs: properties(failed.getProperties()),
        reasons: failed.getReasonsList(),
      };
  }
  return undefined;
}

function call<Response>(
  start: (back: (error: ServiceError | null, response: Response) => void) => unknown,
): Promise<Response> {
  return new Promise((resolve, reject) => {
    start((error, response) => {
      if (error) reject(error);
      else resolve(response);
    });
  });
}

function checked(response: provider.CheckResponse): Checked {
  return {
    inputs: properties(response.getInputs()),
    failures: response
      .getFailuresList()
      .map((failure) => ({ property: failure.getProperty(), reason: failure.getReason() })),
  };
}

const struct = (values: Properties) => Struct.fromJavaScript(values as Record<string, JavaScriptValue>);
const properties = (message: Struct | undefined): Properties => message?.toJavaScript() ?? {};
