// The channels over the API: how they fare, and the test of one. No address stands in any answer.
import { beforeEach, describe, expect, it } from 'vitest';
import { failure } from '../../../../../shared/failure.ts';
import { fail } from '../../../../../shared/result.ts';
import { plus } from '../../../../../shared/time.ts';
import { createRecordedChannel, type RecordedChannel } from '../../../../fakes/channels/recorder.ts';
import { bearer, type Harness, startAt, startHarness } from './harness.ts';

describe('channels API', () => {
  let harness: Harness;
  let channel: RecordedChannel;
  beforeEach(async () => {
    channel = createRecordedChannel();
    const state = {
      sent: 3,
      retried: 2,
      refused: 1,
      givenUp: 0,
      waiting: 4,
      lastSentAt: startAt,
      lastError: { at: plus(startAt, 1), message: 'plantao answered 503' },
    };
    const stateOf = (name: string) => (name === channel.name ? state : undefined);
    harness = await startHarness({ parts: { channels: { list: [channel], stateOf } } });
  });

  const get = (headers: Record<string, string> = bearer) =>
    harness.api.inject({ url: '/api/v1/channels', headers });
  const test = (name: string, headers: Record<string, string> = bearer) =>
    harness.api.inject({ method: 'POST', url: `/api/v1/channels/${name}/test`, headers });

  it('are for people who are signed in', async () => {
    expect((await get({})).statusCode).toBe(401);
    expect((await test('plantao', {})).statusCode).toBe(401);
    expect(channel.told).toEqual([]);
  });

  it('are none where none is configured', async () => {
    const bare = await startHarness();
    expect((await bare.api.inject({ url: '/api/v1/channels', headers: bearer })).json()).toEqual({
      items: [],
    });
  });

  it('say how they fare', async () => {
    expect((await get()).json()).toEqual({
      items: [
        {
          name: 'plantao',
          kind: 'webhook',
          recipients: 1,
          sent: 3,
          retried: 2,
          refused: 1,
          givenUp: 0,
          waiting: 4,
          lastSentAt: '2026-11-22T12:00:00.000Z',
          lastError: { at: '2026-11-22T12:00:00.001Z', message: 'plantao answered 503' },
        },
      ],
    });
  });

  it('a test tells everybody of the channel now, and by whom it was asked for', async () => {
    const answer = await test('plantao');
    expect(answer.json()).toEqual({ sent: 1, failed: 0, errors: [] });
    expect(channel.told[0]?.notice).toMatchObject({ kind: 'test', title: 'Teste do Vigia' });
    expect(channel.told[0]?.notice.text).toContain('administrador');
  });

  it('a test that fails says why', async () => {
    channel.answer(fail(failure('input.invalid', 'plantao refused it with 410')));
    expect((await test('plantao')).json()).toEqual({
      sent: 0,
      failed: 1,
      errors: ['plantao refused it with 410'],
    });
  });

  it('a channel that is not there is not found', async () => {
    expect((await test('sala')).statusCode).toBe(404);
  });
});
