import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { AgentTrace } from '../../../../../lambdas/contract/steps/agent.ts';
import { question, show } from '../../../../support/desk.ts';
import { proposal } from '../../../../support/fixtures.ts';
import { words } from '../../../../support/pages.ts';
import { time, world } from '../../../../support/world.ts';

vi.mock('../../../../../lambdas/kit/aws.ts', () => import('../../../../support/clients.ts'));
vi.mock('../../../../../lambdas/kit/objects.ts', () => import('../../../../support/content.ts'));

beforeEach(() => {
  world.reset();
  time.freeze();
});

const trace: AgentTrace = {
  ...{ agent: 'look', turns: 3 },
  looked: [
    {
      ...{ turn: 1, kind: 'lookup', of: 'order', asked: { id: '1182' }, came: 'found' },
      found: 'due: 2026-11-01\nnote: <b>pay\u202e</b>',
    },
    { turn: 1, kind: 'lookup', of: 'customer', asked: { id: '7', year: 2026 }, came: 'nothing' },
    { turn: 2, kind: 'search', of: 'terms', asked: { query: 'late delivery' }, came: 'unavailable' },
    { turn: 2, came: 'refused' },
    { turn: 2, kind: 'lookup', of: 'order', came: 'refused' },
  ],
};

async function told(...agents: AgentTrace[]): Promise<string> {
  question({ ...proposal(), agents });
  return (await show()).text;
}

describe('what a model looked up', () => {
  it('is told in plain words, with what it asked and what it found', async () => {
    const text = await told(trace);
    expect(words(text)).toContain(
      [
        'What the model looked up',
        'Step look, asked 3 times.',
        'Looked up order for 1182 .',
        'What it found due: 2026-11-01 note: &lt;b&gt;pay&lt;/b&gt;',
        'Looked up customer for id 7, year 2026 : there is no such thing.',
        'Searched terms for late delivery : it could not be asked.',
        'Asked for something that it may not do: refused.',
        'Asked order again, or with values that it does not take: refused.',
      ].join(' '),
    );
    expect(text).not.toContain('<b>pay');
  });

  it('says why it was told to answer', async () => {
    const text = await told({ agent: 'look', looked: [], turns: 1, ended: 'money' });
    expect(words(text)).toContain(
      'Step look, asked once. It was told to answer: more would have cost more than it may spend. Nothing: it answered with what it was given.',
    );
  });

  it('stands above the buttons, and nowhere where no agent was asked', async () => {
    const text = await told(trace);
    expect(text.indexOf('id="agents"')).toBeLessThan(text.indexOf('id="decide"'));
    question(proposal());
    expect((await show()).text).not.toContain('id="agents"');
  });
});
