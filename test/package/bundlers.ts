/** The bundlers that the package is tried with, each as its documentation says for a program that runs in Node. */
import { nodeResolve } from '@rollup/plugin-node-resolve';
import { build as esbuild } from 'esbuild';
import { rolldown } from 'rolldown';
import { rollup } from 'rollup';
import webpack from 'webpack';

export type OutputFormat = 'esm' | 'cjs';

export interface Bundler {
  readonly name: string;
  /** Whether it copies the addon by itself. */
  readonly copiesAddon: boolean;
  /** Whether it takes programs that call `require`, without a plugin more. */
  readonly takesCommonJs: boolean;
  /** Bundles the program `input` into `folder`, as `main.mjs` or `main.cjs`. */
  bundle(input: string, folder: string, format: OutputFormat): Promise<unknown>;
}

const fileOf = (folder: string, format: OutputFormat): string => `${folder}/main.${format === 'esm' ? 'mjs' : 'cjs'}`;

export const bundlers: readonly Bundler[] = [
  {
    name: 'esbuild',
    copiesAddon: false,
    takesCommonJs: true,
    bundle: (input, folder, format) =>
      esbuild({
        ...{ entryPoints: [input], outfile: fileOf(folder, format), format },
        ...{ bundle: true, platform: 'node', logLevel: 'silent' },
      }),
  },
  {
    name: 'rollup',
    copiesAddon: false,
    takesCommonJs: false,
    bundle: async (input, folder, format) => {
      const external = /^node:/;
      const bundled = await rollup({ input, external, plugins: [nodeResolve({ exportConditions: ['node'] })] });
      await bundled.write({ file: fileOf(folder, format), format, inlineDynamicImports: true });
    },
  },
  {
    name: 'rolldown',
    copiesAddon: false,
    takesCommonJs: true,
    bundle: async (input, folder, format) => {
      const bundled = await rolldown({ input, platform: 'node', logLevel: 'silent' });
      await bundled.write({ file: fileOf(folder, format), format });
      await bundled.close();
    },
  },
  {
    name: 'webpack',
    copiesAddon: true,
    takesCommonJs: true,
    bundle: (input, folder, format) =>
      runWebpack({
        ...{ entry: input, target: 'node', mode: 'production', devtool: false, optimization: { minimize: false } },
        ...(format === 'esm'
          ? { experiments: { outputModule: true }, output: { path: folder, filename: 'main.mjs', module: true } }
          : { output: { path: folder, filename: 'main.cjs' } }),
      }),
  },
];

function runWebpack(configuration: webpack.Configuration): Promise<void> {
  return new Promise((resolve, reject) => {
    webpack(configuration, (error, stats) => {
      if (error || stats?.hasErrors()) reject(error ?? new Error(stats?.toString()));
      else resolve();
    });
  });
}
