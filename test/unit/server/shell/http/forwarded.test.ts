// Whose address counts behind a proxy.
import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { remoteAddressOf } from '../../../../../server/shell/http/forwarded.ts';

function requestFrom(peer: string, forwarded?: string): IncomingMessage {
  const socket = new Socket();
  Object.defineProperty(socket, 'remoteAddress', { value: peer });
  const request = new IncomingMessage(socket);
  if (forwarded !== undefined) request.headers['x-forwarded-for'] = forwarded;
  return request;
}

describe('remote address', () => {
  const address = remoteAddressOf(['10.0.0.0/8', 'fd00::1']);

  test.each([
    ['a stranger’s header is not believed', '192.0.2.1', '203.0.113.9', '192.0.2.1'],
    ['a proxy’s word is', '10.1.2.3', '203.0.113.9', '203.0.113.9'],
    ['also when it arrives as mapped IPv6', '::ffff:10.1.2.3', '203.0.113.9', '203.0.113.9'],
    [
      'only the nearest hop that is no proxy counts',
      '10.1.2.3',
      '1.2.3.4, 203.0.113.9, 10.0.0.7',
      '203.0.113.9',
    ],
    ['what cannot be read is nobody', '10.1.2.3', '203.0.113.9, evil', '10.1.2.3'],
    ['a proxy that says nothing is itself', 'fd00::1', undefined, 'fd00::1'],
  ])('%s', (_what, peer, forwarded, expected) => {
    expect(address(requestFrom(peer, forwarded))).toBe(expected);
  });

  test('without a trusted proxy the header is nothing', () => {
    expect(remoteAddressOf([])(requestFrom('10.1.2.3', '203.0.113.9'))).toBe('10.1.2.3');
  });
});
