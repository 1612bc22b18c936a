import type { Automation } from '../../lambdas/contract/automation.ts';
import type { ResolvedConfig } from '../config.ts';
import type { Environment } from '../parts/environment.ts';

/**
 * Where SES receives mails: https://aws.amazon.com/about-aws/whats-new/2023/09/amazon-ses-email-service-7-regions/ and the three
 * before. Elsewhere its API takes a receipt rule nowhere.
 */
export const RECEIVING_REGIONS: readonly string[] = [
  ...['us-east-1', 'us-east-2', 'us-west-2', 'ca-central-1'],
  ...['eu-west-1', 'eu-west-2', 'eu-central-1'],
  ...['ap-northeast-1', 'ap-southeast-1', 'ap-southeast-2'],
];

/**
 * Holds the mail doors against where they are deployed.
 * @param region of the stacks, as the CDK CLI knows it; undefined where it does not
 * @throws Error where SES receives no mail there, or two automations have one address
 */
export function checkMail(
  automations: readonly Automation[],
  { mail }: ResolvedConfig,
  { name, local }: Environment,
  region: string | undefined,
): void {
  const takers = automations.filter(({ doors }) => doors?.mail);
  const addresses = takers.flatMap((it) => it.doors?.mail?.addresses ?? [it.name]);
  const [twice] = addresses.filter((address, at) => addresses.indexOf(address) < at);
  if (twice)
    throw new Error(`two automations take mails to '${twice}': change 'doors.mail.addresses' of one`);
  const received = takers.length > 0 && mail.inbound?.domains[name] !== undefined && !local;
  if (!received || region === undefined || RECEIVING_REGIONS.includes(region)) return;
  throw new Error(
    `SES receives no mails in ${region}: deploy to one of ${RECEIVING_REGIONS.join(', ')}, or leave '${name}' out of 'mail.inbound.domains'`,
  );
}

/** What is declared and does not work as it stands. */
export function warningsAboutMail(
  { doors }: Pick<Automation, 'doors'>,
  { mail }: Pick<ResolvedConfig, 'mail'>,
  { name, local }: Pick<Environment, 'name' | 'local'>,
): string[] {
  if (!doors?.mail || local || mail.inbound?.domains[name]) return [];
  return [`no mail reaches its mail door: 'mail.inbound.domains' has no domain for '${name}'`];
}
