import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { amountIn, decimalOf, orderIn } from '../../automations/front-desk/found.ts';
import { KINDS } from '../../automations/front-desk/urgent/signs.ts';
import { urgencyIn } from '../../automations/front-desk/urgent/urgent.ts';

/* What code finds in a message at the front desk, sentence by sentence: what it must find, and what it must not. */

describe('an order number', () => {
  it.each([
    ['my order W1001 arrived', 'W1001'],
    ['order #W93-11', 'W93-11'],
    ['Bestellnummer: 4711-A', '4711-A'],
    ['Bestellung Nr. 88123', '88123'],
    ['commande n° FR-2210', 'FR-2210'],
    ['pedido número 9921', '9921'],
    ['ordernummer 77812', '77812'],
    ['order 12345, yes order 12345', '12345'],
    ['W1002 please', 'W1002'],
  ])('stands in "%s"', (text, value) => expect(orderIn(text)).toEqual({ is: 'one', value }));

  it.each([
    ['I want to order 2 lamps', 'none'],
    ['see https://x.example/order/12345', 'none'],
    ['a@order12345.example', 'none'],
    ['#1 shop', 'none'],
    ['order of 2026-11-20', 'none'],
    ['in order to pay 400 EUR', 'none'],
    ['orders 111111 and 222222', 'several'],
    ['order 111111. And order 222222', 'several'],
  ])('"%s": %s', (text, is) => expect(orderIn(text)).toEqual({ is }));
});

describe('an amount', () => {
  it.each([
    ['I paid €4.90 twice', '4.90', 'EUR'],
    ['EUR 48.02 and again 48,02 €', '48.02', 'EUR'],
    ['30 dollars.', '30.00', 'USD'],
    ['30 % of 40 EUR', '40.00', 'EUR'],
    ['order 12345 40 EUR', '40.00', 'EUR'],
    ['US$30.', '30.00', 'USD'],
    ['(EUR 1,234.56)', '1234.56', 'EUR'],
    ['£12,', '12.00', 'GBP'],
  ])('stands in "%s"', (text, amount, currency) =>
    expect(amountIn(text)).toEqual({ is: 'one', value: { amount, currency } }),
  );

  it.each([
    ['A$30', 'none'],
    ['€30k', 'none'],
    ['-5 EUR', 'none'],
    ['30 eurocents', 'none'],
    ['$30 or $40', 'several'],
    ['EUR 5 and USD 5', 'several'],
    ['1.234 EUR', 'several'],
    ['1 234,56 €', 'several'],
    ['0.00 EUR', 'several'],
  ])('"%s": %s', (text, is) => expect(amountIn(text)).toEqual({ is }));

  it('is what was written, in whatever way', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 99_999_999 }), fc.constantFrom('en', 'de'), (units, locale) => {
        const value = (units / 100).toFixed(2);
        const [whole = '', part = ''] = value.split('.');
        const grouped = whole.replaceAll(/\B(?=(?:\d{3})+$)/g, locale === 'en' ? ',' : '.');
        return decimalOf(`${grouped}${locale === 'en' ? '.' : ','}${part}`) === value;
      }),
    );
  });
});

describe('an urgent message', () => {
  it.each([
    ['lost-card', 'I lost my card yesterday'],
    ['lost-card', 'Someone stole my wallet with all my cards'],
    ['lost-card', 'Meine Kreditkarte wurde gestohlen'],
    ['lost-card', 'Ich habe meine Girokarte verloren'],
    ['lost-card', "J'ai perdu ma carte"],
    ['lost-card', 'He perdido mi tarjeta'],
    ['lost-card', 'Ik ben mijn pas kwijt'],
    ['fraud', "Someone's been using my card"],
    ['fraud', 'There are charges that I did not make'],
    ['fraud', 'Mein Konto wurde gehackt'],
    ['fraud', 'Mon compte a été piraté'],
    ['fraud', 'Creo que es una estafa'],
    ['fraud', 'Ik ben opgelicht'],
    ['outage', 'Your whole system is down'],
    ['outage', 'Bei uns geht nichts mehr'],
    ['outage', 'Plus rien ne fonctionne'],
    ['outage', 'Caída total del sistema'],
    ['outage', 'Er is een grote storing'],
    ['safety', 'The battery caught fire'],
    ['safety', 'Das Netzteil raucht'],
    ['safety', "L'appareil a pris feu"],
    ['safety', 'El cargador está en llamas'],
    ['safety', 'Het apparaat staat in brand'],
    ['deadline', 'I need the papers by end of day today'],
    ['deadline', 'Die Frist endet heute um 18 Uhr'],
    ['deadline', 'Il me faut une réponse avant ce soir'],
    ['deadline', 'El plazo termina hoy'],
    ['deadline', 'De deadline is vandaag'],
  ])('%s: "%s"', (kind, text) => {
    expect(urgencyIn(`Hello,\n${text}. Thank you`)).toBe(kind);
  });

  it.each([
    'What does a card cost?',
    'I found my lost card again',
    'My card was not stolen',
    'What happens if I lose my card?',
    'I lost my password',
    'My luggage was lost',
    'How do you protect me against fraud?',
    'Do you offer fraud insurance?',
    'Kein Betrug, nur eine Frage',
    'The outage last week is over, thank you',
    'The planned outage on Sunday',
    'Nobody was injured',
    'I work at the hospital',
    'Do you sell fire insurance?',
    'Feuerversicherung',
    'My parcel arrived today',
    'Your sale ends today',
    'The deadline for returns is 30 days',
    'Ich arbeite im Krankenhaus',
    "J'ai retrouvé ma carte, elle n'est pas perdue",
    'Si pierdo la tarjeta, ¿qué hago?',
    'Ik heb mijn pas teruggevonden',
    'De aanbieding vervalt vandaag',
    'Is my mortgage application through?',
  ])('is not "%s"', (text) => expect(urgencyIn(`Hello,\n${text}`)).toBeUndefined());

  it('is found without a fault in whatever is written', () => {
    fc.assert(
      fc.property(fc.string(), fc.string({ unit: 'grapheme' }), (one, other) => {
        const kind = urgencyIn(`${one}. ${other}`);
        return kind === undefined || KINDS.includes(kind);
      }),
    );
  });
});
