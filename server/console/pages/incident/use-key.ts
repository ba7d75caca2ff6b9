// One key of the incident's page for one action.
import { useEffect, useRef } from 'react';
import { isTyping } from '../../view/incident-actions.tsx';

/** Only while nobody types and no other key is held: a letter in a comment is a letter. */
export function useKey(key: string, begin: () => void): void {
  const latest = useRef(begin);
  latest.current = begin;
  useEffect(() => {
    const pressed = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.altKey || event.metaKey || event.repeat || isTyping(event.target)) return;
      if (event.key.toLowerCase() !== key) return;
      event.preventDefault();
      latest.current();
    };
    addEventListener('keydown', pressed);
    return () => removeEventListener('keydown', pressed);
  }, [key]);
}
