// The one line that makes a machine an agent, per system. The agent's archive must be unpacked there first; the places
// are those of `install-scripts/`.

export interface InstallCommands {
  readonly linux: string;
  readonly windows: string;
}

/** Both values are safe in quotes: the token is base64url, the URL was parsed by `URL`. */
export function installCommands(serverUrl: string, token: string): InstallCommands {
  return {
    linux: `sudo ./install.sh --server '${serverUrl}' --token '${token}'`,
    windows: `powershell -ExecutionPolicy Bypass -File .\\install.ps1 -Server "${serverUrl}" -Token "${token}"`,
  };
}
