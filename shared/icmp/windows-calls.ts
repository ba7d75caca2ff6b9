// The calls of iphlpapi.dll and kernel32.dll that ICMP on Windows needs, with types. Stands under windows.ts. None of
// them may block the event loop; only `waitAny` waits, on a worker thread.

interface EchoWish {
  readonly event: unknown;
  /** Socket addresses. */
  readonly from: Uint8Array;
  readonly to: Uint8Array;
  readonly payload: Uint8Array;
  /** IP_OPTION_INFORMATION; absent = the system's own. */
  readonly options?: Uint8Array;
  readonly reply: Uint8Array;
  readonly timeoutMs: number;
}

export interface WindowsIcmpCalls {
  /** 0 or the system's error code (997 = under way, the normal case). */
  send(family: 4 | 6, wish: EchoWish): number;
  /** Number of replies in the buffer; 0 = none. */
  parseReplies(family: 4 | 6, reply: Uint8Array): number;
  createEvent(): unknown;
  setEvent(event: unknown): void;
  resetEvent(event: unknown): void;
  isSet(event: unknown): boolean;
  closeHandle(handle: unknown): void;
  waitAny(events: readonly unknown[], timeoutMs: number, done: () => void): void;
}

/** Throws when a library or symbol is missing; the caller turns that into `probe.unavailable`. */
export function loadIphlpapi(koffi: typeof import('koffi')): WindowsIcmpCalls {
  const ip = koffi.load('iphlpapi.dll');
  const kernel = koffi.load('kernel32.dll');
  const createFile4 = ip.func('void *__stdcall IcmpCreateFile()');
  const createFile6 = ip.func('void *__stdcall Icmp6CreateFile()');
  const send4 = ip.func(
    'uint32_t __stdcall IcmpSendEcho2Ex(void *, void *, void *, void *, uint32_t, uint32_t, const void *, uint16_t, void *, void *, uint32_t, uint32_t)',
  );
  const send6 = ip.func(
    'uint32_t __stdcall Icmp6SendEcho2(void *, void *, void *, void *, const void *, const void *, const void *, uint16_t, void *, void *, uint32_t, uint32_t)',
  );
  const parse4 = ip.func('uint32_t __stdcall IcmpParseReplies(void *, uint32_t)');
  const parse6 = ip.func('uint32_t __stdcall Icmp6ParseReplies(void *, uint32_t)');
  const createEvent = kernel.func('void *__stdcall CreateEventW(void *, int, int, void *)');
  const setEvent = kernel.func('int __stdcall SetEvent(void *)');
  const resetEvent = kernel.func('int __stdcall ResetEvent(void *)');
  const closeHandle = kernel.func('int __stdcall CloseHandle(void *)');
  const getLastError = kernel.func('uint32_t __stdcall GetLastError()');
  const waitOne = kernel.func('uint32_t __stdcall WaitForSingleObject(void *, uint32_t)');
  const waitMany = kernel.func('uint32_t __stdcall WaitForMultipleObjects(uint32_t, void **, int, uint32_t)');
  const files: Readonly<Record<4 | 6, unknown>> = { 4: createFile4(), 6: createFile6() };

  return {
    send: (family, wish) => {
      const { event, from, to, payload, options, reply, timeoutMs } = wish;
      const tail = [payload, payload.length, options ?? null, reply, reply.length, timeoutMs] as const;
      const replies: number =
        family === 4
          ? send4(files[4], event, null, null, ipv4Of(from), ipv4Of(to), ...tail)
          : send6(files[6], event, null, null, from, to, ...tail);
      return replies > 0 ? 0 : getLastError();
    },
    parseReplies: (family, reply) => (family === 4 ? parse4 : parse6)(reply, reply.length),
    createEvent: () => createEvent(null, 1, 0, null),
    setEvent: (event) => void setEvent(event),
    resetEvent: (event) => void resetEvent(event),
    isSet: (event) => waitOne(event, 0) === 0,
    closeHandle: (handle) => void closeHandle(handle),
    waitAny: (events, timeoutMs, done) =>
      waitMany.async(events.length, [...events], 0, timeoutMs, () => done()),
  };
}

/** IPAddr is a u_long that holds the address in network byte order. */
function ipv4Of(socketAddressBytes: Uint8Array): number {
  return new DataView(socketAddressBytes.buffer).getUint32(4, true);
}
