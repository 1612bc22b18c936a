import * as z from 'zod/mini';
import type { Implementation, StepRunner } from '../../lambdas/contract/automation.ts';
import type { Routed } from '../../lambdas/contract/item/envelope.ts';
import type { Evidence, Proposed, ProposedAction } from '../../lambdas/contract/item/proposal.ts';
import { cited, type Found } from '../../lambdas/contract/steps/knowledge.ts';
import { evidenceOf } from '../../lambdas/contract/steps/lookup.ts';
import { compose } from '../../lambdas/gate/compose.ts';
import { cutText } from '../../lambdas/kit/text.ts';
import { type KINDS, NEXT } from './actions.ts';
import { automation, handOver } from './automation.ts';
import type { Region } from './company.ts';
import { type NO_LEADS, signsIn } from './disqualify.ts';
import { account, company, territory } from './lookups.ts';
import qualifyV1 from './prompts/qualify.v1.md';
import routeV1 from './prompts/route.v1.md';
import { type Account, factsOf, isCompetitor, standingOf, takerOf } from './records.ts';
import type { Lead } from './request.ts';
import { type Band, bandOf, FITS, INTENTS, scoreOf } from './score.ts';

const prompts = {
  route: { version: 'route.v1', text: routeV1 },
  qualify: { version: 'qualify.v1', text: qualifyV1 },
};

/** Of one answer. */
const MOST_PASSAGES = 3;

const qualification = z.strictObject({
  fit: z.enum(FITS),
  intent: z.enum(INTENTS),
  passages: z.array(z.string().check(z.maxLength(120))).check(z.maxLength(MOST_PASSAGES)),
  brief: z.string().check(z.minLength(1), z.maxLength(400)),
});

/** No model is paid for what model and code, or the CRM, already know. Undefined where it may be a lead. */
function disqualified(item: Routed<Lead>, known: Account | null, evidence: Evidence[]): Proposed | undefined {
  const email = item.body.from ?? null;
  const proposed = (reason: keyof typeof NO_LEADS, proof: string, brief: string): Proposed => ({
    action: 'disqualify',
    parameters: { email, reason, proof },
    confidence: null,
    ...{ brief, briefBy: 'code', evidence },
  });
  if (isCompetitor(known))
    return proposed('competitor', 'the CRM', 'The CRM has the company as a competitor.');
  const signs = signsIn(item.whole ?? item.text);
  const [sign] = signs;
  if (item.label !== 'No lead') {
    // The model takes it for a request of a customer, and the words are those of somebody else.
    return sign && { ...handOver(item, `the text has the signs of no lead: ${sign}`), evidence };
  }
  return signs.length === 1 && sign
    ? proposed(sign, 'the text', 'The model takes it for no lead, and so do the signs in the text.')
    : { ...handOver(item, 'the model takes it for no lead, and the text does not say why'), evidence };
}

/** What the model says is a fit, an intent and names of passages; the rest is code over what the sources say. */
export const implementation: Implementation<Lead, Proposed> = {
  prompts,
  async evaluate(item, step) {
    const { from: email } = item.body;
    if (email === undefined) return handOver(item, 'nobody is named who could be answered');
    const [known, of, found] = await Promise.all([
      step.lookup(account, { email }),
      step.lookup(company, { email }),
      step.search('offer', item.text, { most: 4 }),
    ]);
    const facts = factsOf(of);
    const evidence = [
      { source: 'the request', quote: cutText(item.text, 600) },
      ...(of ? [evidenceOf(company, of, ['employees', 'industry', 'country'])] : []),
      ...(known ? [evidenceOf(account, known, ['id', 'properties.lifecyclestage'])] : []),
    ];
    const no = disqualified(item, known, evidence);
    if (no) return no;
    const said = await step.agent('qualify', {
      prompt: prompts.qualify,
      input: {
        ...{ label: item.label, text: item.text, company: facts },
        ...{ account: known?.id ?? null, stage: known?.properties.lifecyclestage ?? null },
        passages: found.map(({ id, text }) => ({ id, text })),
      },
      schema: qualification,
    });
    const { fit, intent, brief } = said;
    const score = scoreOf({ ...facts, fit, intent }) ?? 0;
    const lead = { ...facts, fit, intent, account: standingOf(known), score, band: bandOf(score) };
    const picked = pickedOf(said.passages, found);
    const given = [...evidence, ...(picked ?? []).map(cited)];
    if (picked === undefined)
      return { ...handOver(item, 'the model picked passages it was not given'), brief, evidence };
    const isCold = lead.band === 'cold';
    const who = isCold ? undefined : await taker(lead.region, known, step);
    if (!isCold && !who)
      return { ...handOver(item, 'the CRM names nobody for the territory'), brief, evidence: given };
    return {
      actions: [
        { action: 'save-company', parameters: { email, ...lead } },
        ...(who ? followUp(item, lead, who) : []),
        answer(item, lead.band, picked),
      ],
      confidence: null,
      ...{ brief, evidence: given },
    };
  },
};

/** The passages of these ids, each once; undefined where one of them was never given. */
function pickedOf(ids: readonly string[], found: readonly Found[]): Found[] | undefined {
  const picked = [...new Set(ids)].map((id) => found.find((passage) => passage.id === id));
  return picked.every((passage) => passage !== undefined) ? picked : undefined;
}

/** Undefined where the CRM names nobody. */
async function taker(region: Region, known: Account | null, step: StepRunner): Promise<Taker | undefined> {
  if (region === 'unknown' || region === 'not served') return undefined;
  return takerOf(known, await step.lookup(territory, { region }));
}

type Taker = NonNullable<ReturnType<typeof takerOf>>;

const COMPANY = { answerOf: 0, field: 'reference' } as const;

function followUp(
  { body, label }: Routed<Lead>,
  { band, score, region }: { band: Band; score: number; region: Region },
  { id, owner, due }: Taker,
): ProposedAction[] {
  const kind: (typeof KINDS)[number] = band === 'hot' ? 'call' : 'write to';
  const lead = { company: COMPANY, label, band, score, due };
  return [
    { action: 'add-task', parameters: { ...lead, email: body.from, kind, owner: id } },
    { action: 'tell-owner', parameters: { ...lead, owner, region } },
  ];
}

/** Whole passages between fixed sentences; without one that answers, a word that it was received. */
function answer(item: Routed<Lead>, band: Band, passages: readonly Found[]): ProposedAction {
  const template = passages.length > 0 ? 'answer' : 'received';
  const recipe = { template, passages: passages.map(({ id }) => id), slots: { next: NEXT[band] } };
  const text = compose(recipe, { automation, passages, item });
  return {
    action: passages.length > 0 ? 'answer' : 'confirm',
    parameters: { to: item.body.from, text },
    composed: { text: recipe },
  };
}
