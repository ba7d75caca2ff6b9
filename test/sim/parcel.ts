// What one frame carries over the virtual network: text of the real codec, or, for most of the many small messages that
// say the same each time and enter no journal, the message itself: encoding, decoding and checking them again and again
// was an eighth of a run. Every message that decides anything is text always. `text` in the options makes all of them
// text; a test holds the journals of both ways equal.
import { ok, type Result } from '../../shared/result.ts';
import { encodeMessage } from '../../shared/wire/codec.ts';
import type { AgentMessage, ServerMessage } from '../../shared/wire/messages.ts';

export type Parcel<T extends AgentMessage | ServerMessage> = string | T;

/** How frames travel in a run: `sampled` (the default) or each as text. */
export type WireMode = 'sampled' | 'text';

/** Of the messages that may travel as they are, each so-manieth goes through the codec all the same. */
const sampleEvery = 16;

export interface Packer {
  pack<T extends AgentMessage | ServerMessage>(message: T): Parcel<T>;
}

/** One for each end of a connection: it counts what it sends, so that one seed samples the same frames each time. */
export function createPacker(mode: WireMode): Packer {
  let sent = 0;
  return {
    pack(message) {
      if (mode === 'text' || !isRoutine(message)) return encodeMessage(message);
      sent += 1;
      return sent % sampleEvery === 1 ? encodeMessage(message) : message;
    },
  };
}

/** `decode` is the codec's for this direction. */
export function unpack<T extends AgentMessage | ServerMessage>(
  parcel: Parcel<T>,
  decode: (text: string) => Result<T>,
): Result<T> {
  return typeof parcel === 'string' ? decode(parcel) : ok(parcel);
}

/** Beats and what answers them: nothing of them is journalled but what liveness concludes. */
function isRoutine({ kind }: AgentMessage | ServerMessage): boolean {
  return kind === 'beat' || kind === 'beat.reply' || kind === 'rollups' || kind === 'receipt';
}
