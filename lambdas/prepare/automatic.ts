import type { MailHeaders } from '../contract/intake/mail.ts';

/* Whether a machine wrote a message: by its headers, or by words that only machines write. */

const any = (phrases: string) =>
  phrases
    .split('|')
    .map((it) => it.trim())
    .join('|');

/* A machine's heading stands alone or before a colon; a customer's sentence goes on. */
const HEADING = new RegExp(
  `^\\s*(?:${any(
    `automatic reply|auto(?:matic)?[- ]?(?:reply|response)|out of (?:the )?office(?: auto-?reply)?|undeliverable|delivery status notification|mail delivery (?:failed|failure)|undelivered mail returned to sender|acknowledg(?:e)?ment of receipt|
    automatische (?:rück)?antwort|auto(?:matische)?-?antwort|abwesenheits(?:notiz|nachricht|meldung|assistent)|abwesenheit|außer haus|unzustellbar|nicht zustellbar|eingangsbestätigung|empfangsbestätigung|
    réponse automatique|absence du bureau|message d['’]absence|avis d['’]absence|absente? du bureau|non remis|échec de (?:la )?remise|accusé de réception|
    respuesta automática|fuera de (?:la )?oficina|ausente de la oficina|aviso de ausencia|no se puede entregar|no entregado|acuse de recibo|
    risposta automatica|fuori (?:sede|ufficio)|mancato recapito|non recapitabile|conferma di ricezione|
    resposta automática|fora do escritório|ausência temporária|não entregue|
    automatisch antwoord|afwezigheids(?:bericht|melding)|niet aanwezig|onbestelbaar|ontvangstbevestiging|
    autosvar|automatiskt? svar|frånvaromeddelande|fraværsmelding|fraværsbesked|automaattinen vastaus|poissaoloilmoitus|automatyczna odpowiedź|autoodpowiedź|automatická odpověď|автоматический ответ|автоответ`,
  )})\\s*(?:[:(.!\\n]|$)`,
  'iu',
);

/** By its own word, at the beginning of a line. */
const SAYS_SO =
  /^(?:this (?:is an? |message |e-?mail )(?:was |has been )?(?:automat(?:ed|ic(?:ally)?)(?:[ -]generated)?|auto-?generated)|dies(?:e nachricht|e e-?mail)? (?:ist eine |wurde )automatisch|ceci est (?:une réponse|un message|un courriel|un e-?mail) automatique|(?:ce message|cet e-?mail|ce courriel) (?:a été|est) (?:généré|envoyé) automatiquement|est[ea] es (?:un|una) (?:mensaje|correo|respuesta) (?:automátic[oa]|generad[oa] automáticamente)|este (?:mensaje|correo) (?:ha sido|fue|se ha) (?:generado|enviado) automáticamente|questo è un messaggio automatico|dit is een automatisch)/iu;

/* Two sentences, and words of a third kind, of which a customer writes one at most. */
const PAIRS: readonly (readonly [RegExp, RegExp, RegExp?])[] = [
  [
    /^(?:i am|i['’]m|i will be|ich bin|ich befinde mich|je suis|je serai|estoy|estaré|me encuentro|sono|ik ben)\b.{0,80}(?:out of (?:the )?office|on (?:annual |parental |sick )?leave|on (?:vacation|holiday)|away|nicht im (?:büro|haus)|außer haus|abwesend|im urlaub|nicht erreichbar|absente?|en congés?|en vacances|fuera de (?:la )?oficina|de vacaciones|ausente|fuori (?:ufficio|sede)|in ferie|afwezig|met vakantie|niet aanwezig)/iu,
    /(?:(?:reply|respond|answer|get back|read) .{0,60}(?:return|as soon as)|(?:urgent|emergency|dringend\p{L}*|eilig\p{L}*|notf\p{L}+) ?.{0,40}(?:contact|please|matters|cases|fällen|wenden|angelegenheiten)|in (?:urgent|dringenden) |nach meiner rückkehr|(?:wieder|zurück) (?:erreichbar|im büro)|(?:nicht|keine|wird) .{0,20}weitergeleitet|à mon retour|dès mon retour|en cas d['’]urgence|a mi (?:regreso|vuelta|retorno)|en caso de urgencia|al mio (?:rientro|ritorno)|bij mijn terugkeer)/iu,
  ],
  [
    /^(?:thank you for (?:your (?:message|e-?mail|enquiry|inquiry|request)|contacting)|we(?: have|['’]ve) received your|your (?:message|request|enquiry|e-?mail) (?:has been|was) received|vielen dank für ihre|danke für ihre|wir haben ihre .{0,30}(?:erhalten|empfangen)|ihre .{0,30}ist bei uns eingegangen|merci (?:pour|de) (?:votre|nous avoir)|nous (?:avons bien reçu|accusons réception)|votre (?:message|demande) a (?:bien )?été|gracias por (?:su|tu|contactar|ponerse|escribir)|hemos recibido su|su (?:mensaje|solicitud) ha sido|grazie per (?:il suo|la sua|averci)|abbiamo ricevuto|bedankt voor uw|wij hebben uw)/iu,
    /(?:we(?:['’]ll| aim| try| endeavou?r| shall|\b.{0,80}\bwill)|our team will|(?:our|a) (?:representative|agent|member) .{0,30}will|wir (?:werden|melden|bearbeiten|kümmern|antworten|setzen)|nous (?:vous répondrons|reviendrons|traiterons|mettons tout)|(?:une réponse|notre équipe) vous|(?:le|les|te) (?:responderemos|contestaremos|atenderemos)|nos pondremos|nuestro equipo|le risponderemo|la contatteremo|wij (?:nemen|zullen|antwoorden|reageren)|we (?:nemen|reageren))/iu,
    /within|as soon as|shortly|soon|\b(?:days?|hours?)\b|ticket|reference|case number|schnellst|kürze|bald|umgehend|tagen|stunden|délais|bref|heures|jours|brevedad|antes posible|horas|días|presto|breve|giorni|zo snel|spoedig|dagen/iu,
  ],
];

/** Longer ones, and those that ask something, were written by somebody. */
const MOST_CHARACTERS = 1500;

export function isAutomatic(subject: string, written: string, headers: MailHeaders = {}): boolean {
  if (saidByHeaders(headers) || HEADING.test(subject) || HEADING.test(written.slice(0, 200))) return true;
  if (written.length > MOST_CHARACTERS || /[?¿]/.test(written)) return false;
  const lines = written
    .split('\n', 60)
    .map((line) => line.trim())
    .filter(Boolean);
  if (lines.some((line) => SAYS_SO.test(line))) return true;
  // Below a greeting at most.
  return PAIRS.some(
    ([first, second, third]) =>
      lines.slice(0, 3).some((line) => first.test(line)) &&
      lines.some((line) => second.test(line)) &&
      (third?.test(written) ?? true),
  );
}

/** RFC 3834 and its forerunners; a list's message waits for nobody's answer either. */
function saidByHeaders({ autoSubmitted, precedence, listId, autoResponseSuppress }: MailHeaders): boolean {
  const said = (value: string | undefined) => value?.trim().toLowerCase() ?? '';
  return (
    (said(autoSubmitted) !== '' && !/^no\b/.test(said(autoSubmitted))) ||
    /^(?:bulk|junk|list|auto_?-?reply)$/.test(said(precedence)) ||
    said(listId) !== '' ||
    (said(autoResponseSuppress) !== '' && said(autoResponseSuppress) !== 'none')
  );
}
