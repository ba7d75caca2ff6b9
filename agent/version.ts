// The version this program says it has. Stands alone so that a bundle carries it along.
import manifest from '../package.json' with { type: 'json' };

export const agentVersion: string = manifest.version;
