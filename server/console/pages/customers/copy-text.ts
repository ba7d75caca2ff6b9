// To the clipboard. False where the browser has none to give (plain HTTP beyond this machine) or refuses: then a person copies.

export async function copyText(text: string): Promise<boolean> {
  const { clipboard } = navigator;
  if (clipboard === undefined) return false;
  try {
    await clipboard.writeText(text);
    return true;
  } catch {
    // The browser's word is final whatever its reason, and the text stands on the page.
    return false;
  }
}
