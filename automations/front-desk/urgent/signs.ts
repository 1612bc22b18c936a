import { type Pattern, wholeWords as whole } from '../../../lambdas/kit/text.ts';

/* What makes a message urgent, in one sentence of it. Written in lower case, with straight apostrophes. */

export const KINDS = ['lost-card', 'fraud', 'outage', 'safety', 'deadline'] as const;
export type Kind = (typeof KINDS)[number];

interface Signs {
  /** One of them in a sentence is enough. */
  says: readonly Pattern[];
  /** The sentence tells of something else, asks in general, or says that it is over. */
  unless: readonly Pattern[];
}

const LOST_THING = String.raw`(?:cards?|wallet|purse|phone|mobile|bank ?cards?|(?:credit|debit)[ -]?cards?|visa|mastercard|amex|maestro)(?! (?:pin|number|reader|details|statement))`;
const KARTE = String.raw`(?:\p{L}*karten?|geldb(?:oe|ö)rse|portemonnaie|geldbeutel|brieftasche|handy|smartphone|telefon)`;
const CARTE = String.raw`(?:cartes?(?: (?:bancaires?|bleues?|de crédit))?|portefeuille|porte-monnaie|téléphone|sac)`;
const TARJETA = String.raw`(?:tarjetas?(?: de (?:crédito|débito))?|cartera|monedero|billetera|móvil|teléfono|bolso)`;
const PAS = String.raw`(?:\p{L}*pas(?:je|sen)?|(?:bank|credit)kaart(?:en)?|kaart(?:en)?|portemonnee|telefoon|portefeuille|tas)`;

export const SIGNS: Readonly<Record<Kind, Signs>> = {
  'lost-card': {
    says: [
      whole(
        String.raw`(?:lost|losing|stole|stolen|misplaced|missing|mislaid|nicked|pinched|(?:can't|cant|cannot|can not|couldn't|unable to) (?:seem to )?(?:find|locate))(?: (?!password|passcode|in|the app)\p{L}+){0,4} ${LOST_THING}`,
      ),
      whole(
        String.raw`${LOST_THING} (?:(?:that )?(?:was|were|is|are|has|have|had|got|went|just|been|gone|may|might|must|be|now|also|probably|apparently) ){0,5}(?:lost|stolen|missing|misplaced|taken from me|nicked|pinched|gone(?! through))`,
      ),
      whole(
        String.raw`report(?:ed|ing)?(?: \p{L}+){0,6} cards?(?: \p{L}+){0,3} (?:as )?(?:lost|stolen|missing)|card theft|(?:lost|stolen),? (?:credit |debit )?card`,
      ),
      whole(String.raw`(?:mugged|pickpocketed|(?:stole|took) my (?:bag|handbag|backpack|purse|wallet))`),
      whole(
        String.raw`(?:freeze|block|lock|stop|cancel)(?: \p{L}+){0,3} cards? (?:now|immediately|at once|asap|right away|straight away)`,
      ),
      whole(
        String.raw`${KARTE}(?: \p{L}+){0,6} (?:verloren|gestohlen|geklaut|entwendet|abhanden\p{L}*|verschwunden|weg)`,
      ),
      whole(String.raw`(?:verloren\p{L}*|gestohlen\p{L}*|geklaut\p{L}*)(?: \p{L}+){0,3} ${KARTE}`),
      whole(String.raw`(?:perdu|volé[es]*|égaré[es]*|dérobé[es]*)(?: \p{L}+){0,3} ${CARTE}`),
      whole(String.raw`${CARTE}(?: \p{L}+){0,4} (?:perdue?s?|volée?s?|égarée?s?|dérobée?s?)`),
      whole(
        String.raw`(?:perdido|perdí|robado|robaron|extraviado|extravié|sustraído)(?: \p{L}+){0,4} ${TARJETA}`,
      ),
      whole(String.raw`${TARJETA}(?: \p{L}+){0,3} (?:perdid[ao]s?|robad[ao]s?|extraviad[ao]s?)`),
      whole(String.raw`${PAS}(?: \p{L}+){0,5} (?:kwijt(?:geraakt)?|verloren|gestolen|gejat|gepikt)`),
      whole(String.raw`(?:verloren|gestolen)(?: \p{L}+){0,3} ${PAS}`),
    ],
    unless: [
      whole(String.raw`(?:if|in case|when|should|what happens if|suppose)(?: \p{L}+){0,3} (?:lose|loses)`),
      whole(
        String.raw`found|(?:got) (?:it|them|my \p{L}+)(?: \p{L}+){0,3} (?:again|back)|lost in (?:the )?(?:delivery|mail|post|transit)`,
      ),
      whole(String.raw`(?:not|never|wasn't|isn't|hasn't been|n't been) (?:been )?(?:lost|stolen|missing)`),
      whole(
        String.raw`(?:falls|wenn)(?: \p{L}+){0,6} verliere\p{L}*|wiedergefunden|nicht (?:verloren|gestohlen)`,
      ),
      whole(String.raw`retrouvée?s?|(?:en cas|si je perd\p{L}*)|pas (?:été )?(?:perdue?|volée?)`),
      whole(
        String.raw`(?:he|hemos) (?:vuelto a )?encontrado|en caso de|si pierdo|no (?:está |ha sido )?(?:perdid|robad)[ao]`,
      ),
      whole(
        String.raw`teruggevonden|weer gevonden|als ik(?: \p{L}+){0,4} verlies|niet (?:gestolen|verloren)`,
      ),
    ],
  },
  fraud: {
    says: [
      whole(
        String.raw`(?:fraud(?:ulent(?:ly)?|sters?)?|scam(?:med|mers?)?|hacked|hackers?|phish(?:ed|ing)|identity theft|unauthori[sz]ed (?:\p{L}+ ){0,2}(?:charges?|payments?|transactions?|withdrawals?|use|access|transfers?|purchases?)|compromised|cloned|skimmed)`,
      ),
      whole(
        String.raw`(?:someone|somebody|a thief|another person|person)(?: else)?(?:'s)?(?: (?:is|has|was|were|may|might|could|be|been|have|had|just|else|possibly|must))* (?:using|utili[sz]ing|used|use|stole|stolen|took|has|have|gotten|got hold of|access(?:ed|ing)?|copied|made|ordered|ordering|take|taking|took)(?: \p{L}+){0,4} (?:card|account|details|information|info|money|identity|copy)`,
      ),
      whole(
        String.raw`(?:charges?|payments?|transactions?|purchases?|withdrawals?|transfers?|activity)(?: \p{L}+){0,7} (?:that )?(?:i|we) (?:(?:did not|didn't|didnt|have not|haven't|never) (?:make|made|do|done|authori[sz]ed?|approved?|purchased?))|(?:suspicious|questionable|illegal|shady) (?:\p{L}+ ){0,2}(?:charges?|payments?|transactions?|activity|withdrawals?)|(?:card|account) (?:details|data|info|information|number)(?: \p{L}+){0,4} (?:stolen|exposed|leaked|copied)`,
      ),
      whole(
        String.raw`(?:card|account)(?: (?:is|has|was|being|been|might|may|be|have|number|details|info))+ (?:used|stolen|copied|accessed)(?: \p{L}+){0,2} (?:by|without)`,
      ),
      whole(
        String.raw`betr(?:u|ü)g\p{L}*|betrogen|gehackt|phishing|missbrauch\p{L}*|unbefugt\p{L}*|nicht autorisiert\p{L}*|identitätsdiebstahl`,
      ),
      whole(
        String.raw`(?:jemand|fremde\p{L}*)(?: \p{L}+){0,4} (?:karte|konto|daten|zugang)(?: \p{L}+){0,4} (?:benutzt|nutzt|verwendet|zugegriffen|missbraucht)`,
      ),
      whole(
        String.raw`fraud(?:e|es|uleux|uleuse|uleuses)|arnaqu\p{L}+|escroqu\p{L}+|pirat(?:é|ée|és|age)|hameçonnage|usurpation|non autorisée?s?`,
      ),
      whole(
        String.raw`quelqu'un(?: \p{L}+){0,3} (?:utilise|utilisé|a accès)(?: \p{L}+){0,3} (?:carte|compte)`,
      ),
      whole(
        String.raw`fraude|fraudulent[ao]s?|estafa\p{L}*|estafad[ao]|hackead[ao]|suplantación|phishing|no autorizad[ao]s?`,
      ),
      whole(
        String.raw`alguien(?: \p{L}+){0,3} (?:usando|usa|usado|utiliza\p{L}*)(?: \p{L}+){0,3} (?:tarjeta|cuenta)`,
      ),
      whole(
        String.raw`fraude|frauduleus\p{L}*|oplicht\p{L}*|opgelicht|gehackt|phishing|misbruik\p{L}*|identiteitsfraude|niet geautoriseerd\p{L}*`,
      ),
      whole(
        String.raw`iemand(?: \p{L}+){0,4} (?:pas|kaart|rekening|account)(?: \p{L}+){0,3} (?:gebruikt|misbruikt)`,
      ),
    ],
    unless: [
      whole(
        String.raw`(?:prevent|protect(?:ion|ed|s)?|insurance|insure[ds]?|against|policy|avoid|checks? for|monitoring)(?: \p{L}+){0,4} (?:fraud\p{L}*|scams?|phishing|hackers?|identity theft|hacked)`,
      ),
      whole(
        String.raw`(?:fraud|scam|phishing) (?:protection|prevention|insurance|policy|department|checks?|training|awareness)`,
      ),
      whole(
        String.raw`(?:no|not|isn't|wasn't|never|n't)(?: (?:a|been|think|it|is|was|my|account|card))* (?:fraud\p{L}*|scam\p{L}*|hacked|compromised)`,
      ),
      whole(
        String.raw`betrugsschutz|(?:vor|gegen|kein\p{L}*|nicht)(?: \p{L}+){0,2} (?:betrug|betrogen|phishing|gehackt)|betrugsprävention`,
      ),
      whole(
        String.raw`(?:contre|pas|aucune|prévention|protection)(?: \p{L}+){0,3} (?:fraude?s?|arnaque|hameçonnage|piraté)`,
      ),
      whole(
        String.raw`(?:contra|ninguna|ningún|no hay|prevención|protección)(?: \p{L}+){0,3} (?:fraudes?|estafas?|phishing)`,
      ),
      whole(
        String.raw`(?:tegen|geen|fraudepreventie|bescherming)(?: \p{L}+){0,3} (?:fraude|oplichting|phishing)`,
      ),
    ],
  },
  outage: {
    says: [
      whole(
        String.raw`(?:(?:complete|total|major|full|system[- ]?wide|nationwide) )?outage|(?:whole|entire|all of your) (?:service|system|site|platform|shop|app)(?: (?:is|are|has been|went|seems|totally|completely))+ (?:down|offline|dead)|(?:production|our shop|all (?:our|the) (?:tills|terminals|stores|registers))(?: \p{L}+){0,3} (?:down|offline|stopped|standing still)|nothing works (?:an?y ?more|at all)(?: \p{L}+){0,4}|down for (?:everyone|everybody|all (?:of us|users|customers))|none of (?:us|our \p{L}+) can (?:log ?in|pay|work|access)`,
      ),
      whole(
        String.raw`totalausfall|(?:ganze\p{L}*|komplett\p{L}*|gesamte\p{L}*)(?: \p{L}+){0,2} (?:ausgefallen|down|offline|steht still|ausfall)|(?:alle|keine\p{L}*)(?: \p{L}+){0,3} kassen?\p{L}*(?: \p{L}+){0,3} (?:ausgefallen|funktioniert|stehen)|bei uns (?:geht|läuft) (?:gar )?nichts mehr`,
      ),
      whole(
        String.raw`panne (?:générale|totale|complète)|(?:tout|tous|toutes)(?: \p{L}+){0,4} (?:en panne|hors service)|plus rien ne (?:marche|fonctionne)`,
      ),
      whole(
        String.raw`(?:caída|caído|avería) (?:general|total|generalizada)|todo (?:el \p{L}+ )?(?:está )?caído|nada funciona|ningun[ao](?: \p{L}+){0,3} funciona`,
      ),
      whole(
        String.raw`(?:totale|algehele|grote) storing|alles (?:ligt|is) (?:plat|eruit|down)|niets werkt meer|(?:alle|geen enkele)(?: \p{L}+){0,3} (?:ligt|liggen|werkt) (?:plat|niet|meer)`,
      ),
    ],
    unless: [
      whole(
        String.raw`(?:last|yesterday|previous|planned|past|during the|after the|since the)(?: \p{L}+){0,4} (?:outage|down)|outage (?:last|yesterday|was|is over|report)|back (?:up|online) again`,
      ),
      whole(
        String.raw`(?:gestern|letzte\p{L}*|geplant\p{L}*)(?: \p{L}+){0,4} (?:ausfall|ausgefallen|totalausfall)`,
      ),
      whole(String.raw`(?:hier|dernière|prévue)(?: \p{L}+){0,4} panne|panne(?: \p{L}+){0,3} (?:hier|prévue)`),
      whole(String.raw`(?:ayer|pasada|prevista)(?: \p{L}+){0,4} (?:caída|avería)`),
      whole(String.raw`(?:gisteren|vorige|geplande)(?: \p{L}+){0,4} storing`),
    ],
  },
  safety: {
    says: [
      whole(
        String.raw`(?:caught|catching|on) fire|(?:is|was|are|started) (?:burning|smoking|overheating|sparking|leaking (?:acid|gas|fuel))|smells? (?:of|like) (?:gas|burning|smoke)|electric(?:al)? shock|electrocuted|exploded|explosion|(?:got|was|were|been|is|badly) (?:injured|burned|burnt|poisoned|hospitali[sz]ed)|(?:am|i'm|is|he's|she's|was|are|landed|ended up) in (?:the )?hospital|allergic (?:reaction|shock)|carbon monoxide|(?:hurt|kill|harm) (?:myself|himself|herself)|choking|danger to life|life[- ]threatening`,
      ),
      whole(
        String.raw`brennt|feuer gefangen|in flammen|raucht|riecht nach (?:gas|rauch|verbrannt\p{L}*)|stromschlag|explodiert|verletzt|verbrannt|krankenhaus|lebensgefahr|vergiftet|allergische reaktion`,
      ),
      whole(
        String.raw`pris feu|en feu|brûlé\p{L}*|sent le (?:gaz|brûlé)|choc électrique|électrocut\p{L}*|explosé|blessée?s?|hôpital|danger de mort|réaction allergique|intoxiqué\p{L}*`,
      ),
      whole(
        String.raw`en llamas|se (?:ha )?(?:incendiado|quemado)|incendio|huele a (?:gas|quemado|humo)|descarga eléctrica|explot(?:ó|ado)|herid[ao]s?|hospital|peligro de muerte|reacción alérgica|intoxicad[ao]`,
      ),
      whole(
        String.raw`in brand|vlam gevat|brandlucht|gaslucht|ruikt naar (?:gas|brand)|elektrische schok|ontploft|gewond(?:e|en)?|ziekenhuis|levensgevaar|vergiftigd|allergische reactie`,
      ),
    ],
    unless: [
      whole(
        String.raw`(?:fire|accident|health|hospital|injury) (?:insurance|cover|sale|department|extinguishers?)|work(?:s|ing)? (?:in|at|for) (?:a|the|our)? ?hospital|(?:burning|burns) (?:question|calories|money)|burned? (?:out|calories|a cd)|no(?:body|t|-one| one)(?: \p{L}+){0,3} (?:injured|hurt|burned)`,
      ),
      whole(
        String.raw`(?:feuer|unfall|kranken\p{L}*)versicherung|arbeite(?: \p{L}+){0,3} krankenhaus|niemand(?: \p{L}+){0,3} verletzt|verletzt(?: \p{L}+){0,4} (?:recht\p{L}*|vertrag\p{L}*|pflicht\p{L}*|agb)|brennt mir`,
      ),
      whole(
        String.raw`assurance(?: \p{L}+){0,2} incendie|travaille(?: \p{L}+){0,3} hôpital|personne(?: \p{L}+){0,3} blessé`,
      ),
      whole(
        String.raw`seguro(?: \p{L}+){0,3} (?:incendio|hospital)|trabaj\p{L}+(?: \p{L}+){0,3} hospital|nadie(?: \p{L}+){0,3} herid`,
      ),
      whole(
        String.raw`(?:brand|ongevallen)verzekering|werk(?: \p{L}+){0,3} ziekenhuis|niemand(?: \p{L}+){0,3} gewond`,
      ),
    ],
  },
  deadline: {
    says: [
      whole(
        String.raw`(?:by|until|before|no later than) (?:the )?(?:end of (?:the )?(?:day|business) today|today|tonight|noon today|close of business today|\d{1,2}(?::\d\d)? ?(?:am|pm|h|o'clock)? today)|(?:deadline|due|expires?|ends?|closes?|cut-?off)(?: \p{L}+){0,3} (?:today|tonight|in (?:an|one|two|three) hours?|in \d ?(?:h|hours?|minutes?))|(?:flight|train|wedding|funeral|court hearing|surgery|operation|closing)(?: \p{L}+){0,3} (?:is )?(?:today|tonight|in (?:an|one|two|three) hours?|in \d ?(?:h|hours?))`,
      ),
      whole(
        String.raw`(?:bis|vor) (?:heute|spätestens heute)(?: \p{L}+){0,3}|heute bis|(?:frist|läuft|endet|fällig|flug|termin)(?: \p{L}+){0,4} heute(?: \p{L}+){0,2}|noch heute|in (?:einer|zwei|drei|\d) stunden? (?:ab|aus|fällig|flug)`,
      ),
      whole(
        String.raw`(?:avant|d'ici|jusqu'à) (?:ce soir|aujourd'hui|la fin de la journée|midi aujourd'hui)|(?:délai|échéance|expire|termine|vol|train)(?: \p{L}+){0,4} (?:aujourd'hui|ce soir|dans (?:une|deux|trois|\d) heures?)`,
      ),
      whole(
        String.raw`(?:antes de|hasta|para) (?:hoy|esta noche|el final del día|que acabe el día)|(?:plazo|vence|termina|caduca|vuelo|tren)(?: \p{L}+){0,4} (?:hoy|esta noche|en (?:una|dos|tres|\d) horas?)`,
      ),
      whole(
        String.raw`(?:vóór|voor|tot|uiterlijk) (?:vandaag|vanavond|het einde van de dag)|(?:deadline|verloopt|vervalt|vlucht|trein)(?: \p{L}+){0,4} (?:vandaag|vanavond|over (?:een|twee|drie|\d) uur)`,
      ),
    ],
    unless: [
      whole(
        String.raw`(?:arrive|delivered|deliver|come|received?|shipped|dispatched|charged|paid)(?: \p{L}+){0,4} (?:today|tonight|heute)`,
      ),
      whole(
        String.raw`(?:was|were) (?:due|supposed|meant|promised)|(?:sale|offer|promotion|discount|voucher)(?: \p{L}+){0,3} (?:ends?|expires?|closes?)|angebot\p{L}*|aktion\p{L}*|rabatt\p{L}*|soldes|promotion|oferta|descuento|aanbieding|korting`,
      ),
    ],
  },
};
