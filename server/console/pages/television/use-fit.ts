// How many rows of the style sheet's height (`--tv-row`, in em) fit into a box; looked at again when the box changes.
import { type RefObject, useLayoutEffect, useState } from 'react';

export function useFit(box: RefObject<HTMLElement | null>): number {
  const [fit, setFit] = useState(1);
  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return;
    const look = (): void => {
      const style = getComputedStyle(element);
      const rowPx = Number.parseFloat(style.getPropertyValue('--tv-row')) * Number.parseFloat(style.fontSize);
      const gapPx = Number.parseFloat(style.getPropertyValue('--tv-gap')) * Number.parseFloat(style.fontSize);
      const rows = Math.floor((element.clientHeight + gapPx) / (rowPx + gapPx));
      setFit(Number.isFinite(rows) ? Math.max(1, rows) : 1);
    };
    look();
    const watch = new ResizeObserver(look);
    watch.observe(element);
    return () => watch.disconnect();
  }, [box]);
  return fit;
}
