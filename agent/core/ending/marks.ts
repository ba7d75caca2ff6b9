// Which log lines say something about an end, and what. Collectors keep nothing else of a log. Pure; a line is believed
// only together with who wrote it, because anybody may write any text into a journal.

/** Who wrote a journal entry, from fields that journald itself fills in. */
export type JournalWriter =
  | 'kernel'
  | 'systemd'
  | 'logind'
  | 'journald'
  | 'ups'
  | 'sudo'
  | 'update'
  | 'other';

export type PanicWhy = 'crash' | 'hang' | 'out-of-memory';

export type JournalMark =
  /** An orderly end is being carried out. */
  | { readonly kind: 'shutdown'; readonly restart?: boolean; readonly reason?: string }
  | { readonly kind: 'journal-stopped' }
  | { readonly kind: 'power-key' }
  /** A person gave the command; never with its arguments. */
  | { readonly kind: 'asked'; readonly account: string }
  | { readonly kind: 'update' }
  | { readonly kind: 'power-failing' }
  | { readonly kind: 'power-back' }
  | { readonly kind: 'panic'; readonly why: PanicWhy; readonly text: string }
  | { readonly kind: 'oops' }
  | { readonly kind: 'lockup' }
  | { readonly kind: 'killed-for-memory' }
  | { readonly kind: 'hardware-error' }
  | { readonly kind: 'overheated' };

const textMax = 200;
/** What matters stands at a line's beginning; what follows could be made to cost time. */
const readMax = 1_000;

export function markOf(writer: JournalWriter, line: string): JournalMark | undefined {
  const text = line.slice(0, readMax);
  switch (writer) {
    case 'kernel':
      return kernelMark(text);
    case 'systemd':
      return systemdMark(text);
    case 'logind':
      return logindMark(text);
    case 'journald':
      return /^Journal stopped$/.test(text) ? { kind: 'journal-stopped' } : undefined;
    case 'ups':
      return upsMark(text);
    case 'sudo':
      return sudoMark(text);
    case 'update':
      return /reboot/i.test(text) && !/no reboot|not reboot/i.test(text) ? { kind: 'update' } : undefined;
    default:
      return undefined;
  }
}

/** `panic()` of the kernel: what its text says about why. */
export function panicOf(text: string): { readonly why: PanicWhy; readonly text: string } | undefined {
  const said = /Kernel panic - not syncing: ?(.*)/.exec(text)?.[1];
  if (said === undefined) return undefined;
  return { why: panicWhy(said), text: `Kernel panic: ${said.trim()}`.slice(0, textMax) };
}

/** Texts of mm/oom_kill.c, kernel/watchdog.c, kernel/hung_task.c and kernel/rcu/tree_stall.h. */
function panicWhy(said: string): PanicWhy {
  if (/out of memory|panic_on_oom|deadlocked on memory/i.test(said)) return 'out-of-memory';
  if (/soft ?lockup|hard ?lockup|hung_task|rcu stall|watchdog (detected|timeout)/i.test(said)) return 'hang';
  return 'crash';
}

function kernelMark(text: string): JournalMark | undefined {
  const panic = panicOf(text);
  if (panic !== undefined) return { kind: 'panic', ...panic };
  // Only the whole machine's memory: a container that outgrew its own limit does not take the machine down.
  if (/^Out of memory: Kill(ed)? process/.test(text) || /constraint=CONSTRAINT_NONE\b/.test(text)) {
    return { kind: 'killed-for-memory' };
  }
  if (/soft lockup - CPU|hard LOCKUP|rcu:? .*(detected stalls|self-detected stall)|^INFO: rcu_/.test(text)) {
    return { kind: 'lockup' };
  }
  if (/^Oops\b|^BUG: |^general protection fault|^Internal error: /.test(text)) return { kind: 'oops' };
  if (/\[Hardware Error\]|^mce: .*(Uncorrected|Machine Check)|^EDAC .*\bUE\b/.test(text)) {
    return { kind: 'hardware-error' };
  }
  if (/critical temperature reached/i.test(text)) return { kind: 'overheated' };
  const end = /^reboot: (Restarting system|Power down|System halted)/.exec(text)?.[1];
  return end === undefined ? undefined : { kind: 'shutdown', restart: end === 'Restarting system' };
}

function systemdMark(text: string): JournalMark | undefined {
  if (/^(Shutting down\.|Rebooting\.|Powering off\.)$/.test(text)) {
    const restart = text === 'Rebooting.' ? true : text === 'Powering off.' ? false : undefined;
    return { kind: 'shutdown', restart };
  }
  const target = /^Reached target (.*)$/.exec(text)?.[1];
  if (target === undefined) return undefined;
  if (/\b(reboot|kexec)\b/i.test(target)) return { kind: 'shutdown', restart: true };
  if (/power[- ]?off|\bhalt\b/i.test(target)) return { kind: 'shutdown', restart: false };
  return /\bshutdown\b|final step/i.test(target) ? { kind: 'shutdown' } : undefined;
}

/** logind-dbus.c and logind-button.c. What stands in brackets is the message of who asked ("wall message"). */
function logindMark(text: string): JournalMark | undefined {
  if (/^Power key pressed/.test(text)) return { kind: 'power-key' };
  const found =
    /^System is (rebooting|powering down|halting)[^(]*(?:\((.*)\))?\.?$/.exec(text) ??
    /^The system will (reboot|power off|halt) now!?()$/.exec(text);
  if (found === null) return undefined;
  const reason = found[2] === undefined || found[2] === '' ? undefined : found[2].slice(0, textMax);
  return { kind: 'shutdown', restart: found[1]?.startsWith('reboot') === true, reason };
}

/** apcupsd(8) events and upsmon(8) notifications. */
function upsMark(text: string): JournalMark | undefined {
  if (/on line power|power is back|mains returned|running on mains/i.test(text))
    return { kind: 'power-back' };
  const failing =
    /power failure|on batter(y|ies)|battery (power )?exhausted|batter(y|ies) (is|are)? ?low|low battery|forced shutdown in progress|auto logout and shutdown/i;
  return failing.test(text) ? { kind: 'power-failing' } : undefined;
}

/** sudoers(5), "event log": `account : TTY=... ; COMMAND=path arguments`. */
function sudoMark(text: string): JournalMark | undefined {
  const found = /^\s*(\S{1,64}) : .*\bCOMMAND=(?:\S*\/)?(\w+)(?: (.*))?$/.exec(text);
  if (found === null) return undefined;
  const [, account = '', command = '', rest = ''] = found;
  const direct = /^(reboot|poweroff|halt)$/.test(command);
  const shutdown = command === 'shutdown' && !/(^| )-c( |$)/.test(rest);
  const bySystemctl = command === 'systemctl' && /^(--\S+ )*(reboot|poweroff|halt|kexec)( |$)/.test(rest);
  return direct || shutdown || bySystemctl ? { kind: 'asked', account } : undefined;
}
