import { Picture } from './svg.ts';

/** The way of one item, stage by stage. `node docs/pictures/draw.ts` writes it to flow.svg. */
export function flow(): string {
  const picture = new Picture(1000, 600, 'The way of one item through Signalbox');
  const box = picture.box.bind(picture);
  const arrow = picture.arrow.bind(picture);

  picture.region('band', '20 104 960 150');
  picture.region('band', '20 316 960 150');
  picture.text(126, 124, 'Thinking: repeatable, changes nothing outside', 'title', 'start');
  picture.text(222, 342, 'Doing: once, and only after the gate', 'title', 'start');
  picture.region('group', '372 134 592 104', 'process: ten items at a time');

  box('outside', '36 22 152 52', 'your system', 'POST …/items');
  box('outside', '664 22 152 52', 'model endpoint', 'OpenAI-compatible');
  box('stage', '36 164 152 62', 'intake', 'checks, stores,', 'answers 202');
  box('queue', '224 172 112 46', 'work queue');
  box('stage', '388 166 118 58', 'prepare', 'plain text');
  box('stage', '532 166 118 58', 'route', 'one label');
  box('stage', '676 166 128 58', 'evaluate', 'one proposal');
  box('stage', '830 166 118 58', 'gate', 'code, no model');
  arrow('112 74, 112 162');
  arrow('188 195, 222 195');
  arrow('336 195, 386 195');
  arrow('506 195, 530 195');
  arrow('650 195, 674 195');
  arrow('804 195, 828 195');
  arrow('612 166, 612 48, 662 48');
  arrow('740 166, 740 76', 'steps: paid once, budgeted', '748 97');

  // From the gate one line for each verdict.
  box('stage', '120 366 168 64', 'approve', 'asks by mail,', 'waits for one decision');
  box('stage', '480 366 168 64', 'act', 'intent, call, outcome;', 'retries 1, 5, 30 min');
  box('stage', '800 366 148 64', 'record', 'status, timeline');
  arrow('864 224, 864 284, 204 284, 204 364', 'ask', '214 302');
  arrow('889 224, 889 296, 564 296, 564 364', 'act', '574 312');
  arrow('914 224, 914 364', 'refuse', '922 302');
  arrow('288 398, 478 398', 'approve', '383 391', 'middle');
  arrow('648 398, 798 398');
  arrow('288 420, 330 420, 330 448, 840 448, 840 432', 'reject, expired', '383 442', 'middle');

  box('outside', '120 520 168 58', 'approvers', 'a link each; only a', 'form decides');
  box('outside', '480 520 168 58', 'destination', 'gets our Idempotency-Key', 'and a signature');
  box('outside', '780 520 168 58', 'you read it back', 'GET /v1/items/{id},', 'events, callbacks');
  arrow('180 430, 180 518', 'mail', '172 496', 'end');
  arrow('228 518, 228 432', 'decision', '236 496');
  arrow('564 430, 564 518', 'one signed POST', '572 496');
  arrow('904 430, 904 518');
  return picture.toString();
}
