import { Aws, elements } from '../cli/aws.ts';
import { loadConfig } from '../lib/config.ts';
import { checkPin, type Pin } from '../lib/environment-config.ts';
import type { Manifest } from './assembly.ts';

/** Where an environment is, by the configuration. @throws Error where it says nothing: a pipeline guesses nothing */
export async function pinOf(environment: string, config: string): Promise<Pin> {
  const { environments } = await loadConfig(config);
  const pinned = environments[environment];
  if (pinned) return pinned;
  throw new Error(
    `'environments.${environment}' is not in ${config}: say there in which account and region it is`,
  );
}

/**
 * The account of an assembly, with the credentials at hand.
 * @throws Error where they are of another one
 */
export async function accountOf(manifest: Omit<Manifest, 'files' | 'commit'>): Promise<Aws> {
  const { environment, account, region } = manifest;
  const aws = await Aws.open(process.env.AWS_ENDPOINT_URL, undefined, region);
  const xml = await aws.query('sts', '2011-06-15', 'GetCallerIdentity', {});
  const [found] = elements(xml, 'Account');
  if (found === undefined) throw new Error('sts does not say of which account these credentials are');
  checkPin(environment, { account, region }, found);
  return aws;
}

/** The same account in another of its regions. */
export const inRegions =
  (of: Omit<Manifest, 'files' | 'commit'>) =>
  (region: string): Promise<Aws> =>
    accountOf({ ...of, region });
