// A real Redmine on loopback.
import { describe, test } from 'vitest';
import { realDeskCases } from './cases.ts';
import { absence } from './real-desk.ts';
import { redmineFiles, redminePackages, startRealRedmine } from './redmine-server.ts';

const absent = absence('Redmine', redmineFiles, redminePackages);
if (absent === undefined) realDeskCases('real Redmine', startRealRedmine);
else describe('real Redmine', () => test.skip(absent, () => undefined));
