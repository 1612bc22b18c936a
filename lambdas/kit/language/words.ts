import type { Language } from '../../contract/item/cases.ts';

/* Small words, and those of complaints and orders. One that several languages have speaks for each of them by its share. */
export const WORDS: Readonly<Record<Language, string>> = {
  de: `der die das und ist nicht sie ein eine einen einem einer wir ihr haben hat habe hatte für mit auf von zu zum zur den dem des im in
    am an bei nach vor über unter aus als wie wenn dass weil aber oder auch noch schon nur sehr mehr kein keine keinen ich mir mich mein
    meine meinen meiner es er wurde wurden werden wird sind war waren bin kann können muss möchte bitte danke ihre ihren ihnen uns unser
    bestellung bestellt geld zurück rechnung konto karte abgebucht geliefert lieferung paket angekommen kaputt beschädigt storniert seit
    tage tagen woche wochen monat gestern heute zweimal doppelt warum wo wann was bis`,
  en: `the and is not you a an we have has had for with on of to your in please this that these those will are was were be been can could
    would should it its our my me i he she they them their there but or if so as at by from up out about just still only very more no do
    does did don doesn didn haven hasn wasn isn been when where why what who how which all any some twice charged order ordered money
    back refund received arrived delivered broken damaged cancelled card account since day days week weeks month ago yesterday today
    want need never`,
  es: `el la los las lo y es no usted un una unos unas nosotros para con en de que su sus por se del al está están son ser fue han he ha
    hemos había puede pueden favor me mi mis te le les yo muy más pero como cuando donde porque ya todavía aún también sin sobre hasta
    desde entre esta este esto ese esa qué pedido dinero devolución reembolso factura cuenta tarjeta cobrado cobraron recibido llegado
    llegó entregado roto dañado cancelado cancelé hace días semana semanas mes ayer hoy dos veces nunca gracias quiero`,
  fr: `le la les l et est pas vous un une nous avons pour avec sur de des du d votre vos dans que qu ce cette ces sera sont peut merci je
    j ai me mon ma mes il elle ils au aux en ne n se s été être avoir avait fait mais ou où si comme quand depuis plus très bien encore
    déjà jamais rien sans sous entre par commande commandé argent remboursement rembourser facture compte carte débité reçu arrivé livré
    livraison colis cassé endommagé annulé annulée jours semaine semaines mois hier aujourd hui deux fois pourquoi`,
  it: `il lo la i gli le e è non lei un uno una noi abbiamo per con su di che sua suo nel nella del della dei delle al alla da dal questo
    questa sono può grazie ho ha hanno mi mio mia miei si ci anche ancora già più molto ma o se come quando dove perché senza tra fino
    dopo prima stato stata essere ordine ordinato soldi denaro rimborso fattura conto carta addebitato ricevuto arrivato consegnato
    pacco rotto danneggiato annullato giorni settimana settimane mese ieri oggi due volte mai vorrei`,
  nl: `de het een en is niet u wij we ik mij mijn hebben heb heeft had voor met op van te tot uw in dat dit deze die wordt werd zijn was
    kan ook aan bij naar uit over onder als maar of om er nog al geen wel meer zeer door dan toen wanneer waar waarom hoe wat alstublieft
    bedankt bestelling besteld geld terug terugbetaling factuur rekening kaart afgeschreven ontvangen aangekomen geleverd bezorgd pakket
    kapot beschadigd geannuleerd sinds dagen week weken maand gisteren vandaag twee keer nooit graag moet`,
  pt: `o os a as e é não você um uma nós temos para com em de que sua seu por se do da dos das na no nas nos são pode obrigado obrigada eu
    meu minha me foi ser estar está tem tenho mas ou como quando onde porque já ainda também sem sobre até desde entre este esta isso
    muito mais pedido dinheiro reembolso fatura conta cartão cobrado recebi recebido chegou entregue quebrado danificado cancelado
    cancelei faz dias semana semanas mês ontem hoje duas vezes nunca quero`,
};

/** Letters that the language has, and its neighbours of this list have not, or rarely. */
export const LETTERS: Readonly<Record<Language, RegExp>> = {
  de: /[ßäöü]/g,
  en: /\b(?:i'm|i've|it's|don't|didn't|haven't|hasn't|can't|won't|isn't)\b/g,
  es: /[ñ¿¡]|\p{L}ción\b/gu,
  fr: /[çêœèùû]|\b[cdjlmnqst]'(?=\p{L})|\bqu'/gu,
  it: /[ìò]|\b(?:dell|nell|all|un)'(?=\p{L})|\p{L}zione\b/gu,
  nl: /ij|aa|\b\p{L}*(?:oe|ee)\p{L}*\b/gu,
  pt: /[ãõ]|ção\b|nh/g,
};
