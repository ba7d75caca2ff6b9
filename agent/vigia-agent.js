#!/usr/bin/env node
// The command `vigia-agent` (package.json, `bin`): finds the right Node and becomes `main.ts`. Nothing else belongs here.
import { launch } from '../shared/launch.js';

await launch('vigia-agent', new URL('main.ts', import.meta.url));
