// One WebSocket as the session sees it: text out, events in, and WHO ended it. Wraps `ws` so that a session can be
// tested, and fuzzed, without a network. Never parses a message.
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { limits } from '../../../shared/limits.ts';

export interface CloseCode {
  readonly code: number;
  readonly reason: string;
}

export interface AgentSocket {
  /** Does nothing once the socket is closing. */
  send(text: string): void;
  ping(): void;
  /** Says why, and destroys the socket after `limits.closeHandshakeMs` if the peer does not answer. */
  close(why: CloseCode): void;
  /** At once. */
  destroy(): void;
  pause(): void;
  resume(): void;
  /** Handed to the socket and not yet taken by the network. */
  bufferedBytes(): number;
}

/**
 * `peer` = the other end said so, by a close frame or an orderly FIN: its kernel lives. `lost` = anything else. A reset
 * counts as lost: a router that forgot the connection sends one too, and so does a machine that has just booted.
 */
export type SocketEnd = 'peer' | 'lost';

export interface SocketEvents {
  /** `undefined` = a binary frame. */
  readonly received: (text: string | undefined) => void;
  /** A ping or pong. */
  readonly pinged: () => void;
  /** The peer broke the WebSocket protocol; the socket closes by itself. */
  readonly brokeProtocol: (reason: string) => void;
  readonly ended: (by: SocketEnd) => void;
}

/** `socket` is the one below `webSocket`; both belong to the caller of `close`. */
export function wrapWebSocket(webSocket: WebSocket, socket: Duplex, events: SocketEvents): AgentSocket {
  let peerEnded = false;
  socket.once('end', () => {
    peerEnded = true;
  });
  webSocket.on('message', (data, isBinary) => {
    events.received(isBinary || !Buffer.isBuffer(data) ? undefined : data.toString('utf8'));
  });
  webSocket.on('ping', () => events.pinged());
  webSocket.on('pong', () => events.pinged());
  webSocket.on('error', (error) => events.brokeProtocol(error.message));
  // 1006 is never on the wire: it says that no close frame came.
  webSocket.on('close', (code) => events.ended(peerEnded || code !== 1006 ? 'peer' : 'lost'));
  const isOpen = (): boolean => webSocket.readyState === webSocket.OPEN;
  return {
    send(text) {
      if (isOpen()) webSocket.send(text, sendOptions, ignoreSendError);
    },
    ping() {
      if (isOpen()) webSocket.ping('', false, ignoreSendError);
    },
    close({ code, reason }) {
      // A paused socket would never see the peer's half of the handshake.
      webSocket.resume();
      webSocket.close(code, reasonText(reason));
    },
    destroy: () => webSocket.terminate(),
    pause: () => webSocket.pause(),
    resume: () => webSocket.resume(),
    bufferedBytes: () => webSocket.bufferedAmount,
  };
}

const sendOptions = { binary: false, compress: false, fin: true, mask: false } as const;

/** A send that fails is told by the socket's end; the callback only keeps `ws` from raising it as an error. */
function ignoreSendError(): void {}

/** A close reason has 123 bytes at most (RFC 6455, 5.5); cut between characters. */
export function reasonText(reason: string): string {
  let text = '';
  let bytes = 0;
  for (const character of reason.toWellFormed()) {
    bytes += Buffer.byteLength(character);
    if (bytes > 123) return text;
    text += character;
  }
  return text;
}

/** More waits for this peer than `limits.socketBufferedBytesMax`. */
export function isTooSlow(socket: AgentSocket): boolean {
  return socket.bufferedBytes() > limits.socketBufferedBytesMax;
}
