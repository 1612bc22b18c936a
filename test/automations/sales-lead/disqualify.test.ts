import { describe, expect, it } from 'vitest';
import { signsIn } from '../../../automations/sales-lead/disqualify.ts';

describe('the signs of no lead', () => {
  it.each([
    ['student', "I am writing my master's thesis about route planning."],
    ['student', 'Ich schreibe meine Bachelorarbeit über Einsatzplanung.'],
    ['student', 'It is for a university assignment.'],
    ['job seeker', 'My CV is attached.'],
    ['job seeker', 'I would like to apply for a position in your team.'],
    ['job seeker', 'Anbei meine Bewerbung als Entwicklerin.'],
    ['job seeker', 'I am looking for an internship in summer.'],
    ['vendor', 'We offer SEO for your website.'],
    ['vendor', 'Our agency helps companies like yours with fresh leads.'],
    ['vendor', 'Would you publish a guest post with a backlink?'],
    ['spam', 'You won! Claim your prize now.'],
    ['spam', 'A crypto investment that pays every day.'],
  ])('%s: %s', (reason, text) => {
    expect(signsIn(text)).toContain(reason);
  });

  it.each([
    'What does the Team plan cost for 40 technicians?',
    'We apply your plan to 20 technicians and need a position for each van on the map.',
    'Our company provides elevator maintenance and wants to plan it better.',
    'Our team offers emergency repairs at night: does the app know on-call duty?',
    'We run a website for our customers: is there an interface?',
    'Can we resume the trial that we began in May?',
    'Our master planner would like a demo of the project view.',
    'Does it work for job sites without a connection?',
    'We won a large contract and need 60 licences.',
    'The thesaurus of spare parts is ours.',
  ])('are none in a request: %s', (text) => {
    expect(signsIn(text)).toEqual([]);
  });

  it('are never those of a competitor: the CRM alone says that', () => {
    expect(signsIn('We are your competitor.')).toEqual([]);
  });
});
