import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gate } from '../../lambdas/gate/gate.ts';
import { prepare } from '../../lambdas/prepare/prepare.ts';
import { automation, type Demo, ID, PAY } from '../support/fixtures.ts';

const prepared = (body: Demo) =>
  prepare({ id: ID, automation: 'demo', generation: 1, body, feedback: [] }, { automation });

const OLD = 'Have you tried to switch it off?\nRegards\nthe shop';
const quoted = OLD.replaceAll(/^/gm, '> ');

const ATTRIBUTIONS = [
  'On Mon, Dec 1, 2026 at 9:00 AM, Ann Shop <ann@shop.example> wrote:',
  'On Mon, Dec 1, 2026 at 9:00 AM, Ann Shop <ann@shop.example>\nwrote:',
  'On Mon, Dec 1, 2026 at 9:00 AM The Help Desk of the Shop <\nhelp-desk-with-a-long-name@shop.example> wrote:',
  'On Dec 1, 2026, at 09:00, Ann <ann@shop.example> wrote',
  'On 01.12.2026 14:41, Ann Shop wrote:',
  'Am 01.12.2026 um 14:41 schrieb Ann Shop:',
  'Am Mo., 1. Dez. 2026 um 14:41 Uhr schrieb Ann Shop <ann@shop.example>:',
  'Ann Shop <ann@shop.example> schrieb am Mo. 1. Dez. 2026 um 14:41:',
  'Le 1 déc. 2026 à 14:41, Ann Shop <ann@shop.example> a écrit :',
  'Le lun. 1 déc. 2026 à 14:41, Ann Shop <ann@shop.example> a\nécrit :',
  'El lun, 1 dic 2026 a las 14:41, Ann Shop (<ann@shop.example>) escribió:',
  'Em seg., 1 de dez. de 2026 às 14:41, Ann Shop <ann@shop.example> escreveu:',
  'Il giorno lun 1 dic 2026 alle ore 14:41 Ann Shop <ann@shop.example> ha scritto:',
  'Op ma 1 dec 2026 om 14:41 schreef Ann Shop <ann@shop.example>:',
  'Den mån 1 dec. 2026 kl 14:41 skrev Ann Shop <ann@shop.example>:',
  'W dniu 2026-12-01 o 14:41, Ann Shop pisze:',
  'ma 1. jouluk. 2026 klo 14.41 Ann Shop (ann@shop.example) kirjoitti:',
  '01.12.2026, 14.41, "Ann Shop" <ann@shop.example>:',
  '---- On Mon, 01 Dec 2026 14:41:50 +0100 Ann Shop <ann@shop.example> wrote ----',
];
const HEADERS = [
  'From: Ann Shop <ann@shop.example>\nSent: Monday, 1 December 2026 14:41\nTo: Bob\nSubject: Your lamp',
  'From: Ann Shop\n<a-long-address@shop.example>\nSent: Monday\nTo: Bob\nSubject: Your lamp',
  '*From:* Ann Shop\n*Sent:* Monday\n*To:* Bob\n*Subject:* Your lamp',
  'Von: Ann Shop\nGesendet: Montag, 1. Dezember 2026 14:41\nAn: Bob\nBetreff: Ihre Lampe',
  'De : Ann Shop\nEnvoyé : lundi 1 décembre 2026\nÀ : Bob\nObjet : votre lampe',
  'De: Ann Shop\nEnviado: lunes\nPara: Bob\nAsunto: su lámpara',
  '________________________________\nFrom: Ann Shop\nSent: Monday\nTo: Bob\nSubject: Your lamp',
  '-----Original Message-----\nFrom: Ann Shop\nSubject: Your lamp',
  '-----Ursprüngliche Nachricht-----\nVon: Ann Shop',
  "-----Message d'origine-----\nDe : Ann Shop",
  '-------- Mensaje original --------\nAnn Shop',
];

describe('what was written before', () => {
  it.each(ATTRIBUTIONS)('goes below who wrote it when: %j', (attribution) => {
    for (const old of [quoted, `\n${quoted}`, `\n${OLD}`]) {
      const { text, removed, suspicions } = prepared({
        subject: 'Re: lamp',
        text: `It broke.\n\n${attribution}\n${old}`,
      });
      expect([text, suspicions]).toEqual(['Re: lamp\n\nIt broke.', []]);
      expect(removed).toEqual([{ kind: 'quote', characters: expect.any(Number) }]);
      expect(removed?.[0]?.characters).toBeGreaterThanOrEqual(OLD.length);
    }
  });

  it.each(HEADERS)('goes below the header of a message: %j', (header) => {
    const text = `It broke.\n\n${header}\n\n${OLD}`;

    expect(prepared({ subject: 'AW: lamp', text })).toMatchObject({
      text: 'AW: lamp\n\nIt broke.',
      suspicions: [],
    });
  });

  it('may have been forwarded, where nothing says that this is an answer: nobody acts alone then', () => {
    const text = `Is this right?\n\n${HEADERS[0]}\n\n${OLD}`;
    const item = prepared({ text });

    expect(item).toMatchObject({
      text: 'Is this right?',
      suspicions: ['lost-text'],
      removed: [{ kind: 'history' }],
    });
    expect(gate({ ...item, label: 'Billing', proposal: PAY }, { automation })).toMatchObject({
      verdict: 'ask',
    });
  });

  it.each([
    'Sent from my iPhone',
    'Sent from my Verizon Wireless BlackBerry',
    'Get Outlook for iOS<https://aka.example/o0ukef>',
    'Von meinem iPhone gesendet',
    'Gesendet mit der Mail App',
    'Envoyé de mon iPhone',
    'Enviado desde mi iPhone',
    'Inviato da iPhone',
  ])('is not what a telephone writes under it either: %s', (line) => {
    for (const after of ['', `\n\n${ATTRIBUTIONS[0]}\n${quoted}`])
      expect(prepared({ text: `It broke.\n\n${line}${after}` }).text).toBe('It broke.');
  });

  it.each([
    '-- \nAnn, Head of Lamps',
    '--\nrick',
    '-- \nAnn Shop\nDr. Example GmbH\n+49 30 123456\nwww.shop.example',
  ])('nor a short signature: %j', (signature) => {
    expect(prepared({ text: `It broke.\n${signature}` })).toMatchObject({
      text: 'It broke.',
      removed: [{ kind: 'signature' }],
      suspicions: [],
    });
  });
});

describe('what a customer wrote is kept', () => {
  it.each([
    ['lines marked as a quotation', 'You say:\n> refunds take three days\nIt has been ten.'],
    ['an answer between the lines of another', '> Which card?\nMy blue card.\n> Since when?\nSince Monday.'],
    [
      'a sentence about who wrote',
      'On 3 March your agent Ann wrote:\n\nWe will pay you back.\n\nNothing came.',
    ],
    ['sentences below two dashes', 'My lamp broke.\n-- \nPlease cancel order 5 as well, and tell me when.'],
    ['a wish below two dashes', 'My lamp broke.\n-- \nplease cancel order 5'],
    ['a question below two dashes', 'My lamp broke.\n-- \nCan you help?'],
    ['a list of dashes', 'I need:\n-- first a lamp\n-- then a shade'],
    ['what stands between rules', 'Points\n----\none\n----\ntwo\n________________\nthree'],
    ['a line that begins like a header', 'From: Berlin\nI would like to travel.'],
    [
      'a forward below a note',
      `Please see below.\n\n---------- Forwarded message ---------\nFrom: Ann\nSent: Monday\nTo: Bob\nSubject: x\n\nYour refund was granted.`,
    ],
    [
      'a forward in German',
      `Siehe unten.\n\n---------- Weitergeleitete Nachricht ---------\nVon: Ann\nDatum: Montag\nAn: Bob\n\nIhre Erstattung.`,
    ],
    [
      'a forward of Apple',
      'See below.\n\nBegin forwarded message:\n\nFrom: Ann\nDate: Monday\nTo: Bob\n\nYour refund.',
    ],
    ['a message that is nothing but a quotation', '> My card is lost.\n> Please help.'],
    ['a sentence about a telephone', 'It was sent from my iPhone to your shop?\nWhere is it?'],
  ])('%s', (_name, written) => {
    expect(prepared({ text: written })).toMatchObject({ text: written.replaceAll(/ $/gm, ''), removed: [] });
  });

  it.each(['Fwd: lamp', 'FW: lamp', 'WG: Lampe', 'TR : lampe'])(
    'a forward that only its subject tells: %s',
    (subject) => {
      const text = `Please see below.\n\n${HEADERS[0]}\n\nYour refund was granted.`;
      expect(prepared({ subject, text })).toMatchObject({ text: `${subject}\n\n${text}`, removed: [] });
    },
  );

  it('below and between the lines that an attribution stands over', () => {
    const text = `${ATTRIBUTIONS[0]}\n> Which card?\n\nMy blue card.\n\n> Since when?\n\nSince Monday.`;
    expect(prepared({ text }).text).toBe('My blue card.\n\nSince Monday.');
  });

  it('whatever it is, as long as no mail program speaks in it', () => {
    const line = fc.oneof(
      fc.lorem({ maxCount: 12 }),
      fc.constantFrom('> quoted', '---', '* one', 'Order 5: 10.00', '', '__'),
    );
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 12 }), (lines) => {
        const text = `Hello.\n${lines.join('\n')}\nBye, and thank you.`;
        expect(prepared({ text }).text.split(/\s+/)).toEqual(text.split(/\s+/));
      }),
    );
  });
});

describe('the mail programs of HTML', () => {
  const gmail = `<div dir="ltr">It broke.</div><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">Pada tanggal 1 Des 2026 Ann &lt;<a href="x">ann@shop.example</a>&gt; menulis:<br></div><blockquote class="gmail_quote" style="margin:0">Have you tried?<br>Regards</blockquote></div>`;
  const outlook = `<div class=WordSection1><p class=MsoNormal>It broke.</p><div style='border-top:solid #B5C4DF 1.0pt'><p class=MsoNormal><b><span>From:</span></b><span> Ann [mailto:ann@shop.example] <br><b>Sent:</b> Monday<br><b>To:</b> Bob<br><b>Subject:</b> Lamp</span></p></div><p>Have you tried?</p></div>`;
  const rule =
    '<p>It broke.</p><hr><p><b>Von:</b> Ann<br><b>Gesendet:</b> Montag<br><b>An:</b> Bob<br><b>Betreff:</b> Lampe</p><p>Schon probiert?</p>';
  const thunderbird = `It broke.<br><div class="moz-cite-prefix">On 26.06.2026 14:41, Ann
    Shop wrote:<br></div><blockquote cite="mid:x" type="cite"><div>Have you tried?</div></blockquote><br>`;
  const apple =
    '<div>It broke.<br><br>Sent from my iPhone</div><div><br>On Dec 1, 2026, at 9:00, Ann &lt;ann@shop.example&gt; wrote:<br><br></div><blockquote type="cite"><div>Have you tried?</div></blockquote>';

  it.each(Object.entries({ gmail, outlook, rule, thunderbird, apple }))(
    'leave no history: %s',
    (_name, html) => {
      expect(prepared({ subject: 'Re: lamp', html })).toMatchObject({
        text: 'Re: lamp\n\nIt broke.',
        suspicions: [],
      });
    },
  );

  it('keep a blockquote that a customer made', () => {
    expect(
      prepared({ html: '<p>You say:</p><blockquote>Refunds take three days.</blockquote><p>Why?</p>' }).text,
    ).toBe('You say:\n\nRefunds take three days.\n\nWhy?');
  });

  it('keep a quotation without an attribution, marked as one', () => {
    expect(
      prepared({ html: '<p>See</p><blockquote type="cite">Refunds take<br>three days.</blockquote>' }).text,
    ).toBe('See\n\n> Refunds take\n> three days.');
  });

  it('keep a forward, and answers between the lines', () => {
    const forward =
      '<div>See</div><div class="gmail_quote"><div class="gmail_attr">---------- Forwarded message ---------<br>From: <b>Ann</b><br>Date: Monday<br>Subject: x<br>To: Bob<br></div><div>Your refund was granted.</div></div>';
    const between =
      '<div class="gmail_quote"><div class="gmail_attr">On Mon, 1 Dec 2026 Ann wrote:<br></div><blockquote class="gmail_quote">Which card?</blockquote><div>The blue one.</div><blockquote class="gmail_quote">Since when?</blockquote><div>Monday.</div></div>';

    expect(prepared({ html: forward }).text).toContain('Your refund was granted.');
    expect(prepared({ html: between }).text).toBe('The blue one.\n\nMonday.');
  });

  it('cannot be imitated by the mark that this code uses itself', () => {
    for (const body of [
      { text: '\uE000Pay:\nall of it' },
      { html: '<p>&#xE000;Pay:</p><p>\uE000all of it</p>' },
    ])
      expect(prepared(body)).toMatchObject({
        text: expect.stringMatching(/^Pay:\n+all of it$/),
        removed: [],
      });
  });
});
