/**
 * AWS list prices in US dollars, us-east-1, without the free tier, as they were known on this day. They are
 * not fetched: compare them with the services' pricing pages before you rely on a total. The counts they are
 * multiplied with are measured.
 */
export const KNOWN_AT = '2026-11-20';

export const PRICES = {
  'API Gateway, HTTP API request': 1.0 / 1e6,
  'Lambda request': 0.2 / 1e6,
  'Lambda GB-second (arm64)': 0.0000133334,
  'SQS request': 0.4 / 1e6,
  'Step Functions transition': 25 / 1e6,
  'DynamoDB write unit (on demand)': 0.625 / 1e6,
  'DynamoDB read unit (on demand)': 0.125 / 1e6,
  'S3 PUT': 5 / 1e6,
  'S3 GET': 0.4 / 1e6,
  'EventBridge event': 1.0 / 1e6,
  'SES mail': 100 / 1e6,
  'Secrets Manager call': 5 / 1e6,
  'CloudWatch Logs GB': 0.5,
} as const;

/** By the month, whether or not there is work. */
export const MONTHLY = { alarm: 0.1, secret: 0.4, metric: 0.3 } as const;

/** What else goes on while nobody works. */
export const IDLE = { trace: 5 / 1e6, 'KMS request': 0.03 / 10_000 } as const;

export type Unit = keyof typeof PRICES;
export type Usage = Partial<Record<Unit, number>>;

export function costOf(usage: Usage): number {
  return Object.entries(usage).reduce((sum, [unit, amount]) => sum + PRICES[unit as Unit] * amount, 0);
}
