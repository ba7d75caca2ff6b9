// The one line that makes a machine an agent, per system, run in the folder of the unpacked agent package. Script names
// and options are those of `install-scripts/`.

export interface InstallCommands {
  readonly linux: string;
  readonly windows: string;
}

/** Both values are safe in quotes: the token is base64url, the URL was parsed by `URL`. */
export function installCommands(serverUrl: string, token: string): InstallCommands {
  // Said aloud in the command, because an agent refuses to speak plain HTTP beyond its own machine.
  const plain = serverUrl.startsWith('http:');
  const linuxInsecure = plain ? ' --allow-insecure-http' : '';
  const windowsInsecure = plain ? ' -AllowInsecureHttp' : '';
  return {
    linux: `sudo sh install-scripts/linux/install.sh --server '${serverUrl}' --token '${token}'${linuxInsecure}`,
    windows: `powershell -ExecutionPolicy Bypass -File install-scripts\\windows\\install.ps1 -Server "${serverUrl}" -Token "${token}"${windowsInsecure}`,
  };
}
