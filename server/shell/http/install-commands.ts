// The one line that makes a machine an agent, per system, run in the folder of the unpacked agent package. Script names
// and options are those of `install-scripts/`.

import { isIP } from 'node:net';

export interface InstallCommands {
  readonly linux: string;
  readonly windows: string;
}

/** Both values are safe in quotes: the token is base64url, the URL was parsed by `URL`. */
export function installCommands(serverUrl: string, token: string): InstallCommands {
  const { protocol, hostname } = new URL(serverUrl);
  // Said aloud in the command, because an agent refuses to speak plain HTTP beyond its own machine; never said where
  // nobody needs it, so that what stands in a shell's history is no bad example.
  const insecure = protocol === 'http:' && !isLoopback(hostname);
  const linuxInsecure = insecure ? ' --allow-insecure-http' : '';
  const windowsInsecure = insecure ? ' -AllowInsecureHttp' : '';
  return {
    linux: `sudo sh install-scripts/linux/install.sh --server '${serverUrl}' --token '${token}'${linuxInsecure}`,
    windows: `powershell -ExecutionPolicy Bypass -File install-scripts\\windows\\install.ps1 -Server "${serverUrl}" -Token "${token}"${windowsInsecure}`,
  };
}

/** The same machines as the agent's own rule (`agent/shell/server-address.ts`); a name that only begins so is none. */
function isLoopback(hostname: string): boolean {
  return (
    hostname === 'localhost' || hostname === '[::1]' || (isIP(hostname) === 4 && hostname.startsWith('127.'))
  );
}
