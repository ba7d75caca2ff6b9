// Fetches how the notices fare: when the page opens, soon after an incident changed (that is what is told), and when the
// server said that something it knows of will happen. Never in a circle without a reason.
import { useEffect, useRef } from 'react';
import { type ChannelList, channelListSchema } from '../../../../shared/api/channels.ts';
import { hour, second } from '../../../../shared/time.ts';
import { type Loaded, useDetail } from '../../view/use-detail.ts';
import { useWall, useWallContext } from '../../view/wall-context.ts';

/** News are taken and sent a moment after the change; many changes are looked at once. */
const settleMs = 2 * second;
/** Between two looks at what the server announced, however often it announces. */
const leastMs = 3 * second;

export function useChannels(): { readonly loaded: Loaded<ChannelList>; readonly again: () => void } {
  const { store, ticker } = useWallContext();
  const startedAt = useWall((state) => state.view?.server.startedAt);
  const incidents = useWall((state) => state.view?.incidents);
  const { loaded, again } = useDetail({
    url: '/api/v1/channels',
    schema: channelListSchema,
    version: startedAt,
  });
  const answer = loaded.value;
  useEffect(() => {
    if (answer === undefined || answer.changesAt === null) return;
    const serverNow = ticker.now() + store.read().clockOffsetMs;
    const waitMs = Math.max(leastMs, Date.parse(answer.changesAt) + second - serverNow);
    const timer = setTimeout(again, Math.min(waitMs, hour));
    return () => clearTimeout(timer);
  }, [answer, again, store, ticker]);
  const seen = useRef(incidents);
  const pending = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => {
    if (seen.current === incidents || pending.current !== undefined) return;
    pending.current = setTimeout(() => {
      pending.current = undefined;
      seen.current = store.read().view?.incidents;
      again();
    }, settleMs);
  }, [incidents, again, store]);
  useEffect(
    () => () => {
      clearTimeout(pending.current);
      pending.current = undefined;
    },
    [],
  );
  return { loaded, again };
}
