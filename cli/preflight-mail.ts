import { receiptRuleName } from '../lambdas/contract/names.ts';
import type { ResolvedConfig } from '../lib/config.ts';
import { type Aws, AwsRefusal } from './aws.ts';
import { type Declared, type Finding, one } from './finding.ts';

/* What SES lacks: of sending, and of receiving where an automation takes mails. */

interface SesAccount {
  ProductionAccessEnabled?: boolean;
  SendQuota?: { MaxSendRate?: number };
}

/** Sending: who may, to whom, how fast. */
export async function mail(aws: Aws, config: ResolvedConfig): Promise<Finding[]> {
  const account = await aws.get<SesAccount>('ses', '/v2/email/account');
  const rate = account.SendQuota?.MaxSendRate ?? 0;
  const { perSecond } = config.mail;
  const people = Object.values(config.approverGroups).flatMap((group) => group.map(({ email }) => email));
  // In its sandbox SES sends only to those who are verified.
  const wanted = account.ProductionAccessEnabled ? [] : [...new Set(people)];
  const unverified: string[] = [];
  const senders = Object.values(config.destinations).flatMap((it) =>
    it.connector === 'email' ? it.from : [],
  );
  for (const address of new Set([config.sender, ...senders, ...wanted]))
    if (!(await isVerified(aws, address))) unverified.push(address);
  const verify = 'aws sesv2 create-email-identity --email-identity';
  return [
    ...(unverified.length > 0
      ? [
          one(
            'mail',
            'missing',
            `not verified in SES: ${unverified.join(', ')}. For each: ${verify} <address>`,
          ),
        ]
      : []),
    ...(account.ProductionAccessEnabled
      ? []
      : [
          one('mail', 'later', 'SES is in its sandbox: it sends 200 mails a day, to verified addresses only'),
        ]),
    ...(rate > 0 && rate < perSecond
      ? [one('mail', 'missing', `'mail.perSecond' is ${perSecond}, and SES takes ${rate}`)]
      : []),
    ...(unverified.length === 0 ? [one('mail', 'ok', `sender verified, ${rate} mails a second`)] : []),
  ];
}

/** The address itself, or its domain. */
async function isVerified(aws: Aws, address: string): Promise<boolean> {
  for (const identity of [address, address.split('@')[1] ?? '']) {
    const found = await aws
      .get<{ VerifiedForSendingStatus?: boolean }>(
        'ses',
        `/v2/email/identities/${encodeURIComponent(identity)}`,
      )
      .catch((error: unknown) => {
        if (error instanceof AwsRefusal && error.status === 404) return undefined;
        throw error;
      });
    if (found?.VerifiedForSendingStatus) return true;
  }
  return false;
}

/**
 * Receiving: SES goes by the rules of the one set that a person has made active. Nothing is said where no automation takes mails.
 */
export async function receiving(
  aws: Aws,
  { mail: { inbound } }: ResolvedConfig,
  stage: string,
  automations: readonly Declared[],
): Promise<Finding[]> {
  const takers = automations.filter(({ doors }) => doors?.mail).map(({ name }) => name);
  const domain = inbound?.domains[stage];
  if (!inbound || domain === undefined || takers.length === 0) return [];
  const verified = await isVerified(aws, domain);
  return [
    ...(verified ? [] : [one('receiving', 'missing', `the domain ${domain} is not verified in SES`)]),
    await ruleSet(aws, inbound.ruleSet, stage, takers),
  ];
}

async function ruleSet(aws: Aws, wanted: string, stage: string, takers: readonly string[]): Promise<Finding> {
  const xml = await aws.query('ses', '2010-12-01', 'DescribeActiveReceiptRuleSet', {});
  const active = /<Metadata>[\s\S]*?<Name>([^<]*)<\/Name>/.exec(xml)?.[1];
  const activate = `aws ses set-active-receipt-rule-set --rule-set-name ${wanted}`;
  if (active === undefined)
    return one('receiving', 'missing', `no receipt rule set is active, so no mail is received: ${activate}`);
  if (active !== wanted)
    return one(
      'receiving',
      'missing',
      `the receipt rule set '${active}' is active, and 'mail.inbound.ruleSet' is '${wanted}': name that one, or ${activate}`,
    );
  const rules = [...xml.matchAll(/<Name>([^<]*)<\/Name>/g)].map(([, name]) => name);
  const absent = takers.filter((name) => !rules.includes(receiptRuleName(stage, name)));
  return absent.length > 0
    ? one(
        'receiving',
        'later',
        `'${active}' is active; the rule of ${absent.join(', ')} comes with the deploy`,
      )
    : one('receiving', 'ok', `'${active}' is active, with a rule for ${takers.join(', ')}`);
}
