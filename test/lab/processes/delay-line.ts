// A line that holds every packet for some milliseconds: this kernel has no netem. A TUN device takes packets in, a
// timer writes the same bytes back, and routing rules send each packet through it once.
// Runs inside a provider's namespace; arguments: device name, delay in ms (one way), and how much it varies either way.
import { openSync, read, writeSync } from 'node:fs';
import koffi from 'koffi';

const setInterfaceRequest = 0x400454ca;
const tunWithoutHeader = 0x1001;

const [device = 'delay0', delayText = '0', variesText = '0'] = process.argv.slice(2);
const delayMs = Number(delayText);
const variesMs = Number(variesText);

function openTun(name: string): number {
  const fd = openSync('/dev/net/tun', 'r+');
  const request = Buffer.alloc(40);
  request.write(name, 0, 15, 'latin1');
  request.writeUInt16LE(tunWithoutHeader, 16);
  const ioctl = koffi.load('libc.so.6').func('int ioctl(int fd, unsigned long request, void *argument)');
  if (ioctl(fd, setInterfaceRequest, request) !== 0) throw new Error(`no TUN device ${name}`);
  return fd;
}

const fd = openTun(device);

function readNext(): void {
  const packet = Buffer.alloc(2_048);
  read(fd, packet, 0, packet.length, null, (error, sizeBytes) => {
    if (error !== null) process.exit(1);
    const heldMs = delayMs + variesMs * (2 * Math.random() - 1);
    setTimeout(() => writeSync(fd, packet, 0, sizeBytes), Math.max(0, heldMs));
    readNext();
  });
}

readNext();
console.log('ready');
