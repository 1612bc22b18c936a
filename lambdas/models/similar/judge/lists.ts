/*
 * Words that turn an answer round, as `plainly` writes them. Whether a text is in English at all is told first (`english.ts`): the other
 * languages of these lists are for single words in an English text. A word that no list has is left to the other guards.
 */

export const list = (words: string): ReadonlySet<string> => new Set(words.trim().split(/\s+/));

/** Each line: words of one side, and of the other. */
export const OPPOSITES: readonly (readonly [ReadonlySet<string>, ReadonlySet<string>])[] = `
  increase increased increasing raise raised raising higher grow up erhohen hoher augmenter subir | decrease decreased decreasing reduce reduced reducing lower lowered lowering down senken niedriger reduire bajar
  more most maximum max above over mehr plus mas | less fewer least minimum min below under weniger moins menos
  enable enabled activate activated activating activation on aktivieren activer activar | disable disabled deactivate deactivated deactivating deactivation off deaktivieren desactiver desactivar
  open opened opening reopen offnen ouvrir abrir | close closed closing schliessen fermer cerrar
  lock locked freeze frozen block blocked blocking sperren bloquer bloquear | unlock unlocked unfreeze unblock unblocked unblocking entsperren debloquer desbloquear
  add added adding hinzufugen ajouter anadir | remove removed removing delete deleted deleting entfernen loschen supprimer quitar eliminar
  buy bought buying purchase kaufen acheter comprar | sell sold selling verkaufen vendre vender
  send sent sending senden envoyer enviar outgoing outbound | receive received receiving erhalten recevoir recibir incoming inbound
  deposit deposited depositing einzahlen | withdraw withdrew withdrawing withdrawal auszahlen abheben
  credit credited credits gutschrift | debit debited debits lastschrift
  before earlier vor avant antes | after later nach apres despues
  start started starting begin beginning starten commencer empezar | stop stopped stopping end ending stoppen arreter parar
  accept accepted accepting approve approved approving annehmen accepter aceptar | decline declined declining reject rejected rejecting deny denied refuse refused ablehnen refuser rechazar
  upgrade upgraded upgrading | downgrade downgraded downgrading
  renew renewed renewing extend extended keep verlangern renouveler renovar | cancel cancelled canceled cancelling canceling terminate terminated kundigen stornieren annuler resilier cancelar
  import imported importing | export exported exporting
  login signin | logout signout
  hire hired hiring einstellen | fire fired firing entlassen
  lend lent lending verleihen preter prestar | borrow borrowed borrowing leihen emprunter
  subscribe subscribed subscribing abonnieren | unsubscribe unsubscribed unsubscribing abbestellen
  allow allowed allowing permit permitted erlauben | forbid forbidden prohibit prohibited ban banned verbieten
  first erste premier primero | last letzte dernier ultimo
  in inside into | out outside
  arrive arrives arrived arriving arrival ankunft | depart departs departed departing departure leave leaves leaving abfahrt
  left links gauche izquierda | right rechts droite derecha
  show shows showing shown visible | hide hides hiding hidden invisible
  high big bigger biggest large larger largest expensive pricey dearer costly | low small smaller smallest cheap cheaper cheapest
  long longer longest | short shorter shortest
  fast faster fastest quickly | slow slower slowest slowly
  early earlier sooner ahead | late later delayed overdue
  new newer newest latest | old older oldest former previous
  hot warm warmer heating | cold cool cooler cooling
  full filled | empty emptied
  include includes included including | exclude excludes excluded excluding
  sender | recipient receiver
  payer | payee
  lender creditor | borrower debtor
  landlord | tenant
  seller vendor | buyer
  employer | employee
  host | guest
  he him himself son brother father husband man men male boy | she herself daughter sister mother wife woman women female girl
  domestic inland national home | international foreign abroad overseas
  public | private
  business company corporate commercial | personal consumer household
  online web website | offline store branch office counter
  pause paused pausing suspend suspended | resume resumed resuming continue continued
  join joined joining | leave leaving quit quitting
  push pushed | pull pulled
  since | until till
  within | after
  pick picked picking | drop dropped dropping
  prepaid | postpaid
  gross | net
  manual manually | automatic automatically
  working works worked | broken broke breaks
  north northern | south southern
  east eastern | west western
  front | rear
  fixed | variable
  positive plus | negative minus
  virtual | physical
  true yes ja oui si | false nein non
  win won gain gained profit | lose lost loss
  pass passed | fail failed
  encrypt encrypted | decrypt decrypted
  connect connected | disconnect disconnected
  install installed installing | uninstall uninstalled uninstalling
  refund refunded refunding erstatten rembourser reembolsar | charge charged charging berechnen facturer cobrar`
  .trim()
  .split('\n')
  .map((line) => {
    const [one = '', other = ''] = line.split('|');
    return [list(one), list(other)] as const;
  });

export const DATES = list(`
  january february march april june july august september october november december jan feb mar apr jun jul aug sep sept oct nov dec
  monday tuesday wednesday thursday friday saturday sunday mon tue tues wed weds thu thur thurs fri today tomorrow yesterday tonight morning afternoon evening
  noon midnight spring summer autumn winter christmas easter weekend januar februar marz mai juni juli oktober dezember montag dienstag
  mittwoch donnerstag freitag samstag sonntag heute morgen gestern janvier fevrier mars avril juin juillet aout septembre octobre novembre
  decembre lundi mardi mercredi jeudi vendredi samedi dimanche demain hier enero febrero marzo abril mayo junio julio agosto septiembre
  octubre noviembre diciembre lunes martes miercoles jueves viernes sabado domingo hoy manana ayer next previous upcoming`);

/** How much of it is meant. */
export const MOST: ReadonlyMap<string, string> = new Map(
  `all:all every:all each:all everything:all everybody:all everyone:all whole:all entire:all entirely:all only:only solely:only exclusively:only again:again anew:again another:other other:other others:other minus:minus negative:minus`
    .split(/\s+/)
    .map((pair) => pair.split(':') as [string, string]),
);

export const UNITS: ReadonlyMap<string, string> = new Map(
  `second seconds sec secs:s minute minutes min mins:m hour hours hr hrs hourly:h day days daily:d night nights nightly:nt week weeks weekly:w fortnight fortnights fortnightly biweekly:2w month months
  monthly:mo bimonthly:2mo quarterly:qu year years yearly annual annually:y decade decades:10y kg kilo
  kilos kilogram kilograms:kg g gram grams:g lb lbs:lb ounce ounces oz:oz ton tons tonnes:t km kilometer kilometers kilometre
  kilometres:km mile miles:mi meter meters metre metres:me cm:cm mm:mm inch inches:in foot feet ft:ft yard yards:yd liter liters litre
  litres:l ml:ml gallon gallons:gal kb:kb mb:mb gb:gb tb:tb percent percentage pct:% celsius:c fahrenheit:f kelvin:k watt watts kw kwh
  mwh:kwh pint pints:pt acre acres:ac hectare hectares:ha psi:psi volt volts:v amp amps:a piece pieces pcs:pc`
    .split(/:(\S+)\s*/)
    .flatMap((_, at, all) =>
      at % 2 === 0
        ? (all[at] ?? '').split(/\s+/).map((word) => [word, all[at + 1] ?? ''] as [string, string])
        : [],
    )
    .filter(([word]) => word !== ''),
);

export const CURRENCIES: ReadonlyMap<string, string> = new Map(
  `€:eur eur:eur euro:eur euros:eur $:usd usd:usd dollar:usd dollars:usd bucks:usd £:gbp gbp:gbp pound:gbp pounds:gbp quid:gbp ¥:jpy
  jpy:jpy yen:jpy cny:cny yuan:cny rmb:cny chf:chf francs:chf sek:sek krona:sek nok:nok dkk:dkk krone:dkk inr:inr rupee:inr rupees:inr
  ₹:inr aud:aud cad:cad nzd:nzd sgd:sgd hkd:hkd pln:pln zloty:pln czk:czk huf:huf brl:brl real:brl mxn:mxn peso:mxn pesos:mxn zar:zar
  rand:zar try:try lira:try rub:rub ruble:rub rubles:rub us$:usd krw:krw won:krw btc:btc bitcoin:btc eth:eth cents:c cent:c pence:p`
    .split(/\s+/)
    .map((pair) => pair.split(':') as [string, string]),
);
