// The one line that makes a machine an agent, per system: it gets the script of `install-scripts/*/get.*` from this server
// and hands it address and token. It must work pasted into a plain shell (Windows: Command Prompt and PowerShell alike).
import { isIP } from 'node:net';

/** Where this server serves the two scripts. */
export const installPaths = { linux: '/agent/install/linux', windows: '/agent/install/windows' } as const;

export interface InstallCommands {
  readonly linux: string;
  readonly windows: string;
}

/**
 * Both values are safe in quotes: the token is base64url, the URL was parsed by `URL`. The Windows line has neither `$`
 * nor `%` nor inner double quotes, which one of its two shells would take for its own.
 */
export function installCommands(serverUrl: string, token: string): InstallCommands {
  const { protocol, hostname } = new URL(serverUrl);
  // Said aloud in the command, because an agent refuses to speak plain HTTP beyond its own machine; never said where
  // nobody needs it, so that what stands in a shell's history is no bad example.
  const insecure = protocol === 'http:' && !isLoopback(hostname);
  const linuxInsecure = insecure ? ' --allow-insecure-http' : '';
  const windowsInsecure = insecure ? ' -AllowInsecureHttp' : '';
  // 3072 = TLS 1.2, which an old .NET does not offer by itself. As text and not as a file, because script files may be
  // forbidden by policy.
  const getWindows = `[Net.ServicePointManager]::SecurityProtocol=3072; & ([scriptblock]::Create((New-Object Net.WebClient).DownloadString('${serverUrl}${installPaths.windows}')))`;
  return {
    linux: `curl -fsSL '${serverUrl}${installPaths.linux}' | sudo sh -s -- --server '${serverUrl}' --token '${token}'${linuxInsecure}`,
    windows: `powershell -NoProfile -ExecutionPolicy Bypass -Command "${getWindows} -Server '${serverUrl}' -Token '${token}'${windowsInsecure}"`,
  };
}

/** The same machines as the agent's own rule (`agent/core/server-address.ts`); a name that only begins so is none. */
function isLoopback(hostname: string): boolean {
  return (
    hostname === 'localhost' || hostname === '[::1]' || (isIP(hostname) === 4 && hostname.startsWith('127.'))
  );
}
