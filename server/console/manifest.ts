// Where the bundler says which file needs which, for build.ts alone: it goes before anything is served.
export const manifestFile = 'manifest.json';
