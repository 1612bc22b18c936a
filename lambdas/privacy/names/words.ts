/* What stands in a text with a capital and is no name, or not by itself. */

const list = (words: string) => new Set(words.trim().split(/\s+/));

/** Never part of a person's name: days, months, forms of companies, places of streets, words of letters. */
export const NEVER = list(`
period sale season gift card rate limit service fee offer discount price plan shipping delivery return refund payment balance credit debit transfer
monday tuesday wednesday thursday friday saturday sunday january february march july september october november december
montag dienstag mittwoch donnerstag freitag samstag sonntag januar februar märz mai juni juli oktober dezember
lundi mardi mercredi jeudi vendredi samedi dimanche lunes martes miércoles jueves viernes sábado domingo
inc ltd llc llp corp corporation company co gmbh ag kg se plc sa sas srl spa bv nv oy ab group holding holdings partners associates solutions services service systems technologies technology tech labs bank insurance university college school academy institute hospital clinic center centre department team committee council agency office ministry court church foundation association union club society project conference summit report invoice statement account contract agreement policy order ticket case claim street avenue road boulevard lane drive square plaza park station airport hotel restaurant cafe museum library theater theatre city county state country north south east west
dear hello hi hey greetings regards best sincerely thanks thank cheers yours kind warm warmly cordially respectfully attn attention subject re fwd fw cc bcc to from sent date phone email mail fax tel mobile address name customer client support agent user system sir madam maam team all everyone everybody there hr it ceo cto cfo coo vp pm am usa uk eu us
jan feb mar apr jun jul aug sep sept oct nov dec mon tue wed thu thurs fri sat sun xmas christmas easter
london paris berlin madrid rome milan verona florence vienna dublin atlanta dallas houston austin boston seattle memphis detroit phoenix orlando hudson brooklyn manhattan sydney melbourne toronto vancouver calgary burnaby lima delhi mumbai chicago california texas florida georgia carolina dakota virginia montana nevada arizona alabama alaska america england scotland wales ireland france germany spain italy china india japan russia brazil canada mexico kenya israel jordan san santa los las saint fort mount lake port new york
the a an and or but if then this that these those he she it we you they i my your his her its our their me him us them what when where who why how which yes no not ok okay sure please sorry great good well also just only very more most many much any some every each other another new old next last first second third once now today tomorrow yesterday here there with without within for of on in at by as is are was were be been being do does did have has had can could should would may might must shall will let get got make made see say said know think want need like use call send sent give given take taken come go going done hiring manager director engineer developer assistant coordinator supervisor representative specialist analyst number amount application birthday update meeting details request information security social account loan looking forward project product software
der die das ein eine und oder aber wenn ich du er sie es wir ihr mein dein sein unser euer nicht kein ja nein bitte danke sehr mit von zu im am auf für bei nach vor aus über
le la les un une des et ou mais si je tu il elle nous vous ils elles mon ma mes votre vos notre nos ne pas oui non merci avec pour de du dans sur par
el los las una unos y o pero yo tú usted nosotros su sus mi no sí gracias con para por en al del
`);

/** Also a word or a place: a name only with a family name, a title or a greeting. */
export const DOUBTFUL = list(`
ace admiral alba alpha amber america an angel ann any april archer argentina art asia asp august aurora austin autumn ava bailey bald baby baker banks bar bay bear beau bee bell bella berry beth bill bird bishop blaze bliss blue bond boone boy brandy bridge brook brown buck bud bunny butch can candid candy car care carol case cash chance chandler charity chase che cherry chic chip christian christmas clay cliff coco cody colt comfort con constant cookie coop coral court crystal curry daily dale dallas dash dawn day deal dean deck del delta derby destiny dev diamond dick dill dixie do doc dock doll dolly don dot drew duke dusty early easter ebony eden echo el even ever faith fair fan fancy far fax fern field fin fine finn flower ford forest fox france free gay gene general genesis georgia ginger glad glory golden grace grant gray green guy gypsy ham happy harmony harp haven hazel heath heather heaven heritage hill holly honey honor hope hunt hunter indiana iris island ivory ivy jade jan jasper jay jersey jet jewel job jordan journey joy june junior just justice king kit knight lane large lark laurel law lee legacy liberty lily line link long love lucky lung magic major mark marina marine mars marshall mason master max may mead melody mercury mercy merry mile miles mill min mine minor miracle misty moon more moss my nan ned nick nova oak ocean olive oral page park parker pat patience pearl penny per pet phoenix pink piper pixie poet porter precious price prince princess promise prudence purity queen rain raven ray red reed regent rich river robin rock rod roman rose rosemary row royal ruby rusty sage sandy savannah scarlet scot sea season see serenity shade shannon shelby shell shiloh sierra silver skip sky smith sol son song spring star sterling stone storm sue summer sun sunny sunshine sydney tan taylor tea temple terra thorn tiger tip tone town trace tracy trinity trip trip true unique urban van vale victor victoria vienna violet virgin virginia von wade walker ward way west wheeler will willow win winter wolf wood worth wren york young zen
corny earnest feline hasty innocent lean lone rosy ruddy serene stormy thorny windy witty worthy merrily till arcade beret bran divine fedora flint granny jazz kick lava lay octave poppy rim saw tuba valentine amid among astride pace axe brand cross darn deny gad gust haze lock pave pip puff ring wash wilt loyal vital eben islam land regen tor venus vite bon durant caro rico mar mel rio vela loan happy job male female mobile main data note plan bless bold bright
man lot wake even lil merry hey yo baby bros band light red happy better sig notes signs visit camp care registration physician italia
rich major prime dev test admin demo page link home app web cloud data
`);

/** Words that families are called by: behind a given name they make a name of it. */
export const FAMILIES = list(`
smith brown taylor green white black hill young wood woods king lee long baker cook walker hunter ward parker miller west fox cross rose stone banks bell bishop berry cooper carter turner mason price reed ross grant marshall gray grey brooks fields rivers
`);

/** Before a name, also without a point. */
export const TITLES = list(`
mr mrs ms miss mx dr prof professor sir madam madame mme mlle monsieur herr frau hr fr señor señora sr sra srta signor signora sig officer judge justice captain capt lieutenant sergeant sgt detective attorney nurse reverend rev father sister pastor pan pani meneer mevrouw dott dottor ing
`);

/** Between the words of a name. */
export const PARTICLES = list(
  `van von de der den del della di da dos du la le bin ibn al el ter ten zu af av y`,
);
