import { describe, expect, it } from 'vitest';
import {
  exceeded,
  holds,
  type Limit,
  limitsOf,
  needs,
  partsOf,
  peopleFor,
} from '../../../local/capacity/limits.ts';
import { QUOTAS } from '../../../local/capacity/quotas.ts';
import { mean, type Recorded, recorded } from '../../../local/capacity/recorded.ts';
import type { Settings } from '../../../local/capacity/settings.ts';
import { type Given, monthly, round, stepsTable } from '../../../local/capacity/tables.ts';

/* The arithmetic, by figures that are reckoned by hand: 28,800 items a day are one a second in the busiest hour. */

const README = `<!-- bench:cost -->
| per item | acted alone | approved | rejected | refused |
| --- | ---: | ---: | ---: | ---: |
| API Gateway, HTTP API request | 1.0 | 3.0 | 3.0 | 1.0 |
| Lambda request | 4 | 14 | 12 | 3 |
| Lambda GB-second (arm64) | 1.0 | 1.0 | 1.0 | 1.0 |
| SQS request | 7 | 13 | 10 | 4 |
| Step Functions transition | 0 | 2 | 2 | 0 |
| DynamoDB write unit (on demand) | 40 | 80 | 60 | 20 |
| DynamoDB read unit (on demand) | 8 | 24 | 18 | 2 |
| S3 PUT | 3 | 4 | 4 | 3 |
| S3 GET | 5 | 10 | 8 | 4 |
| EventBridge event | 4 | 6 | 5 | 3 |
| SES mail | 0 | 2 | 2 | 0 |
| Secrets Manager call | 0 | 0 | 0 | 0 |
| CloudWatch Logs GB | 0 | 0 | 0 | 0 |
<!-- /bench:cost -->`;
const COSTS = `## Memory
| \`process/process\`, an item alone | 384 | 14.1 | 1000 | 3.0: two answers of a model | 1 | 1 |
| \`process/process\`, ten together | 384 | 14.1 | 100 | 0.3 | 1 | 1 |
| \`act/act\` | 256 | 8 | 200 | 0.3: a destination | 1 | 1 |
| \`intake/intake\` | 512 | 8 | 30 | 0.02: its own calls | 1 | 1 |
| \`record/publish\` | 256 | 1 | 10 | 0.02 | 1 | 1 |
| \`api/authorize\` | 256 | 1 | 10 | 0 | 1 | 1 |
| \`refund-request\` | 9 | 9 | 9 % |

## Lines

| \`refund-request\` | 0.062 | 0.000 | 0.100 | 0.195 | 2.0 | 1.0 | 1.0 |
`;
const PERFORMANCE = 'of 5,000 complaints 80.0 % were paid alone, 10.0 % asked, 10.0 % refused.';

const documents = { readme: README, costs: COSTS, performance: PERFORMANCE };
const figures: Recorded = recorded(documents);
const settings: Settings = {
  ...{ apiPerSecond: 100, clientPerSecond: 10, clientPerDay: 10_000, thinking: 20, acting: 50, batch: 10 },
  ...{ requestsPerMinute: 500, tokensPerMinute: 500_000, budgetUsd: 5, mailsPerSecond: 1 },
  ...{ approvers: 2, reserved: 20 },
};
const limits = limitsOf(figures, settings);
const limit = (what: string): Limit => {
  const found = limits.find((one) => one.what === what);
  if (!found) throw new Error(`no bound is called '${what}'`);
  return found;
};
const ONE_A_SECOND = 28_800;

describe('recorded figures', () => {
  it('are read from the pages that keep them', () => {
    expect(figures.shares).toEqual({ acted: 0.8, asked: 0.1, refused: 0.1 });
    expect(figures.perItem.approved['SES mail']).toBe(2);
    expect(figures.held.alone).toEqual({ seconds: 4, memory: 384 });
    expect(figures.models).toEqual({ calls: 2, usd: 0.1 });
  });

  it('come to a mean of the mix: 0.8 × 40 + 0.1 × 80 + 0.1 × 20', () =>
    expect(mean(figures, 'DynamoDB write unit (on demand)')).toBeCloseTo(42));

  it.each([
    ['README.md has no figures of bench:cost', { ...documents, readme: '' }],
    ["README.md has no row 'S3 PUT'", { ...documents, readme: README.replace('| S3 PUT |', '| S3 put |') }],
    [
      "the row 'SES mail' of bench:cost has no figure",
      {
        ...documents,
        readme: README.replace('| 0 | 2 | 2 | 0 |\n| Secrets', '| 0 | – | 2 | 0 |\n| Secrets'),
      },
    ],
    ["docs/costs.md has no row '`act/act`'", { ...documents, costs: COSTS.replace('`act/act`', '`act`') }],
    ['does not say what became of the complaints', { ...documents, performance: '' }],
    ['are not all of them', { ...documents, performance: PERFORMANCE.replace('80.0', '70.0') }],
  ])('are refused where %s', (message, broken) => expect(() => recorded(broken)).toThrow(message));
});

describe('what one item a second needs', () => {
  it.each([
    ['requests to the API', 1.2], // 0.8 × 1 + 0.1 × 3 + 0.1 × 1
    ['requests to the endpoint', 120], // 60 × 2
    ['tokens of the endpoint', 84_000], // 60 × 1,400
    ['items that are thought about at once', 4],
    ['actions at once', 0.45], // 0.9 × 0.5 s
    ['mails to approvers', 0.2], // 0.1 × 2
    ['runs that start', 0.1],
    ['state transitions', 0.2],
    ['writes, as if all went to one table', 42],
    ['index `byAutomation` of `items`', 5],
    ['calls to the event bus', 0.41], // 0.8 × 4 + 0.1 × 6 + 0.1 × 3, ten in a call
    ['shards of the stream, for status events', 0.03],
    ['concurrent executions of Lambda, each item alone', 4.59], // 0.05 + 0.01 + 4 + 0.5 + 0.03
  ])('of %s is %d', (what, needed) => expect(needs(limit(what), ONE_A_SECOND)).toBeCloseTo(needed, 6));

  it('is a day’s sum where the bound is of a day', () => {
    expect(needs(limit('model budget of a day'), ONE_A_SECOND)).toBeCloseTo(2.88);
    expect(needs(limit('mails of a day, in the sandbox of SES'), 1000)).toBeCloseTo(200);
    expect(needs(limit('posts of one client in a day'), 1)).toBe(1);
  });

  it('leaves pages of people their concurrent executions', () =>
    expect(limit('concurrent executions of Lambda, each item alone').given).toBe(
      QUOTAS.concurrency.value - 20,
    ));

  it('is paced at 95 of a hundred of what an endpoint takes', () =>
    expect(holds(limit('requests to the endpoint'))).toBeCloseTo((475 / 120) * ONE_A_SECOND));
});

describe('bounds', () => {
  it('come in the order in which they are met', () => {
    const full = limits.map(holds);
    expect(full).toEqual([...full].sort((a, b) => a - b));
    // 200 mails a day, two for each of the tenth that is asked: 1,000 items.
    expect(limits[0]).toMatchObject({ what: 'mails of a day, in the sandbox of SES' });
    expect(full[0]).toBeCloseTo(1000);
  });

  it('are full beyond what they hold, and not at it', () => {
    const client = limit('posts of one client in a day');
    expect(exceeded([client], 10_000)).toEqual([]);
    expect(exceeded([client], 10_001)).toEqual([client]);
    expect(exceeded([client], 20_000, 10_001)).toEqual([]);
  });

  it('that nobody raises split the work: 10 million a day are 1,736 units a second of a key that takes 1,000', () => {
    const key = limit('index `byAutomation` of `items`');
    expect(partsOf([key], 10_000_000)).toBe(2);
    expect(partsOf([limit('runs that start'), limit('`client#<name>#<day>` of `control`')], 1e12)).toBe(1);
  });

  it('of people: 1,440 questions of 30 s are twelve hours, so two of six', () =>
    expect(peopleFor(figures, 14_400)).toBeCloseTo(2));
});

describe('what it costs', () => {
  const given: Given = {
    ...{ recorded: figures, settings, stacks: [] },
    standing: [
      { what: 'alarms', dollars: 4 },
      { what: 'secrets', dollars: 6 },
    ],
  };

  it('is what stands, and by the items of thirty days', () => {
    const none = monthly(given, 0);
    expect(none).toBe(10);
    expect(monthly(given, 2000) - none).toBeCloseTo(2 * (monthly(given, 1000) - none));
    // 30,000 items: 3 of models, and by the table above 0.8 × 64.93 + 0.1 × 357.33 + 0.1 × 48.88 millionths each.
    expect(monthly(given, 1000)).toBeCloseTo(10 + 3 + 30 * 0.0925684, 4);
  });

  it('names at each step what was not met before', () => {
    const rows = stepsTable(given, [500, 2000, 20_000]).split('\n').slice(2);
    expect(rows[0]).toContain('none that was not raised before');
    expect(rows[1]).toContain('**mails of a day, in the sandbox of SES**');
    expect(rows[2]).toContain('**posts of one client in a day**');
    expect(rows[2]).not.toContain('sandbox');
  });
});

it.each([
  [0, '0'],
  [0.34722, '0.347'],
  [12.345, '12.3'],
  [158_242.6, '158,000'],
  [1_127_569_331, '1,130,000,000'],
])('%d is written as %s', (value, text) => expect(round(value)).toBe(text));
