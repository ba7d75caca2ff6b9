// How the console becomes files: one script, one style sheet, nothing inline, so that `script-src 'self'` is enough.
// Used by build.ts only. Must give the same output whatever NODE_ENV the caller has: a test run builds it, too.
import { defineConfig } from 'vite';
import { manifestFile } from './manifest.ts';
import { shorterOutlines } from './short-path.ts';

/** Not read here: the words in React's source that choose its development half, which would be half as big again. */
const reactsSwitch = ['process', 'env', 'NODE_ENV'].join('.');

export default defineConfig({
  root: import.meta.dirname,
  base: '/',
  define: { [reactsSwitch]: '"production"' },
  plugins: [shorterOutlines()],
  oxc: { jsx: { runtime: 'automatic', development: false } },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    // A data: URL or an inline preload helper would need a hole in the content security policy.
    assetsInlineLimit: 0,
    modulePreload: false,
    manifest: manifestFile,
    target: ['chrome120', 'firefox121', 'safari17'],
    reportCompressedSize: false,
  },
});
