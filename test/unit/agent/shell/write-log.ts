// What a process asked the kernel to do to the files of one directory, in order, with the bytes: recorded by strace.
// Linux only. Must never leave a call out silently: what it does not understand is an error.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';

export type DiskEvent =
  | { readonly kind: 'create'; readonly path: string; readonly inode: number }
  | { readonly kind: 'rename'; readonly from: string; readonly to: string }
  | { readonly kind: 'unlink'; readonly path: string }
  | { readonly kind: 'write'; readonly inode: number; readonly offset: number; readonly bytes: Buffer }
  | { readonly kind: 'truncate'; readonly inode: number; readonly size: number }
  | { readonly kind: 'sync'; readonly inode: number }
  | { readonly kind: 'syncDirectory' }
  /** The process said so: what it did before this has returned to it. */
  | { readonly kind: 'mark'; readonly text: string };

const calls =
  'open,openat,openat2,creat,close,dup,dup2,dup3,lseek,write,writev,pwrite64,pwritev,pwritev2,fsync,fdatasync,' +
  'sync_file_range,truncate,ftruncate,fallocate,copy_file_range,sendfile,rename,renameat,renameat2,unlink,unlinkat,' +
  'link,linkat,symlink,symlinkat,mmap';

export function straceIsThere(): boolean {
  return process.platform === 'linux' && spawnSync('strace', ['-V']).status === 0;
}

/** Runs `node program ...words` and gives what it did in `directory`. Its standard output is the marks, line by line. */
export function recordWrites(program: string, words: readonly string[], directory: string): DiskEvent[] {
  const log = `${directory}.strace`;
  const strace = ['-f', '-qq', '-xx', '-s', '4000000', '-o', log, '-e', `trace=${calls}`];
  const done = spawnSync('strace', [...strace, process.execPath, program, ...words], { encoding: 'utf8' });
  if (done.status !== 0 || !existsSync(log)) throw new Error(`the workload failed: ${done.stderr}`);
  const text = readFileSync(log, 'latin1');
  rmSync(log);
  return new Trace(directory).read(text);
}

interface OpenFile {
  /** undefined = the directory itself. */
  readonly inode: number | undefined;
  position: number;
  readonly appends: boolean;
}

class Trace {
  readonly #directory: string;
  readonly #events: DiskEvent[] = [];
  readonly #files = new Map<number, OpenFile>();
  readonly #inodes = new Map<string, number>();
  readonly #sizes = new Map<number, number>();
  readonly #unfinished = new Map<string, string>();
  #nextInode = 1;

  constructor(directory: string) {
    this.#directory = directory;
  }

  read(text: string): DiskEvent[] {
    for (const line of text.split('\n')) {
      const whole = this.#join(line);
      const call = whole === undefined ? undefined : /^(\w+)\((.*)\)\s+= (-?\d+|0x[0-9a-f]+)/.exec(whole);
      if (!call) continue;
      const [, name = '', args = '', result = ''] = call;
      // A call that failed did nothing.
      if (!result.startsWith('-')) this.#take(name, args.split(', '), Number(result));
    }
    return this.#events;
  }

  /** Calls of several threads interleave; one counts when it returns. */
  #join(line: string): string | undefined {
    const parts = /^(\d+)\s+(.*)$/s.exec(line);
    if (parts === null) return undefined;
    const [, thread = '', rest = ''] = parts;
    if (rest.endsWith(' <unfinished ...>')) {
      this.#unfinished.set(thread, rest.slice(0, -' <unfinished ...>'.length));
      return undefined;
    }
    const resumed = /^<\.\.\. \w+ resumed>(.*)$/s.exec(rest);
    return resumed === null ? rest : `${this.#unfinished.get(thread) ?? ''}${resumed[1] ?? ''}`;
  }

  #take(name: string, args: readonly string[], result: number): void {
    const fd = Number(args[0]);
    const file = this.#files.get(fd);
    switch (name) {
      case 'openat':
        return this.#open(pathOf(args[1]), args[2] ?? '', result);
      case 'open':
        return this.#open(pathOf(args[0]), args[1] ?? '', result);
      case 'close':
        this.#files.delete(fd);
        return;
      case 'write':
        if (fd === 1) this.#mark(bytesOf(args[1]));
        else if (file?.inode !== undefined) this.#write(file, bytesOf(args[1]).subarray(0, result));
        return;
      case 'pwrite64':
        if (file?.inode !== undefined)
          this.#writeAt(file.inode, Number(args[3]), bytesOf(args[1]).subarray(0, result));
        return;
      case 'lseek':
        if (file !== undefined) file.position = result;
        return;
      case 'fsync':
      case 'fdatasync':
        if (file === undefined) return;
        this.#events.push(
          file.inode === undefined ? { kind: 'syncDirectory' } : { kind: 'sync', inode: file.inode },
        );
        return;
      case 'ftruncate':
        if (file?.inode !== undefined) this.#truncate(file.inode, Number(args[1]));
        return;
      case 'rename':
        return this.#rename(pathOf(args[0]), pathOf(args[1]));
      case 'unlink':
        return this.#unlink(pathOf(args[0]));
      case 'unlinkat':
        return this.#unlink(pathOf(args[1]));
      case 'mmap':
        if (this.#files.has(Number(args[4])) && args[2]?.includes('PROT_WRITE'))
          throw new Error('a mapped file');
        return;
      default:
        // Of other files than ours, or none.
        if (
          file?.inode !== undefined ||
          args.some((arg) => arg.startsWith('"') && this.#isOurs(pathOf(arg)))
        ) {
          throw new Error(`the recorder does not know ${name}`);
        }
    }
  }

  #isOurs(path: string): boolean {
    return path === this.#directory || path.startsWith(`${this.#directory}/`);
  }

  #open(path: string, flags: string, fd: number): void {
    if (!this.#isOurs(path)) {
      this.#files.delete(fd);
      return;
    }
    if (path === this.#directory) {
      this.#files.set(fd, { inode: undefined, position: 0, appends: false });
      return;
    }
    let inode = this.#inodes.get(path);
    if (inode === undefined) {
      inode = this.#nextInode;
      this.#nextInode += 1;
      this.#inodes.set(path, inode);
      this.#events.push({ kind: 'create', path, inode });
    } else if (flags.includes('O_TRUNC')) this.#truncate(inode, 0);
    this.#files.set(fd, { inode, position: 0, appends: flags.includes('O_APPEND') });
  }

  #mark(bytes: Buffer): void {
    for (const text of bytes.toString('utf8').split('\n'))
      if (text !== '') this.#events.push({ kind: 'mark', text });
  }

  #write(file: OpenFile, bytes: Buffer): void {
    if (file.inode === undefined) return;
    const offset = file.appends ? (this.#sizes.get(file.inode) ?? 0) : file.position;
    this.#writeAt(file.inode, offset, bytes);
    file.position = offset + bytes.length;
  }

  #writeAt(inode: number, offset: number, bytes: Buffer): void {
    this.#sizes.set(inode, Math.max(this.#sizes.get(inode) ?? 0, offset + bytes.length));
    this.#events.push({ kind: 'write', inode, offset, bytes });
  }

  #truncate(inode: number, size: number): void {
    this.#sizes.set(inode, size);
    this.#events.push({ kind: 'truncate', inode, size });
  }

  #rename(from: string, to: string): void {
    const inode = this.#inodes.get(from);
    if (inode === undefined) return;
    this.#inodes.delete(from);
    this.#inodes.set(to, inode);
    this.#events.push({ kind: 'rename', from, to });
  }

  #unlink(path: string): void {
    if (this.#inodes.delete(path)) this.#events.push({ kind: 'unlink', path });
  }
}

function bytesOf(arg: string | undefined): Buffer {
  const text = arg ?? '';
  if (!text.startsWith('"') || !text.endsWith('"')) throw new Error('the recorder cut a write short');
  return Buffer.from(text.slice(1, -1).replaceAll('\\x', ''), 'hex');
}

function pathOf(arg: string | undefined): string {
  return bytesOf(arg).toString('utf8');
}
