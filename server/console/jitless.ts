// Must be imported before any schema: zod then builds no functions from text, which the console's content security
// policy refuses (and would report on every page load).
import { z } from 'zod';

z.config({ jitless: true });
