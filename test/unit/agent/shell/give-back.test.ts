// Which regions of memory are given back: text as the kernel writes it under /proc/self/smaps, and this very process.
import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { createGiveBack, type Region, unchangedFileRegions } from '../../../../agent/shell/give-back.ts';

interface Fields {
  readonly anonymous?: number;
  readonly dirty?: number;
  readonly swap?: number;
  readonly locked?: number;
}

function region(line: string, { anonymous = 0, dirty = 0, swap = 0, locked = 0 }: Fields = {}): string {
  return [
    line,
    'Size:              41692 kB',
    'Rss:               29668 kB',
    'Shared_Clean:          0 kB',
    'Shared_Dirty:          0 kB',
    'Private_Clean:     29668 kB',
    `Private_Dirty:  ${dirty} kB`,
    'Referenced:        29668 kB',
    `Anonymous:      ${anonymous} kB`,
    `Swap:           ${swap} kB`,
    `Locked:         ${locked} kB`,
    'VmFlags: rd ex mr mw me ',
    '',
  ].join('\n');
}

const code = '00c20000-034d8000 r-xp 00820000 fe:00 1234                       /opt/vigia-agent/bin/node';
const codeRegion: Region = { start: 0xc20000, sizeBytes: 0x034d8000 - 0xc20000 };

describe('unchanged pages of files', () => {
  it('are found: code and constant tables', () => {
    const table = '7f0000000000-7f0000010000 r--p 00000000 fe:00 99    /usr/lib/a library (deleted)';
    const found = unchangedFileRegions(region(code) + region(table));
    expect(found).toEqual([codeRegion, { start: 0x7f0000000000, sizeBytes: 0x10000 }]);
  });

  it.each([
    ['a region with a page of its own', code, { anonymous: 24 }],
    ['a region with a changed page', code, { dirty: 4 }],
    ['a region with a page in swap', code, { swap: 4 }],
    ['a region that somebody locked', code, { locked: 4 }],
    ['data that may be written', code.replace('r-xp', 'rw-p'), {}],
    ['memory that is shared', code.replace('r-xp', 'r--s'), {}],
    ['a guard without rights', code.replace('r-xp', '---p'), {}],
    ['memory of no file', '7f0000000000-7f0000010000 r-xp 00000000 00:00 0 ', {}],
    ['a region of the kernel', '7ffd1000-7ffd3000 r-xp 00000000 00:00 0                    [vdso]', {}],
  ])('do not include %s', (_, line, fields) => {
    expect(unchangedFileRegions(region(line, fields))).toEqual([]);
    // What stands beside it is judged by itself.
    expect(unchangedFileRegions(region(code) + region(line, fields) + region(code))).toEqual([
      codeRegion,
      codeRegion,
    ]);
  });

  it('are none in a text that is something else', () => {
    for (const text of ['', '\n\n', 'Anonymous: 1 kB', 'zz-yy r-xp 0 0:0 0 /x']) {
      expect(unchangedFileRegions(text)).toEqual([]);
    }
  });
});

describe('giving back', () => {
  it('does nothing where there is no map or no way', () => {
    const dropped: Region[] = [];
    createGiveBack(
      (each) => dropped.push(each),
      () => undefined,
    )();
    createGiveBack(undefined, () => undefined)();
    expect(dropped).toEqual([]);
  });

  it('drops each region of the map as it is at that moment', () => {
    const dropped: Region[] = [];
    let map = region(code);
    const giveBack = createGiveBack(
      (each) => dropped.push(each),
      () => map,
    );
    giveBack();
    map = region(code, { dirty: 4 });
    giveBack();
    expect(dropped).toEqual([codeRegion]);
  });

  // In a program of its own, as the agent is: in a worker of the tests other threads touch the pages again meanwhile.
  it.runIf(process.platform === 'linux')(
    'frees most of the pages of a program that has just started, and it goes on',
    () => {
      const module = new URL('../../../../agent/shell/give-back.ts', import.meta.url).href;
      const script = `
        import { readFileSync } from 'node:fs';
        import { createGiveBack } from '${module}';
        const filePages = () => {
          const text = readFileSync('/proc/self/smaps_rollup', 'utf8');
          const of = (name) => Number(new RegExp(name + ': +(\\\\d+) kB').exec(text)?.[1]);
          return of('Rss') - of('Anonymous');
        };
        const giveBack = createGiveBack();
        const before = filePages();
        giveBack();
        const after = filePages();
        console.log(JSON.stringify({ before, after, still: ['here', Math.sqrt(16)] }));`;
      const said = execFileSync(process.execPath, ['--input-type=module', '--eval', script], {
        encoding: 'utf8',
      });
      const { before, after, still } = JSON.parse(said);
      expect(after).toBeLessThan(before * 0.6);
      expect(still).toEqual(['here', 4]);
    },
  );
});
