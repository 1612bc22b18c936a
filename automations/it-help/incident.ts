import { type Pattern, wholeWords as whole } from '../../lambdas/kit/text.ts';

/*
 * What is no question at the IT desk, found by code: a security incident, which the security team hears of at once, and a wish for
 * rights, which people decide. In English and German, as the company writes.
 */

export const INCIDENTS = ['lost-device', 'phishing', 'malware', 'data-leak'] as const;
export type Incident = (typeof INCIDENTS)[number];

const DEVICE =
  'laptops?|notebooks?|macbooks?|phones?|mobiles?|iphones?|tablets?|ipads?|badges?|usb[ -]?(?:stick|drive)s?';
const GERAET = '(?:dienst|firmen)?-?(?:laptops?|notebooks?|handys?|telefone?|tablets?|usb-?sticks?|ausweis)';

const SIGNS: Readonly<Record<Incident, readonly Pattern[]>> = {
  'lost-device': [
    whole(
      `(?:lost|stolen?|stole|missing|misplaced|left|forgot)(?: (?!battery|sound|connection)\\p{L}+){0,4} (?:${DEVICE})(?: \\p{L}+){0,3} (?:train|bus|taxi|cab|plane|flight|airport|hotel|caf[eé]|bar|restaurant|outside)`,
    ),
    whole(
      `(?:i(?:'ve| have)? |we(?:'ve| have)? )?(?:just )?(?:lost|misplaced) (?:my|our|a|the)(?: \\p{L}+){0,2} (?:${DEVICE})`,
    ),
    whole(`(?:stole|taken|robbed of|nicked)(?: \\p{L}+){0,3} (?:${DEVICE})`),
    whole(
      `(?:${DEVICE}) (?:(?:was|is|were|are|has|have|been|got|just|must|be) ){1,4}(?:lost|stolen|missing|gone|taken)`,
    ),
    whole(`${GERAET}(?: \\p{L}+){0,5} (?:verloren|gestohlen|geklaut|verschwunden|liegen ?gelassen|weg)`),
    whole(`(?:verloren\\p{L}*|gestohlen\\p{L}*)(?: \\p{L}+){0,3} ${GERAET}`),
  ],
  phishing: [
    whole(
      '(?:clicked|opened|followed|entered|typed|gave|filled)(?: \\p{L}+){0,8} (?:phish\\p{L}*|suspicious|strange|fake|fraudulent|dubious|scam)(?: \\p{L}+){0,4}',
    ),
    whole(
      '(?:phish\\p{L}*|suspicious|strange|fake|dubious|scam)(?: \\p{L}+){0,8} (?:clicked|opened|entered|typed|gave|filled in|told)(?: \\p{L}+){0,4}',
    ),
    whole('(?:clicked|followed)(?: \\p{L}+){0,4} link(?: \\p{L}+){0,8} (?:password|login|credentials|code)'),
    whole(
      '(?:entered|typed|gave|told)(?: \\p{L}+){0,4} (?:password|credentials|pin|code)(?: \\p{L}+){0,6} (?:mail|e-?mail|page|site|website|caller|phone|stranger|somebody|someone)',
    ),
    whole(
      "(?:approved|confirmed|accepted)(?: \\p{L}+){0,4} (?:prompt|sign-in|login|request)(?: \\p{L}+){0,4} (?:not mine|(?:did not|didn't) (?:make|start|ask))",
    ),
    whole(
      '(?:phishing|verdächtige\\p{L}*|gefälschte\\p{L}*)(?: \\p{L}+){0,8} (?:geklickt|eingegeben|geöffnet|angeklickt)|(?:passwort|kennwort)(?: \\p{L}+){0,6} (?:falschen|gefälschten|fremden)(?: \\p{L}+){0,3}',
    ),
  ],
  malware: [
    whole(
      'ransomware|malware|trojan|keylogger|virus (?:warning|found|detected|on my)|(?:has|have|got|caught|with) a virus|(?:files|laptop|computer|pc|screen)(?: \\p{L}+){0,4} (?:encrypted|locked) (?:by|and)(?: \\p{L}+){0,6} (?:money|bitcoins?|pay|ransom)|(?:somebody|someone|mouse)(?: \\p{L}+){0,4} (?:controls|controlling|moves|moving)(?: \\p{L}+){0,4}(?: by itself| on its own| my (?:mouse|screen|laptop))',
    ),
    whole('schadsoftware|erpressungs\\p{L}+|trojaner|virus (?:gefunden|auf meinem)|(?:habe|hat) einen virus'),
    whole('(?:account|mailbox)(?: \\p{L}+){0,3} (?:hacked|taken over|compromised)|hacked|gehackt'),
  ],
  'data-leak': [
    whole(
      '(?:sent|mailed|shared|uploaded|published|posted|forwarded)(?: \\p{L}+){0,10} (?:to the wrong|by mistake|publicly|accidentally|on the internet|wrong (?:person|address|customer|recipient))',
    ),
    whole(
      '(?:accidentally|by mistake|mistakenly)(?: \\p{L}+){0,3} (?:sent|mailed|shared|uploaded|published|posted|forwarded)',
    ),
    whole(
      'data (?:leak|breach)|(?:passwords?|customer data|personal data|salaries)(?: \\p{L}+){0,4} (?:public|leaked|exposed|visible to)',
    ),
    whole(
      'datenleck|datenpanne|(?:versehentlich|aus versehen|irrtümlich)(?: \\p{L}+){0,8} (?:geschickt|gesendet|geteilt|veröffentlicht|hochgeladen)',
    ),
  ],
};

/** In general, or over: a question that an article answers. */
const UNLESS = whole(
  "how (?:do|can|could|should) (?:i|we|you) (?:recogni[sz]e|report|avoid|spot|tell|protect)|what happens (?:if|when)|(?:never|not|haven't|hasn't|didn't|wasn't)(?: \\p{L}+){0,3} (?:clicked|opened|entered|lost|stolen|hacked|sent)|(?:found|got) (?:it|my \\p{L}+)(?: \\p{L}+){0,2} (?:again|back)|was ist,? wenn|wie (?:erkenne|melde)|(?:training|exercise|course|policy|protection|software) (?:for|about|against)?|wiedergefunden",
);

/** Somebody wants to be let in, or to be allowed something. */
const ACCESS = [
  whole(
    '(?:need|want|get|give|grant|have|request|requesting|like|require|add|set up|provide)(?: \\p{L}+){0,6} (?:access|permissions?|rights|admin|administrator|privileges|member(?:ship)?) (?:to|for|on|in|rights|of)(?: \\p{L}+){0,4}',
  ),
  whole('(?:admin|administrator|root|write|read|edit(?:ing)?|owner) (?:rights|access|permissions?|role)'),
  whole(
    '(?:add|invite|put) (?:me|him|her|them|us|\\p{L}+)(?: \\p{L}+){0,3} (?:to|into) (?:the )?(?:\\p{L}+ ){0,3}(?:group|team|channel|list|folder|project)',
  ),
  whole(
    '(?:zugriff|zugang|berechtigung\\p{L}*|adminrechte?|rechte) (?:auf|für|zu|zum|zur|an)|freischalt\\p{L}+|(?:brauche|benötige)(?: \\p{L}+){0,4} (?:zugriff|zugang|adminrechte|berechtigung\\p{L}*)',
  ),
] as const;
/** It worked before, or is asked about in general. */
const NO_WISH = whole(
  "(?:lost|no longer have|have no|no|can't get|cannot get)(?: \\p{L}+){0,3} access to (?:the )?(?:internet|wi-?fi|vpn|network|my (?:mail|mailbox|account))|without (?:admin\\p{L}*|administrator) rights|kein(?:en)? zugang zum (?:internet|wlan|vpn)",
);

const sentencesOf = (text: string) =>
  [
    ...text
      .toLowerCase()
      .replaceAll(/[’‘`´]/g, "'")
      .matchAll(/[^.!?\n;]{3,}/gu),
  ].map(([it]) => it.slice(0, 600));

export function incidentIn(text: string): Incident | undefined {
  const told = sentencesOf(text).filter((sentence) => !UNLESS.test(sentence));
  return INCIDENTS.find((kind) => told.some((it) => SIGNS[kind].some((sign) => sign.test(it))));
}

export function wantsAccess(text: string): boolean {
  return sentencesOf(text).some((it) => ACCESS.some((sign) => sign.test(it)) && !NO_WISH.test(it));
}
