import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Broker } from "../broker";
import { Refused } from "../refused";
import { answer, brokerHeader, type Answer } from "./api";
import type { OidcCallers } from "./oidc";

/** Bytes. The longest request that makes sense is far shorter. */
const longestBody = 64 * 1024;

export interface Hosted {
  url: string;
  stop(): Promise<void>;
}

export interface HostOptions {
  broker: Broker;
  callers: OidcCallers;
  /** Default: 127.0.0.1. Another address is for behind a proxy that has TLS. */
  host?: string;
  /** Default: any that is free. */
  port?: number;
  /** Seconds between two looks of the reconciler. Default: 10. */
  reconcileSeconds?: number;
  /** Told what went wrong where no caller can be told: the kind of error, never its text. */
  onProblem: (line: string) => void;
}

/** The broker as a plain HTTP server: for a laptop, or for a cluster behind a proxy. */
export async function host(options: HostOptions): Promise<Hosted> {
  const { broker, callers, onProblem } = options;
  const server = createServer({ requestTimeout: 10_000, headersTimeout: 5_000 }, (request, response) => {
    respond(broker, callers, request)
      .catch((error: unknown): Answer => {
        onProblem(`A call failed: ${error instanceof Error ? error.name : "unknown"}.`);
        return {
          status: 500,
          body: { error: "failed", message: "The broker failed. Nothing was handed out." },
        };
      })
      .then((given) => send(response, given))
      .catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port ?? 0, options.host ?? "127.0.0.1", resolve);
  });

  let reconciling = Promise.resolve();
  const timer = setInterval(
    () => {
      // One look after the other: a slow target must not pile them up.
      reconciling = reconciling
        .then(() => broker.reconcile())
        .then(
          () => undefined,
          (error: unknown) =>
            onProblem(`The reconciler failed: ${error instanceof Error ? error.name : "unknown"}.`),
        );
    },
    (options.reconcileSeconds ?? 10) * 1000,
  );
  timer.unref();
  return {
    url: urlOf(server),
    stop: async () => {
      clearInterval(timer);
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
      await reconciling;
    },
  };
}

function urlOf(server: Server): string {
  const { address, family, port } = server.address() as AddressInfo;
  return `http://${family === "IPv6" ? `[${address}]` : address}:${port}`;
}

async function respond(broker: Broker, callers: OidcCallers, request: IncomingMessage): Promise<Answer> {
  const url = new URL(request.url ?? "/", "http://broker");
  if (url.pathname === "/healthz") return { status: 200, body: { status: "ok" } };
  const body = await bodyOf(request);
  if (body === undefined)
    return { status: 413, body: { error: "invalid", message: "The body must be at most 64 KiB." } };
  try {
    const caller = await callers.prove(request.headers.authorization);
    const { method = "GET" } = request;
    return await answer(broker, caller, { method, path: url.pathname, query: url.searchParams, body });
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    await broker.tellUnproven(`${request.method ?? ""} ${url.pathname}`.slice(0, 100));
    return { status: 401, body: { error: error.code, message: error.message } };
  }
}

async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > longestBody) return undefined;
    parts.push(part);
  }
  return Buffer.concat(parts).toString("utf8");
}

function send(response: ServerResponse, { status, body }: Answer): void {
  response.writeHead(status, {
    "content-type": "application/json",
    [brokerHeader.name]: brokerHeader.value,
    // A credential may be in it.
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    ...(status === 401 && { "www-authenticate": "Bearer" }),
  });
  response.end(JSON.stringify(body));
}
