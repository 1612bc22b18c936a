import { Picture } from './svg.ts';

/** The way of one item, stage by stage. `node docs/pictures/draw.ts` writes it to flow.svg. */
export function flow(): string {
  const picture = new Picture(1000, 600, 'The way of one item through Signalbox');
  const box = picture.box.bind(picture);
  const arrow = picture.arrow.bind(picture);

  picture.region('band', { x: 20, y: 104, w: 960, h: 150 });
  picture.region('band', { x: 20, y: 316, w: 960, h: 150 });
  picture.text(126, 124, 'Thinking: repeatable, changes nothing outside', 'title', 'start');
  picture.text(222, 342, 'Doing: once, and only after the gate', 'title', 'start');
  picture.region('group', { x: 372, y: 134, w: 592, h: 104 }, 'process: ten items at a time');

  box('outside', { x: 36, y: 22, w: 152, h: 52 }, 'your system', 'POST …/items');
  box('outside', { x: 664, y: 22, w: 152, h: 52 }, 'model endpoint', 'OpenAI-compatible');
  box('stage', { x: 36, y: 164, w: 152, h: 62 }, 'intake', 'checks, stores,', 'answers 202');
  box('queue', { x: 224, y: 172, w: 112, h: 46 }, 'work queue');
  box('stage', { x: 388, y: 166, w: 118, h: 58 }, 'prepare', 'plain text');
  box('stage', { x: 532, y: 166, w: 118, h: 58 }, 'route', 'one label');
  box('stage', { x: 676, y: 166, w: 128, h: 58 }, 'evaluate', 'one proposal');
  box('stage', { x: 830, y: 166, w: 118, h: 58 }, 'gate', 'code, no model');
  arrow([[112, 74], [112, 162]]);
  arrow([[188, 195], [222, 195]]);
  arrow([[336, 195], [386, 195]]);
  arrow([[506, 195], [530, 195]]);
  arrow([[650, 195], [674, 195]]);
  arrow([[804, 195], [828, 195]]);
  arrow([[612, 166], [612, 48], [662, 48]]);
  arrow([[740, 166], [740, 76]], { at: [748, 97], text: 'steps: paid once, budgeted' });

  // From the gate one line for each verdict.
  box('stage', { x: 120, y: 366, w: 168, h: 64 }, 'approve', 'asks by mail,', 'waits for one decision');
  box('stage', { x: 480, y: 366, w: 168, h: 64 }, 'act', 'intent, call, outcome;', 'retries 1, 5, 30 min');
  box('stage', { x: 800, y: 366, w: 148, h: 64 }, 'record', 'status, timeline');
  arrow([[864, 224], [864, 284], [204, 284], [204, 364]], { at: [214, 302], text: 'ask' });
  arrow([[889, 224], [889, 296], [564, 296], [564, 364]], { at: [574, 312], text: 'act' });
  arrow([[914, 224], [914, 364]], { at: [922, 302], text: 'refuse' });
  arrow([[288, 398], [478, 398]], { at: [383, 391], text: 'approve', anchor: 'middle' });
  arrow([[648, 398], [798, 398]]);
  arrow([[288, 420], [330, 420], [330, 448], [840, 448], [840, 432]], { at: [383, 442], text: 'reject, expired', anchor: 'middle' });

  box('outside', { x: 120, y: 520, w: 168, h: 58 }, 'approvers', 'a link each; only a', 'form decides');
  box('outside', { x: 480, y: 520, w: 168, h: 58 }, 'destination', 'gets our Idempotency-Key', 'and a signature');
  box('outside', { x: 780, y: 520, w: 168, h: 58 }, 'you read it back', 'GET /v1/items/{id},', 'events, callbacks');
  arrow([[180, 430], [180, 518]], { at: [172, 496], text: 'mail', anchor: 'end' });
  arrow([[228, 518], [228, 432]], { at: [236, 496], text: 'decision' });
  arrow([[564, 430], [564, 518]], { at: [572, 496], text: 'one signed POST' });
  arrow([[904, 430], [904, 518]]);
  return picture.toString();
}
