import type { Template } from '../../../lambdas/contract/parameters.ts';
import { field, ofAction } from '../../../lambdas/contract/parameters.ts';
import { languageOf } from '../../../lambdas/kit/language/language.ts';
import type { Order } from './order.ts';

/* What customers are told, in their language: fixed sentences with figures of code in them, and no word of anybody else. */

export const LANGUAGES = ['en', 'de', 'fr', 'es', 'nl'] as const;
export type LetterLanguage = (typeof LANGUAGES)[number];
export type Outcome = 'refunded' | 'partly' | 'denied';

const TEXTS: Readonly<Record<LetterLanguage, Readonly<Record<Outcome, string>>>> = {
  en: {
    refunded:
      'Hello,\n\nwe have refunded {currency} {amount} for your order {order}. The money goes back the way you paid; most banks show it within five working days.\n\nYour customer service',
    partly:
      'Hello,\n\nof the {currency} {asked} that you asked for we have refunded {currency} {amount} for your order {order}. The money goes back the way you paid; most banks show it within five working days. If you see it differently, just answer this mail.\n\nYour customer service',
    denied:
      'Hello,\n\nwe have looked at your request about order {order}. Our refund policy does not allow a refund in this case. If we have missed something, just answer this mail and a person will look at it again.\n\nYour customer service',
  },
  de: {
    refunded:
      'Guten Tag,\n\nwir haben Ihnen {currency} {amount} für Ihre Bestellung {order} erstattet. Das Geld kommt auf dem Weg zurück, auf dem Sie bezahlt haben; die meisten Banken zeigen es innerhalb von fünf Werktagen an.\n\nIhr Kundenservice',
    partly:
      'Guten Tag,\n\nvon den {currency} {asked}, um die Sie gebeten haben, haben wir Ihnen {currency} {amount} für Ihre Bestellung {order} erstattet. Das Geld kommt auf dem Weg zurück, auf dem Sie bezahlt haben; die meisten Banken zeigen es innerhalb von fünf Werktagen an. Wenn Sie das anders sehen, antworten Sie einfach auf diese Mail.\n\nIhr Kundenservice',
    denied:
      'Guten Tag,\n\nwir haben Ihre Anfrage zur Bestellung {order} geprüft. Nach unseren Erstattungsregeln ist in diesem Fall keine Erstattung möglich. Wenn wir etwas übersehen haben, antworten Sie einfach auf diese Mail; dann sieht es sich noch einmal jemand an.\n\nIhr Kundenservice',
  },
  fr: {
    refunded:
      'Bonjour,\n\nnous vous avons remboursé {amount} {currency} pour votre commande {order}. L’argent revient par le moyen de paiement que vous avez utilisé ; la plupart des banques l’affichent sous cinq jours ouvrés.\n\nVotre service client',
    partly:
      'Bonjour,\n\nsur les {asked} {currency} que vous avez demandés, nous vous avons remboursé {amount} {currency} pour votre commande {order}. L’argent revient par le moyen de paiement que vous avez utilisé ; la plupart des banques l’affichent sous cinq jours ouvrés. Si vous n’êtes pas d’accord, répondez simplement à ce message.\n\nVotre service client',
    denied:
      'Bonjour,\n\nnous avons examiné votre demande concernant la commande {order}. Nos règles ne permettent pas de remboursement dans ce cas. Si quelque chose nous a échappé, répondez simplement à ce message : une personne l’examinera de nouveau.\n\nVotre service client',
  },
  es: {
    refunded:
      'Hola:\n\nLe hemos devuelto {amount} {currency} por su pedido {order}. El dinero vuelve por el medio de pago que usó; la mayoría de los bancos lo muestran en cinco días hábiles.\n\nSu servicio de atención al cliente',
    partly:
      'Hola:\n\nDe los {asked} {currency} que nos pidió, le hemos devuelto {amount} {currency} por su pedido {order}. El dinero vuelve por el medio de pago que usó; la mayoría de los bancos lo muestran en cinco días hábiles. Si no está de acuerdo, responda a este mensaje.\n\nSu servicio de atención al cliente',
    denied:
      'Hola:\n\nHemos revisado su solicitud sobre el pedido {order}. Nuestras reglas no permiten un reembolso en este caso. Si se nos ha escapado algo, responda a este mensaje y una persona lo revisará de nuevo.\n\nSu servicio de atención al cliente',
  },
  nl: {
    refunded:
      'Hallo,\n\nwe hebben u {currency} {amount} terugbetaald voor uw bestelling {order}. Het geld komt terug via de betaalwijze die u hebt gebruikt; de meeste banken tonen het binnen vijf werkdagen.\n\nUw klantenservice',
    partly:
      'Hallo,\n\nvan de {currency} {asked} waar u om hebt gevraagd, hebben we u {currency} {amount} terugbetaald voor uw bestelling {order}. Het geld komt terug via de betaalwijze die u hebt gebruikt; de meeste banken tonen het binnen vijf werkdagen. Bent u het er niet mee eens, beantwoord dan gewoon deze mail.\n\nUw klantenservice',
    denied:
      'Hallo,\n\nwe hebben uw verzoek over bestelling {order} bekeken. Volgens ons terugbetaalbeleid is in dit geval geen terugbetaling mogelijk. Hebben we iets over het hoofd gezien, beantwoord dan gewoon deze mail; dan kijkt er nog eens iemand naar.\n\nUw klantenservice',
  },
};

const SUBJECTS: Readonly<Record<LetterLanguage, string>> = {
  en: 'Your order',
  de: 'Ihre Bestellung',
  fr: 'Votre commande',
  es: 'Su pedido',
  nl: 'Uw bestelling',
};

export const nameOf = (outcome: Outcome, language: LetterLanguage) => `${outcome}-${language}`;

const SLOTS = {
  order: field('orderId'),
  currency: field('currency'),
  asked: field('amount'),
  // The text says what is paid, also after an approver has changed it.
  amount: ofAction('refund', 'amount'),
};

function templateOf(text: string): Template {
  const slots = Object.entries(SLOTS).filter(([name]) => text.includes(`{${name}}`));
  return { text, slots: Object.fromEntries(slots) };
}

export const templates: Readonly<Record<string, Template>> = Object.fromEntries(
  LANGUAGES.flatMap((language) =>
    (['refunded', 'partly', 'denied'] as const).map((outcome) => [
      nameOf(outcome, language),
      templateOf(TEXTS[language][outcome]),
    ]),
  ),
);

export function subjectOf({ language, orderId }: Readonly<Record<string, unknown>>): string {
  return `${SUBJECTS[LANGUAGES.find((one) => one === language) ?? 'en']} ${String(orderId)}`;
}

/** The language of the complaint; where code is not sure of it, the one on file, and English where there is none. */
export function letterLanguage(text: string, customer: Order['customer']): LetterLanguage {
  const written = languageOf(text);
  return LANGUAGES.find((one) => one === written) ?? customer?.language ?? 'en';
}
