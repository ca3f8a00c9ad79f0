import { join } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

const SERVICE = 'http://localhost:39270';

export default defineConfig({
  root: import.meta.dirname,
  base: '/pages/',
  plugins: [react(), styleSheetsWithoutElements()],
  // For work on the pages: the files come from Vite, everything else from a service that runs beside it.
  server: { port: 39272, proxy: { '/api': SERVICE, '/swagger': SERVICE } },
  build: {
    outDir: '../build/pages',
    emptyOutDir: true,
    target: 'es2023',
    // Everything is a file of its own: the Content-Security-Policy has no place for `data:` scripts and styles.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    license: { fileName: 'licenses.md' },
  },
});

/** Ant Design's one way to write <style> elements becomes style-sheets.ts (docs/decisions/0010-pages.md). */
function styleSheetsWithoutElements(): Plugin {
  const replaced = '/node_modules/@rc-component/util/es/Dom/dynamicCSS.js';
  let found = false;
  return {
    name: 'style-sheets-without-elements',
    apply: 'build',
    load(id) {
      if (!id.replaceAll('\\', '/').endsWith(replaced)) return null;
      found = true;
      return `export * from ${JSON.stringify(join(import.meta.dirname, 'style-sheets.ts'))};`;
    },
    buildEnd(error) {
      // A new version of Ant Design that writes its styles elsewhere must not pass unseen.
      if (error === undefined && !found) throw new Error(`${replaced} is not part of the build any more`);
    },
  };
}
