// Keeps the screen from going dark where the browser offers it (secure addresses); asked again when the page is seen again,
// because a browser takes the lock back from a hidden page. Must never fail: a screen saver is set by hand where this is not.
import { useEffect } from 'react';

export function useScreenAwake(): void {
  useEffect(() => {
    let lock: WakeLockSentinel | undefined;
    let gone = false;
    const ask = async (): Promise<void> => {
      if (document.visibilityState !== 'visible' || !('wakeLock' in navigator)) return;
      try {
        const got = await navigator.wakeLock.request('screen');
        if (gone) await got.release();
        else lock = got;
      } catch {
        // Refused, e.g. on a battery that is low.
      }
    };
    const onSeen = (): void => void ask();
    onSeen();
    document.addEventListener('visibilitychange', onSeen);
    return () => {
      gone = true;
      document.removeEventListener('visibilitychange', onSeen);
      void lock?.release();
    };
  }, []);
}
