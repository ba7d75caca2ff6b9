// All labelled cases.
import type { EndingCase } from './case.ts';
import { linuxAbrupt, linuxClocksAndLogs, linuxDying, linuxPlanned } from './linux.ts';
import { linuxRaw } from './linux-raw.ts';
import { windowsAbrupt, windowsClocksAndLogs, windowsCrashes, windowsPlanned } from './windows.ts';
import { windowsRaw } from './windows-raw.ts';

export const allCases: readonly EndingCase[] = [
  ...windowsAbrupt,
  ...windowsCrashes,
  ...windowsPlanned,
  ...windowsClocksAndLogs,
  ...windowsRaw,
  ...linuxAbrupt,
  ...linuxDying,
  ...linuxPlanned,
  ...linuxClocksAndLogs,
  ...linuxRaw,
];
