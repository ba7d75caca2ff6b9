// The browser's clipboard, which it gives only to pages over TLS and to those of this machine. Must never throw.

/** False where the page has no clipboard or the person forbade it: then the text must be copied by hand. */
export async function copyText(text: string): Promise<boolean> {
  const { clipboard } = navigator;
  if (clipboard === undefined) return false;
  try {
    await clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
