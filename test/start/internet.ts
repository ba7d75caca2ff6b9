// Whether this machine has internet, found without anything of Vigia's: the system's own `ping`, and TLS connections whose
// certificates prove who answered. What the wall must show is judged by this. A TCP connection alone would prove
// nothing: a transparent proxy accepts every one, also with the internet gone behind it.
import { connect } from 'node:tls';
import { runToEnd, systemPath } from './programs.ts';

/** Public resolvers whose certificates carry their addresses. */
const anchors = ['1.1.1.1', '8.8.8.8', '9.9.9.9'] as const;
const patienceMs = 4_000;

export async function internetIsThere(): Promise<boolean> {
  const tries = anchors.flatMap((anchor) => [provesItself(anchor), answersPing(anchor)]);
  return (await Promise.all(tries)).includes(true);
}

function provesItself(host: string): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const socket = connect({ host, port: 443, timeout: patienceMs });
  const done = (there: boolean) => (): void => {
    socket.destroy();
    resolve(there);
  };
  socket.on('secureConnect', done(true)).on('error', done(false)).on('timeout', done(false));
  return promise;
}

async function answersPing(host: string): Promise<boolean> {
  try {
    const words = ['-c', '1', '-W', String(patienceMs / 1_000), host];
    const { code } = await runToEnd('ping', words, { cwd: '/', env: { PATH: systemPath() } });
    return code === 0;
  } catch {
    // No such program here; TLS has to do.
    return false;
  }
}
