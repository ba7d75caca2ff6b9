// An input from the API to the correlator. A refusal (inbox full, server stopping) comes back as a value.
import { z } from 'zod';
import { type FailureCode, failure, failureCodes } from '../../../shared/failure.ts';
import { fail, ok, type Result } from '../../../shared/result.ts';
import type { Input } from '../../core/input.ts';
import type { Committed, Correlator } from '../../ports/correlator.ts';

const refusalSchema = z.object({
  code: z.enum(Object.keys(failureCodes) as [FailureCode, ...FailureCode[]]),
  message: z.string(),
  retryable: z.boolean(),
});

/** Resolves after the commit. Whatever else went wrong is thrown on: it is a bug or a dead disk. */
export async function submit(correlator: Correlator, input: Input): Promise<Result<Committed>> {
  try {
    return ok(await correlator.submit(input));
  } catch (error) {
    const refusal = refusalSchema.safeParse(error);
    if (!refusal.success) throw error;
    const { code, message, retryable } = refusal.data;
    return fail(failure(code, message, { retryable }));
  }
}
