// Lets the test process, which lives outside every namespace, reach the server's port: a Unix socket (which no
// network namespace hides) joined to a TCP address inside. Arguments: socket path, host, port.
import { connect, createServer } from 'node:net';

const [path = '', host = '', port = ''] = process.argv.slice(2);

createServer((outer) => {
  const inner = connect({ host, port: Number(port) });
  outer.on('error', () => inner.destroy());
  inner.on('error', () => outer.destroy());
  outer.on('close', () => inner.destroy());
  inner.on('close', () => outer.destroy());
  outer.pipe(inner).pipe(outer);
}).listen(path, () => console.log('ready'));
