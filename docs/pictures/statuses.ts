import { Picture } from './svg.ts';

/** Which status follows which. `node docs/pictures/draw.ts` writes it to statuses.svg. */
export function statuses(): string {
  const picture = new Picture(1000, 400, 'The statuses of an item');
  const box = picture.box.bind(picture);
  const arrow = picture.arrow.bind(picture);

  box('stage', '24 60 120 46', 'received');
  box('stage', '214 60 130 46', 'processing');
  box('stage', '424 60 160 46', 'waiting_approval');
  box('stage', '664 60 110 46', 'acting');
  box('end', '854 60 122 46', 'done');
  box('wait', '24 190 110 50', 'deferred', 'people are late');
  box('wait', '150 190 110 50', 'suspended', 'budget is spent');
  box('end', '304 190 88 46', 'refused');
  box('end', '404 190 96 46', 'rejected');
  box('end', '516 190 96 46', 'expired');
  box('rest', '424 320 160 50', 'quarantined', 'the item is wrong');
  // From every status before 'acting': an arrow from each would hide the others.
  box('end', '838 320 138 50', 'withdrawn', 'taken back in time');
  box('rest', '664 320 150 50', 'parked', 'the world is wrong');

  arrow('144 83, 212 83');
  arrow('344 77, 422 77', 'ask', '383 70', 'middle');
  arrow('584 83, 662 83', 'approve', '623 76', 'middle');
  arrow('774 83, 852 83');
  arrow('279 60, 279 30, 719 30, 719 58', 'act', '500 23', 'middle');
  arrow('64 106, 64 188');
  arrow('110 190, 110 140, 190 140, 190 95, 212 95');
  arrow('236 106, 236 188');
  arrow('222 190, 222 108');
  arrow('326 106, 326 188', 'refuse', '334 150');
  arrow('452 106, 452 188', 'reject', '460 150');
  arrow('556 106, 556 188', 'no answer in time', '564 150');
  arrow('290 106, 290 345, 422 345', 'InputError', '352 338', 'middle');
  arrow('700 106, 700 280, 504 280, 504 318', 'refused by the destination', '604 273', 'middle');
  arrow('744 106, 744 318', 'no more tries, outcome', '752 200');
  picture.text(752, 215, 'unknown, or our fault', 'small', 'start');
  arrow('274 106, 274 388, 739 388, 739 372', 'endpoint down for a day, no more tries', '430 382', 'middle');
  return picture.toString();
}
