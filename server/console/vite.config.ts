// How the console becomes files: one script, one style sheet, nothing inline, so that `script-src 'self'` is enough.
// Used by build.ts only; there is no development server in production and none is configured here.
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

export default defineConfig({
  root: import.meta.dirname,
  base: '/',
  plugins: [react()],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    // A data: URL or an inline preload helper would need a hole in the content security policy.
    assetsInlineLimit: 0,
    modulePreload: false,
    target: ['chrome120', 'firefox121', 'safari17'],
    reportCompressedSize: false,
  },
});
