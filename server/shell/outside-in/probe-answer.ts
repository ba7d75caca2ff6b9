// What can come back when the server itself asks an address, and what a failed connection attempt amounts to.

/**
 * `refused` = a TCP connection was turned away: by the address itself or, indistinguishably, by a firewall on the way.
 * `local` = it could not leave this server (no route, interface down); `unasked` = nothing was sent (a limit of this
 * machine). Neither of the two says anything about the address asked.
 */
export type ProbeAnswer = 'answered' | 'refused' | 'lost' | 'local' | 'unasked';

/** What a failed connection attempt says, by the system's error code. */
export function answerToError(code: string | undefined): ProbeAnswer {
  switch (code) {
    case 'ECONNREFUSED':
    case 'ECONNRESET':
      return 'refused';
    case 'ENETUNREACH':
    case 'ENETDOWN':
    case 'EADDRNOTAVAIL':
    case 'EACCES':
    case 'EPERM':
      return 'local';
    case 'EMFILE':
    case 'ENFILE':
    case 'EINVAL':
    case 'ENOTFOUND':
      return 'unasked';
    default:
      return 'lost';
  }
}
