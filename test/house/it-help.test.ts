import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { automation } from '../../automations/it-help/automation.ts';
import { implementation } from '../../automations/it-help/evaluate.ts';
import { incidentIn, wantsAccess } from '../../automations/it-help/incident.ts';
import { questionIn } from '../../automations/it-help/question.ts';
import type { Automation, ModelRequest, StepRunner } from '../../lambdas/contract/automation.ts';
import { actionsOf } from '../../lambdas/contract/item/proposal.ts';
import { gate } from '../../lambdas/gate/gate.ts';
import { thoughtOver } from '../../local/harm.ts';
import { answeredBy } from '../../local/no-steps.ts';
import { scripted } from '../support/fixtures.ts';

const subject = { automation: automation as unknown as Automation, implementation: implementation as never };

type Given = { text: string; label: string; passages: { id: string; text: string }[] };

/** A model that sorts by `label` and picks what `picks` makes of the passages that it is given. */
function model(
  label: string,
  picks: (ids: string[]) => { answers: boolean; passages: string[] } = (ids) => ({
    answers: true,
    passages: ids.slice(0, 1),
  }),
) {
  const asked: { step: string; input: Given }[] = [];
  const step: StepRunner = {
    ...scripted(),
    ...answeredBy(async <T>(name: string, { input }: ModelRequest<T>) => {
      asked.push({ step: name, input: input as Given });
      const said = name === 'route' ? { label } : picks((input as Given).passages.map(({ id }) => id));
      return said as T;
    }),
  };
  return { step, asked };
}
const ask = (text: string, step: StepRunner, from?: string) =>
  thoughtOver(subject, { text, ...(from ? { from } : {}) }, step);

it('has an article for each of its questions, and each in plain words', () => {
  expect(readdirSync('automations/it-help/knowledge').length).toBeGreaterThanOrEqual(25);
});

describe('an answer', () => {
  it('is whole passages between a greeting and a closing, and goes to whoever asked', async () => {
    const { step } = model('Account');
    const item = await ask('I forgot my password.', step, 'mara@northgate.example');
    expect(item).toMatchObject({ verdict: 'act', proposal: { action: 'answer' } });
    const { reply, to, sources } = item.proposal.parameters as {
      reply: string;
      to: string;
      sources: string[];
    };
    expect([to, sources.length]).toEqual(['mara@northgate.example', 1]);
    const [quoted] = item.proposal.evidence;
    expect(reply).toBe(automation.templates?.answer?.text.replace('{passages}', () => quoted?.quote ?? ''));
  });

  it.each([
    ['none is picked', () => ({ answers: true, passages: [] })],
    ['the model says that none answers', (ids: string[]) => ({ answers: false, passages: ids.slice(0, 1) })],
    ['one is picked that was not given', () => ({ answers: true, passages: ['help/vpn.md#99'] })],
    ['one was given and one was not', (ids: string[]) => ({ answers: true, passages: [ids[0] ?? '', 'x'] })],
  ])('is a ticket in the words of whoever asked, where %s', async (_name, picks) => {
    const text = 'I forgot my password, and the projector hums.';
    const item = await ask(text, model('Account', picks).step);
    expect(item).toMatchObject({
      verdict: 'act',
      proposal: { action: 'open-ticket', parameters: { question: text, urgency: 'normal' } },
    });
  });

  it('asks a person as soon as one word of it is another', async () => {
    const item = await ask('I forgot my password.', model('Account').step);
    const { proposal } = item;
    for (const reply of [`${proposal.parameters.reply} `, 'Send me your password.']) {
      const changed = { ...proposal, parameters: { ...proposal.parameters, reply } };
      expect(gate({ ...item, proposal: changed }, subject).verdict).toBe('ask');
    }
  });

  it('is never given to a wish for rights or to an incident, whatever the model picks', async () => {
    for (const label of ['Access', 'Security']) {
      const item = await ask('How do I get on with this?', model(label).step);
      expect(item.proposal.action, label).toBe('open-ticket');
      const answer = (await ask('I forgot my password.', model('Account').step)).proposal;
      expect(gate({ ...item, proposal: answer }, subject).verdict, label).toBe('ask');
    }
  });

  it('comes of the label and the question alone: two who ask the same are asked about alike', async () => {
    const [one, other] = [model('Network'), model('Network')];
    await ask('Hello,\nThe VPN does not connect.\nThanks\nMara', one.step, 'mara@northgate.example');
    await ask('Hi team, please the VPN does not connect. ticket 48221', other.step, 'noah@northgate.example');
    const inputs = [one, other].map(({ asked }) => asked.find(({ step }) => step === 'pick')?.input);
    expect(inputs[0]?.text).toBe('the vpn does not connect.');
    expect(inputs[1]).toEqual(inputs[0]);
    expect(Object.keys(inputs[0] ?? {}).sort()).toEqual(['label', 'passages', 'text']);
  });
});

describe('an incident', () => {
  it.each([
    ['lost-device', 'I left my laptop on the train.'],
    ['lost-device', 'I lost my badge'],
    ['lost-device', 'My work phone was stolen'],
    ['lost-device', 'Mein Notebook wurde gestohlen'],
    ['phishing', 'I clicked a link in a strange mail and typed my password there'],
    ['phishing', 'I opened a suspicious attachment'],
    ['phishing', 'I gave my password to a caller on the phone'],
    ['phishing', 'Ich habe in einer verdächtigen Mail auf den Link geklickt'],
    ['malware', 'My laptop has a virus'],
    ['malware', 'A page says ransomware'],
    ['malware', 'My account was hacked'],
    ['data-leak', 'I accidentally sent the salaries to a customer'],
    ['data-leak', 'Ich habe die Liste versehentlich an einen Kunden geschickt'],
  ])('%s is told at once, and no model is asked: "%s"', async (kind, text) => {
    expect(incidentIn(text)).toBe(kind);
    const { step, asked } = model('Account');
    const item = await ask(text, step);
    expect(item).toMatchObject({ label: 'Security', verdict: 'act' });
    const [ticket, told] = actionsOf(item.proposal);
    expect(ticket).toMatchObject({
      action: 'open-ticket',
      parameters: { urgency: 'urgent', question: text },
    });
    expect(told).toEqual({ action: 'tell-security', parameters: { kind } });
    expect(automation.actions['tell-security']?.slack?.text(told?.parameters ?? {})).not.toContain(text);
    expect(asked).toEqual([]);
  });

  it.each([
    'How do I recognise a phishing mail?',
    'How do I report a suspicious mail?',
    'What happens if a laptop is lost?',
    'I have never clicked a suspicious link',
    'My laptop lost the connection',
    'The battery of my phone is empty',
    'My password was rejected',
    'Please send the list to a customer',
    'Which virus protection do we use?',
    'I found my badge again',
    'Wie erkenne ich eine gefälschte Mail?',
  ])('is not: "%s"', (text) => expect(incidentIn(text)).toBeUndefined());

  it('is told where the model knows it and code does not, too', async () => {
    const item = await ask('A stranger sits in the server room.', model('Security').step);
    expect(actionsOf(item.proposal)[1]?.parameters).toEqual({ kind: 'other' });
    expect(item.verdict).toBe('act');
  });

  it('never goes without its people: a ticket alone asks', async () => {
    const item = await ask('I lost my laptop', model('Account').step);
    const { further: _, ...alone } = item.proposal;
    expect(gate({ ...item, proposal: alone }, subject).verdict).toBe('ask');
  });
});

describe('a wish for rights', () => {
  it.each([
    'I need access to the finance folder',
    'Please give me admin rights on my laptop',
    'Could you add Mara to the project channel?',
    'Ich brauche Zugriff auf den Ordner Finanzen',
    'Please grant me write access for the wiki',
  ])('is a person\'s, and no model is asked: "%s"', async (text) => {
    const { step, asked } = model('Account');
    const item = await ask(text, step);
    expect(item).toMatchObject({ label: 'Access', verdict: 'ask', proposal: { action: 'open-ticket' } });
    expect(asked).toEqual([]);
  });

  it.each([
    'I have no access to the internet at home',
    'I cannot get access to the VPN',
    'How do I install software without admin rights?',
    'The laptop is slow',
  ])('is not: "%s"', (text) => expect(wantsAccess(text)).toBe(false));
});

describe('the question in a message', () => {
  it.each([
    ['Hello,\nMy mailbox is full.\n\nKind regards\nMara Stone\nSales', 'my mailbox is full.'],
    ['Hi, could you please tell me how the printer works? Thanks in advance', 'how the printer works?'],
    ['Dear IT team, mail mara@northgate.example about ticket #48221: no sound', 'mail about: no sound'],
    ['Guten Tag, der Drucker druckt nicht. Vielen Dank', 'der drucker druckt nicht. vielen dank'],
    ['please', 'please'],
  ])('%j is %j', (text, question) => expect(questionIn(text)).toBe(question));
});
