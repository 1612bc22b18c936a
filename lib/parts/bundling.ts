import type { BuildOptions } from 'esbuild';

/*
 * In a Lambda the credentials always come from the environment. The other ways of finding some are loaded
 * only when that one fails, and would be a third of every bundle.
 */
const NEVER_LOADED = ['sso', 'ini', 'process', 'web-identity', 'http', 'login'].map(
  (way) => `@aws-sdk/credential-provider-${way}`,
);

/**
 * How every function is bundled: by the CDK at synth, and by `npm start` when a source changes. A test holds
 * both to the same bytes.
 */
export const BUNDLING = {
  target: 'node24',
  minify: true,
  mainFields: ['module', 'main'],
  external: [...NEVER_LOADED, '@smithy/credential-provider-imds'],
  loader: { '.md': 'text' },
  // A few packages still call require for Node's own modules.
  banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
} satisfies BuildOptions;

/** Resource metadata of a local function: what its bundle is made of. */
export const BUNDLE_METADATA = 'signalbox:bundle';

/** What `BUNDLE_METADATA` holds. */
export interface BundleSource {
  /** The entry file, an absolute path. */
  entry: string;
  /** The file that stands for each bundled module. */
  modules: Readonly<Record<string, string>>;
}
