import { connect, createServer, type AddressInfo, type Socket } from "node:net";

/** A way to a server that can be closed, so that the server is gone for who goes through it. */
export interface Gate {
  port: number;
  open(): void;
  /** Ends what goes through it, and lets nothing through. */
  close(): void;
  stop(): Promise<void>;
}

export async function startGate(target: number): Promise<Gate> {
  let isOpen = true;
  const sockets = new Set<Socket>();
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => socket.destroy()).on("close", () => sockets.delete(socket));
  };
  const server = createServer((client) => {
    keep(client);
    if (!isOpen) {
      client.destroy();
      return;
    }
    const through = connect(target, "127.0.0.1");
    keep(through);
    client.pipe(through).pipe(client);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const close = () => {
    isOpen = false;
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: (server.address() as AddressInfo).port,
    open() {
      isOpen = true;
    },
    close,
    stop() {
      close();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
