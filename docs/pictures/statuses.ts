import { Picture } from './svg.ts';

/** Which status follows which. `node docs/pictures/draw.ts` writes it to statuses.svg. */
export function statuses(): string {
  const picture = new Picture(1000, 400, 'The statuses of an item');
  const box = picture.box.bind(picture);
  const arrow = picture.arrow.bind(picture);

  box('stage', { x: 24, y: 60, w: 120, h: 46 }, 'received');
  box('stage', { x: 214, y: 60, w: 130, h: 46 }, 'processing');
  box('stage', { x: 424, y: 60, w: 160, h: 46 }, 'waiting_approval');
  box('stage', { x: 664, y: 60, w: 110, h: 46 }, 'acting');
  box('end', { x: 854, y: 60, w: 122, h: 46 }, 'done');
  box('end', { x: 262, y: 190, w: 100, h: 46 }, 'refused');
  box('end', { x: 404, y: 190, w: 96, h: 46 }, 'rejected');
  box('end', { x: 516, y: 190, w: 96, h: 46 }, 'expired');
  box('rest', { x: 424, y: 320, w: 160, h: 50 }, 'quarantined', 'the item is wrong');
  box('rest', { x: 664, y: 320, w: 150, h: 50 }, 'parked', 'the world is wrong');

  arrow([[144, 83], [212, 83]]);
  arrow([[344, 77], [422, 77]], { at: [383, 70], text: 'ask', anchor: 'middle' });
  arrow([[584, 83], [662, 83]], { at: [623, 76], text: 'approve', anchor: 'middle' });
  arrow([[774, 83], [852, 83]]);
  arrow([[279, 60], [279, 30], [719, 30], [719, 58]], { at: [500, 23], text: 'act', anchor: 'middle' });
  arrow([[312, 106], [312, 188]], { at: [320, 150], text: 'refuse' });
  arrow([[452, 106], [452, 188]], { at: [460, 150], text: 'reject' });
  arrow([[556, 106], [556, 188]], { at: [564, 150], text: 'no answer in time' });
  arrow([[244, 106], [244, 345], [422, 345]], { at: [330, 338], text: 'InputError', anchor: 'middle' });
  arrow([[700, 106], [700, 280], [504, 280], [504, 318]], { at: [604, 273], text: 'refused by the destination', anchor: 'middle' });
  arrow([[744, 106], [744, 318]], { at: [752, 200], text: 'no more tries, outcome' });
  picture.text(752, 215, 'unknown, or our fault', 'small', 'start');
  arrow([[228, 106], [228, 388], [739, 388], [739, 372]], { at: [330, 382], text: 'endpoint down, budget spent', anchor: 'middle' });
  return picture.toString();
}
