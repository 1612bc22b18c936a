/*
 * Questions that vectors find near and that have different right answers, written for this bench: a hit on any of these pairs is wrong. Two
 * texts a line, by what tells them apart. `HARMLESS`: the same asked twice, so that a judge that refuses everything is seen as well.
 */

export const ATTACKS: Readonly<Record<string, string>> = {
  numbers: `
    Is invoice 48213 paid? | Is invoice 48214 paid?
    Please pay 100 EUR to the landlord | Please pay 1000 EUR to the landlord
    Refund 19.99 to my card | Refund 199.9 to my card
    I was charged twice for one order | I was charged three times for one order
    My order of two lamps is late | My order of seven lamps is late
    Ship a dozen boxes to the office | Ship a hundred boxes to the office
    Room 12 is too cold | Room 21 is too cold
    Set the limit to 5,000 please | Set the limit to 50,000 please
    the parcel weighs 2.5 kg | the parcel weighs 25 kg
    I need half of the amount back | I need double the amount back
    Is article 7A in stock? | Is article 7B in stock?
    Rechnung 2024-118 ist falsch | Rechnung 2024-181 ist falsch
    Extend my lease by six months | Extend my lease by nine months
    what is 10 percent of my bill | what is 15 percent of my bill
    Is it for orders above 50 and below 100? | Is it for orders below 50 and above 100?
    My question is about pages 3–5 | My question is about pages 3, 5
    Is the value of it minus five? | The value of it is five, is it?
    Do I get this every month? | Do I get this every fortnight?`,
  names: `
    Send the contract to Anna Berg | Send the contract to Peter Holm
    send the contract to alice | send the contract to robert
    Transfer money from Anna to Ben | Transfer money from Ben to Anna
    Is Dr. Weber available today? | Is Dr. Fischer available today?
    Please cancel the booking of Mr Jones | Please cancel the booking of Mrs Smith
    book a flight to paris for me | book a flight to london for me
    What is the weather in Oslo like? | What is the weather in Madrid like?
    Add john.doe@example.com to the list | Add jane.roe@example.com to the list
    I want to open an account at Alphabank | I want to open an account at Betabank
    Reset the password of user mkeller | Reset the password of user mkessler
    Is the Model X200 waterproof? | Is the Model X300 waterproof?
    Please call Maria back | Please call Laura back
    The supplier is Nordlicht GmbH | The supplier is Suedwind GmbH
    Remove David from the project "Harbour" | Remove David from the project "Airport"
    Kündigen Sie den Vertrag von Frau Meier | Kündigen Sie den Vertrag von Frau Schulz
    is the train to Hamburg late | is the train to Munich late
    deliver to 5 Mill Lane please | deliver to 5 Hill Lane please
    Give Sofia access to the folder | Give Elena access to the folder`,
  dates: `
    Move my appointment to Monday | Move my appointment to Friday
    I leave on 3 May | I leave on 3 June
    Is the shop open on 24 December? | Is the shop open on 26 December?
    The invoice is due tomorrow | The invoice is due today
    Book the room for next week | Book the room for this week
    My card expires in January | My card expires in July
    Termin am Dienstag bitte | Termin am Donnerstag bitte
    deliver it in the morning please | deliver it in the evening please
    Was the payment made on 2026-03-01? | Was the payment made on 2026-01-03?
    Is the shop open at 9 am? | Is the shop open at 9 pm?
    Where is my invoice of last month? | where is the invoice of this month
    I was charged 3 days ago | I will be charged in 3 days
    Is the offer open until Monday? | Is the offer open since Monday?
    I would like to pay for my plan yearly | is it possible to pay for the plan monthly
    My parcel came too early | The parcel came too late for me`,
  negations: `
    Please refund my order | Please do not refund my order
    I agree to the new terms | I don't agree to the new terms
    I have received the parcel | I haven't received the parcel
    The contract includes support | The contract includes no support
    I can log in to my account | I can't log in to my account
    Ich möchte das Abo behalten | Ich möchte das Abo nicht behalten
    I want a table with window seats | I want a table without window seats
    You may share my data with partners | You may never share my data with partners
    My card is working abroad | My card isn't working abroad
    Send me your newsletter | Send me no newsletter
    I do not want the red one but the blue one | I want the red one but not the blue one
    When do I have to do my check-in? | until when is it my check-out
    I want to opt-in to your mails | please let me opt-out of the mails
    I did not forget to send the form to you | I did forget not to send the form to you
    My transfer to the landlord is done | My transfer to the landlord failed
    Is the breakfast included in the price? | Is the breakfast excluded in the price?`,
  units: `
    The parcel weighs 5 kg | The parcel weighs 5 lb
    It is 30 km from here | It is 30 miles from here
    Give me a trial of 14 days | Give me a trial of 14 weeks
    the sensor shows 40 celsius | the sensor shows 40 fahrenheit
    I need 500 GB of storage | I need 500 MB of storage
    Deliver 20 litres of paint | Deliver 20 gallons of paint
    charge 5 % for late payment | charge 5 EUR for late payment
    Is a daily report possible for me? | Is a weekly report possible for me?
    I need 3 acres of land | I need 3 hectares of land`,
  currencies: `
    Pay 250 EUR to the supplier | Pay 250 USD to the supplier
    I paid €40 for the shipping | I paid £40 for the shipping
    Exchange dollars for euros please | Exchange euros for dollars please
    Can I hold my balance in yen? | Can I hold my balance in pounds?
    Convert my pounds to zloty | Convert my zloty to pounds
    The fee was 12 dollars | The fee was 12 francs
    Is my balance of ₽500 right? | Is my balance of ₩500 right?
    Was I charged A$100 for this? | Was I charged $100 for this?`,
  directions: `
    Please increase my credit limit | Please decrease my credit limit
    Raise the thermostat in my room | Lower the thermostat in my room
    Enable two-factor login for me | Disable two-factor login for me
    Block my debit card | Unblock my debit card
    I want to open a savings account | I want to close a savings account
    Cancel my subscription | Renew my subscription
    I want to buy shares of the fund | I want to sell shares of the fund
    Turn on the alerts for payments | Turn off the alerts for payments
    Add a driver to my insurance | Remove a driver from my insurance
    I want to deposit cash | I want to withdraw cash
    Call me before the delivery | Call me after the delivery
    Accept the offer of the tenant | Reject the offer of the tenant
    Upgrade my plan | Downgrade my plan
    When does the train arrive? | When does the train depart?
    Do I pay more than last year? | Do I pay less than last year?
    I was refunded by the shop | I was charged by the shop
    subscribe me to the list | unsubscribe me from the list
    Lock my account now | Unlock my account now
    is my order of a virtual card on its way | is my order of a physical card on its way
    Please send the money to my savings | Please send the money from my savings
    Was the payment made by my landlord? | Was the payment made to my landlord?
    Where do I hide my profile picture? | Where do I show my profile picture?
    Is the sender of it known to you? | Is the recipient of it known to you?
    Can I pause my membership? | Can I resume my membership?
    The room is too hot for me | it is too cold in the room`,
  order: `
    Transfer from savings to checking | Transfer from checking to savings
    Turn off autopay and turn on alerts | Turn on autopay and turn off alerts
    Swap the blue sofa for the green chair | Swap the green sofa for the blue chair
    The tenant owes the landlord rent | The landlord owes the tenant rent
    Move files from archive to inbox | Move files from inbox to archive`,
  numerals: `
    I need twenty-five licences for my team | I need twenty-seven licences for my team
    What is the fee for thirty-one days? | What is the fee for forty-one days?
    Is the third instalment paid? | Is the fourth instalment paid?
    I did not get the fifth box of my order | I did not get the ninth box of the order
    Please change the twenty-first line | Please change the twenty-second line
    Send me a couple of the blue cups | Send me a dozen of those blue cups
    My thirteenth salary is missing here | where is my fourteenth salary
    The freezer in my room is at -5 degrees | The freezer in my room is at 5 degrees
    Is it right that the value is < 40? | Is it right that the value is > 40?
    My answer to your question is 👍 | My answer to your question is 👎`,
  abbreviations: `
    Does DHL deliver my parcel? | Will UPS bring my parcel?
    Can I pay with VISA here? | Do you let me pay by AMEX?
    Is my tax number for the UK right? | What is the right tax number for the US?
    Who is the head of HR? | Who leads the IT department?
    What is a BIC good for? | What do I need an IBAN for?
    Am I on plan b? | Was my plan c?`,
  prefixes: `
    Was the payment authorised by me? | Was that payment unauthorised?
    My account is verified now | Is my account unverified?
    Please connect my phone | how can I disconnect the phone
    This is a contactless card, is it? | Is this a card with contact?
    Is the plan limited? | is your plan unlimited?
    My order was placed | My order was misplaced`,
  languages: `
    Jeg vil ha pakken min i dag | Jeg vil ikke ha pakken min i dag
    Jag vill behålla min prenumeration | Jag vill inte behålla min prenumeration
    Chcę zwrócić dwie koszulki | Chcę zwrócić trzy koszulki
    Wyślij fakturę do klienta | Nie wysyłaj faktury do klienta
    Ik wil vijf stoelen bestellen | Ik wil zeven stoelen bestellen
    Voglio annullare il contratto | Non voglio annullare il contratto
    Quero pagar em duas vezes | Quero pagar em três vezes
    Haluan perua tilauksen | En halua perua tilausta
    Siparişi iptal etmek istiyorum | Siparişi iptal etmek istemiyorum
    Я хочу вернуть заказ | Я не хочу вернуть заказ
    我想取消订单 | 我不想取消订单
    注文をキャンセルしたいです | 注文をキャンセルしたくないです
    أريد إلغاء الطلب | لا أريد إلغاء الطلب
    Ich brauche einundzwanzig Stühle | Ich brauche zweiundzwanzig Stühle
    Je voudrais soixante-dix chaises | Je voudrais quatre-vingts chaises
    Quiero quince sillas para la sala | Quiero veinte sillas para la sala
    Den Betrag bitte erstatten, er ist zu hoch | Den Betrag bitte berechnen, er ist hoch`,
  persons: `
    Do I owe you money? | Do you owe me money?
    Did I send you the form? | Did you send me the form?
    Please cancel my subscription | Please cancel her subscription
    Is it his account that is closed? | Is it her account that is closed?
    Where do I read about my policy? | Where do I read about your policy?
    My son needs a card from you | My daughter needs a card from you`,
  amounts: `
    Please delete my messages | Please delete all my messages
    I want this in the blue box | I only want this in the blue box
    My card was charged for it | My card was charged for it again
    I want my card | I want another card`,
  asked: `
    When will my order arrive? | Where will my order arrive?
    Why do I pay this fee? | When do I pay this fee?
    How much is the delivery to me? | How long is the delivery to me?
    Who signed my contract with you? | When was my contract with you signed?
    Do I have to return the box? | Can I return the box?
    Must I pay the fee for this? | May I pay the fee for this?`,
  compared: `
    Is basic better than premium? | Is premium better than basic?
    I want tea instead of coffee | I want coffee instead of tea
    Call me after lunch before dinner | Call me before lunch after dinner`,
  disguises: `
    I do want my money back | I do nоt want my money back
    Please do it now, I agree | Please do it now, но я не agree
    I have a van to insure | I have a car to insure
    I want to insure my door | I want to insure my roof
    Where is my parcel? | Where is my refund?`,
  mixed: `
    Can I bring my dog to the hotel? | Can I bring my cat to the hotel?
    Does the fee go to you or to the bank? | Does the fee come from you or the bank?
    I would like to pay half now and the rest later | I would like to pay the rest now and half later
    Are you open on bank holidays? | Are you closed on bank holidays?
    Do you ship to the north of the country? | Do you ship from the north of the country?
    Please ignore my last message | Please answer my last message
    Is it cheaper with the card than without? | Is it cheaper without the card than with?
    I need a receipt for the tax office | I need a receipt from the tax office
    Has the courier picked up my parcel? | Has the courier dropped off my parcel?
    Can a minor open an account with you? | Can an adult open an account with you?
    My wife cannot log in to her account | My husband cannot log in to his account
    Do I get my deposit back when I leave? | Do I get my deposit back when I stay?
    Which documents do you need from my landlord? | Which documents does my landlord need from you?
    How do I turn my phone on silent? | How do I turn my phone off silent?
    The blue one fits, the red one does not | The red one fits, the blue one does not
    Can I pay in two parts? | Can I pay in full?
    Is my warranty still valid? | Is my warranty no longer valid?
    I was told that it is free | I was told that it is not free of charge
    Is it legal to sublet my flat? | Is it illegal to sublet my flat?
    Can I use the card at home and abroad? | Can I use the card only at home?
    When do you open? | When do you close?
    Who do I call about a lost card? | Who do I call about a stolen card?
    Please book me in for the course | Please take me out of the course
    I need to speak with someone about a new loan | I need to speak with someone about an old loan
    Does the app work without internet? | Does the app work with internet?
    How do I get rid of the app? | How do I get hold of the app?
    Please set my language to English | Please set my language to German
    The payment went through twice, is that right? | The payment went through, is that right?
    Your driver was rude to me | I was rude to your driver
    I am not happy with it, cancel it please | I am happy with it, do not cancel it please
    Please don't stop the delivery | Please stop the delivery, don't wait
    Is the limit per day or per card? | Is the limit per month or per card?
    Can I get a refund after 14 days? | Can I get a refund within 14 days?
    up to 5 people may come, right? | at least 5 people may come, right?
    Is it due by Monday? | Is it due after Monday?
    Send it to me by mail, not by courier please | Send it to me by courier, not by mail please`,
  words: `
    I lost my passport on the trip | I lost my luggage on the trip
    My laptop screen is broken | My laptop keyboard is broken
    How do I change my address? | How do I change my password?
    The kitchen light does not work | The bathroom light does not work
    Please send me the gas contract | Please send me the water contract
    I have a question about my pension | I have a question about my mortgage`,
};

export const HARMLESS = `
    How do I reset my password? | how can i reset my password
    Where is my parcel? | where's my parcel please
    I want to cancel my subscription | Hi, I'd like to cancel my subscription, thanks
    My card has not arrived yet | my card still has not arrived
    What is your refund policy? | what's the refund policy
    I would like to change my delivery address | can I change my delivery address please
    The app does not open | Hello, the app does not open
    Can I pay by bank transfer? | is it possible to pay by bank transfer?
    I forgot my PIN | i forgot my pin, help
    When will my order arrive? | when will the order arrive?
    Is invoice 48213 paid? | has invoice 48213 been paid?
    Please send invoices to billing@example.com | send my invoices to billing@example.com please
    My transfer to Anna Berg failed | the transfer to Anna Berg has failed
    I was charged twice for one order | i was charged twice for my one order
    Could you cancel my subscription? | I want to cancel my subscription
    I did not receive my refund yet | i haven't received the refund yet
    Why was my card declined? | why is my card being declined
    How do I activate my new card? | how can I activate the new card
    What do I need to do to change my PIN? | how do I change my pin
    I would like all of my invoices | please send me all my invoices`;

export function pairsIn(lines: string): [string, string][] {
  return lines
    .trim()
    .split('\n')
    .map((line) => line.split('|').map((text) => text.trim()) as [string, string]);
}
