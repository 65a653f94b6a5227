import { createServer, type AddressInfo, type Socket } from "node:net";

/** What listens on the other end of a socket audit device: a log collector. */
export interface Collector {
  address: string;
  /** The records so far, one JSON text each. */
  records(): string[];
  stop(): Promise<void>;
}

export async function startCollector(): Promise<Collector> {
  let received = "";
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.on("close", () => open.delete(socket)).on("error", () => socket.destroy());
    socket.setEncoding("utf8").on("data", (text: string) => (received += text));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    records: () => received.split("\n").filter((line) => line !== ""),
    stop: () => {
      for (const socket of open) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
