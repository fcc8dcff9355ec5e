// The page of `jsonmmap inspect`, from src/inspector/page/ to dist/inspector/: a page, a program, a style sheet. Nothing in it is loaded from elsewhere.
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'vite';

/** What is built into the page keeps its licence. */
const BUILT_IN = ['preact', 'uplot'];

/** Builds the page into `directory`. */
export async function buildPage(root, directory) {
  await build({
    configFile: false,
    root: join(root, 'src', 'inspector', 'page'),
    base: './',
    logLevel: 'warn',
    build: {
      outDir: directory,
      emptyOutDir: true,
      // The browsers that have what the style sheet uses: `light-dark()`.
      target: ['chrome123', 'firefox120', 'safari17.5'],
      assetsInlineLimit: 0,
      modulePreload: false,
      rolldownOptions: {
        output: { entryFileNames: 'assets/page.js', assetFileNames: 'assets/page[extname]' },
      },
    },
  });
  for (const name of BUILT_IN)
    copyFileSync(join(root, 'node_modules', name, 'LICENSE'), join(directory, `${name}.LICENSE`));
}
