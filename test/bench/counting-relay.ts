// A TCP relay between agent and server that counts what passes in each direction: the bytes that a customer's link
// carries, measured outside both programs. It reads nothing of what it passes on.
import { connect, createServer, type Socket } from 'node:net';

export interface CountingRelay {
  /** Since the start: TCP payload, so the upgrade's and the frames' heads are counted, TCP's own are not. */
  readonly toServerBytes: () => number;
  readonly toAgentBytes: () => number;
  close(): void;
}

interface Ends {
  readonly host: string;
  readonly port: number;
  readonly serverPort: number;
}

export async function startRelay({ host, port, serverPort }: Ends): Promise<CountingRelay> {
  let toServer = 0;
  let toAgent = 0;
  const open = new Set<Socket>();
  const server = createServer((agent) => {
    const onward = connect(serverPort, host);
    agent.on('data', (bytes) => {
      toServer += bytes.length;
    });
    onward.on('data', (bytes) => {
      toAgent += bytes.length;
    });
    agent.pipe(onward).pipe(agent);
    for (const socket of [agent, onward]) {
      open.add(socket);
      socket.on('close', () => open.delete(socket));
    }
    agent.on('error', () => onward.destroy());
    onward.on('error', () => agent.destroy());
  });
  await new Promise<void>((resolve) => server.listen(port, host, () => resolve()));
  return {
    toServerBytes: () => toServer,
    toAgentBytes: () => toAgent,
    close: () => {
      server.close();
      for (const socket of open) socket.destroy();
    },
  };
}
