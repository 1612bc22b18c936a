import { describe, expect, it } from 'vitest';
import { languageOf } from '../../../lambdas/kit/language/language.ts';

/* Complaints as people write them: short, and partly without accents. */
const SAID: Readonly<Record<string, readonly string[]>> = {
  de: [
    'Mir wurde zweimal Geld abgebucht.',
    'Die Lampe kam gestern kaputt an, das Glas ist zersplittert. Ich möchte mein Geld zurück.',
    'Ich habe die Bestellung storniert, bevor sie verschickt wurde.',
    'Das Paket ist seit drei Wochen unterwegs und nie angekommen',
    'warum habt ihr das geld noch nicht zurueck ueberwiesen',
    'Könnt ihr mir bitte sagen, wo meine Lieferung bleibt?',
  ],
  en: [
    'I was charged twice for the same order.',
    'The lamp arrived broken yesterday.',
    'i want my money back',
    'My parcel never came. It was shipped a month ago.',
    'Cancelled it an hour after ordering, still charged',
    'Please refund me, this is not what I ordered.',
  ],
  fr: [
    "J'ai été débité deux fois pour la même commande.",
    'La lampe est arrivée cassée hier, je veux être remboursé.',
    "Mon colis n'est jamais arrivé.",
    "j'ai annule la commande avant l'expedition",
    'Le produit est endommagé et je ne peux pas le garder.',
    'Où est ma commande ? Elle a été expédiée il y a trois semaines.',
  ],
  nl: [
    'Er is twee keer geld van mijn rekening afgeschreven.',
    'De lamp is gisteren kapot aangekomen, ik wil mijn geld terug.',
    'Mijn pakket is nooit bezorgd.',
    'Ik heb de bestelling geannuleerd voordat deze werd verzonden',
    'Het product is beschadigd en ik kan het niet gebruiken.',
    'Waar blijft mijn bestelling? Die is drie weken geleden verstuurd.',
  ],
  es: [
    'Me han cobrado dos veces el mismo pedido.',
    'La lámpara llegó rota ayer y quiero mi dinero.',
    'Mi paquete nunca ha llegado.',
    'cancele el pedido antes de que lo enviaran',
    'El producto está dañado y no lo puedo usar.',
    '¿Dónde está mi pedido? Lo enviaron hace tres semanas.',
  ],
  it: [
    'Mi è stato addebitato due volte lo stesso ordine.',
    'Il pacco non è mai arrivato, vorrei un rimborso.',
  ],
  pt: [
    'Fui cobrado duas vezes pelo mesmo pedido.',
    'A encomenda nunca chegou, quero o meu dinheiro de volta.',
  ],
};

describe('the language of a complaint', () => {
  it.each(
    Object.entries(SAID).flatMap(([language, texts]) => texts.map((text) => [language, text] as const)),
  )('is %s: %s', (language, text) => expect(languageOf(text)).toBe(language));

  it.each([
    '',
    'W4998173',
    '48.02 EUR',
    '订单已收到',
    'Zamówienie nie dotarło, proszę o zwrot pieniędzy.',
    'Tilaus ei ole saapunut, haluan rahani takaisin.',
    'Das ist nicht meine Bestellung. This is not my order.',
    'ok',
  ])('is not told of %j', (text) => expect(languageOf(text)).toBeUndefined());

  it('is that of the beginning of a long text, and of a heap of marks soon', () => {
    expect(languageOf(`${`${SAID.de?.join(' ')} `.repeat(15)} ${'the and is not '.repeat(50_000)}`)).toBe(
      'de',
    );
    expect(languageOf(`a${'\u0301'.repeat(100_000)}`)).toBeUndefined();
  });

  it('is told whatever the case, and whichever the apostrophe', () => {
    expect(languageOf('J’AI ÉTÉ DÉBITÉ DEUX FOIS')).toBe('fr');
    expect(languageOf('MIR WURDE ZWEIMAL GELD ABGEBUCHT')).toBe('de');
  });
});
