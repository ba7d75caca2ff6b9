// The end of a long list: a button for the keyboard that presses itself when it is scrolled into sight.
import { type ReactNode, useEffect, useRef } from 'react';

export function ShowMore({ label, show }: { readonly label: string; readonly show: () => void }): ReactNode {
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    const seen = new IntersectionObserver((entries) => {
      if (entries.some((entry) => entry.isIntersecting)) show();
    });
    if (button.current !== null) seen.observe(button.current);
    return () => seen.disconnect();
  });
  return (
    <button type="button" className="button show-more" ref={button} onClick={show}>
      {label}
    </button>
  );
}
