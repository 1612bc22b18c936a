import { describe, expect, it } from 'vitest';
import { automation as triage } from '../../automations/support-triage/automation.ts';
import type { MailHeaders } from '../../lambdas/contract/intake/mail.ts';
import { prepare } from '../../lambdas/prepare/prepare.ts';
import { automation, type Demo, ID } from '../support/fixtures.ts';

const automatic = (body: Demo) =>
  prepare({ id: ID, automation: 'demo', generation: 1, body, feedback: [] }, { automation }).automatic;

describe('a machine is known by the subject of its message', () => {
  it.each([
    'Automatic reply: your ticket',
    'Undelivered Mail Returned to Sender',
    'Automatische Antwort: Ihre Anfrage',
    'Abwesenheitsnotiz: Re: Karte',
    'Abwesenheit',
    'Unzustellbar: Ihre Nachricht',
    'Réponse automatique : votre demande',
    "Message d'absence",
    'Absente du bureau : carte',
    'Non remis : votre message',
    'Respuesta automática: su tarjeta',
    'Fuera de la oficina',
    'Risposta automatica: carta',
    'Resposta automática: cartão',
    'Automatisch antwoord: kaart',
    'Autosvar: kort',
    'Automaattinen vastaus: kortti',
    'Automatyczna odpowiedź: karta',
  ])('%s', (subject) => {
    expect(automatic({ subject, text: 'x' })).toBe(true);
  });
});

describe('by its words', () => {
  it.each([
    'Hello,\n\nI am out of the office until Monday. I will answer your message upon my return.',
    'I’m on annual leave from 3 to 10 March. In urgent cases please contact help@shop.example.',
    'Guten Tag,\n\nich bin bis zum 10. März nicht im Büro. In dringenden Fällen wenden Sie sich bitte an Frau Muster.',
    'Ich bin derzeit im Urlaub. Ihre Nachricht wird nicht weitergeleitet.',
    'Bonjour,\n\nJe suis absente du bureau jusqu’au 10 mars. Je vous répondrai dès mon retour.',
    'Estoy fuera de la oficina hasta el lunes. Responderé a mi regreso.',
    'Thank you for your message. We have opened ticket 4711 and will get back to you within two working days.',
    'We have received your request.\nOur team will look into it shortly.',
    'Vielen Dank für Ihre Nachricht.\n\nWir werden uns schnellstmöglich bei Ihnen melden.',
    'Guten Tag,\n\nIhre Anfrage ist bei uns eingegangen. Wir melden uns in Kürze.',
    'Bonjour,\n\nNous avons bien reçu votre demande. Nous vous répondrons dans les meilleurs délais.',
    'Gracias por contactar con nosotros.\n\nNos pondremos en contacto con usted lo antes posible.',
    'This is an automated message. Please do not reply.',
    'Dies ist eine automatisch generierte E-Mail.',
    'Ceci est un message automatique, merci de ne pas y répondre.',
    'Este es un mensaje automático.',
  ])('%j', (text) => {
    expect(automatic({ text })).toBe(true);
  });
});

describe('by the headers of the mail', () => {
  const said = (headers: MailHeaders) =>
    prepare(
      {
        id: ID,
        automation: 'support-triage',
        generation: 1,
        feedback: [],
        body: { text: 'I am away.', headers },
      },
      { automation: triage as never },
    ).automatic;

  it.each<MailHeaders>([
    { autoSubmitted: 'auto-replied' },
    { autoSubmitted: 'Auto-Generated; owner-email="x@y.example"' },
    { precedence: 'bulk' },
    { precedence: ' Auto_Reply ' },
    { listId: '<news.shop.example>' },
    { autoResponseSuppress: 'OOF, AutoReply' },
  ])('%j', (headers) => {
    expect(said(headers)).toBe(true);
  });

  it.each<MailHeaders>([
    {},
    { autoSubmitted: 'no' },
    { precedence: 'first-class' },
    { listId: '' },
    { autoResponseSuppress: 'None' },
  ])('but not by %j', (headers) => {
    expect(said(headers)).toBe(false);
  });
});

describe('a customer is not taken for a machine', () => {
  it.each([
    { text: 'I am on vacation until Monday, please call me back then. My card is urgent.' },
    { text: 'I am out of the office so call me on my phone.' },
    { text: 'Thank you for your message. I tried it and the lamp is still dark.' },
    { text: 'Thank you for your message. I will get back to you with the photos soon.' },
    { text: 'Thank you for your message. We will try that tonight.' },
    { text: 'Thank you for your message. When will we get our money back?' },
    {
      text: 'I wrote on Monday.\nYou said: We have received your request and will answer within two days.\nNothing came.',
    },
    { text: 'Still nothing.\n> We have received your request.\n> Our team will look into it.' },
    {
      text: 'Still nothing.\n\nOn Mon, 1 Dec 2026 at 09:00, Shop <a@shop.example> wrote:\n> We have received your request.\n> Our team will look into it.',
    },
    { text: 'Ich bin im Urlaub und meine Karte ist weg. Bitte sperren Sie sie.' },
    { text: 'Vielen Dank für Ihre Nachricht. Das Paket ist noch nicht da.' },
    { text: 'Merci pour votre message, mais la lampe est toujours en panne.' },
    { subject: 'Abwesenheit bei der Lieferung', text: 'Ich war nicht da.' },
    { subject: 'Respuesta automática que no entiendo', text: 'Me llegó esto.' },
    { subject: 'Re: Automatic reply feature', text: 'How do I switch it on?' },
    { text: 'Is this an automated message? This is an automated message, I think.' },
  ])('%j', (body) => {
    expect(automatic(body)).toBe(false);
  });
});
