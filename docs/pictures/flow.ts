import { Picture } from './svg.ts';

/** The way of one item, stage by stage. `node docs/pictures/draw.ts` writes it to flow.svg. */
export function flow(): string {
  const picture = new Picture(1000, 650, 'The way of one item through Signalbox');
  const box = picture.box.bind(picture);
  const arrow = picture.arrow.bind(picture);

  picture.region('band', '20 104 960 204');
  picture.region('band', '20 370 960 150');
  picture.text(126, 124, 'Thinking: repeatable, changes nothing outside', 'title', 'start');
  picture.text(222, 396, 'Doing: once, and only after the gate', 'title', 'start');
  picture.region('group', '372 134 592 104', 'process: ten items at a time');

  box('outside', '36 22 152 52', 'your system', 'POST …/items,', '…/uploads');
  box('outside', '664 22 152 52', 'model endpoint', 'OpenAI-compatible');
  box('stage', '36 164 152 62', 'intake', 'checks, stores,', 'answers 202');
  box('queue', '224 172 112 46', 'work queue');
  box('stage', '388 166 118 58', 'prepare', 'plain text');
  box('stage', '532 166 118 58', 'route', 'one label');
  box('stage', '676 166 128 58', 'evaluate', 'one proposal');
  box('stage', '830 166 118 58', 'gate', 'code, no model');
  box('stage', '148 246 116 48', 'read', 'files to text');
  arrow('112 74, 112 162');
  arrow('112 226, 112 270, 146 270');
  arrow('264 270, 290 270, 290 220', 'only with documents', '302 275');
  arrow('188 195, 222 195');
  arrow('336 195, 386 195');
  arrow('506 195, 530 195');
  arrow('650 195, 674 195');
  arrow('804 195, 828 195');
  arrow('612 166, 612 48, 662 48');
  arrow('740 166, 740 76', 'steps: paid once, budgeted', '748 97');

  // From the gate one line for each verdict.
  box('stage', '120 420 168 64', 'approve', 'asks by mail,', 'waits for one decision');
  box('stage', '480 420 168 64', 'act', 'intent, call, outcome;', 'retries 1, 5, 30 min');
  box('stage', '800 420 148 64', 'record', 'status, timeline');
  arrow('864 224, 864 338, 204 338, 204 418', 'ask', '214 356');
  arrow('889 224, 889 350, 564 350, 564 418', 'act', '574 366');
  arrow('914 224, 914 418', 'refuse', '922 356');
  arrow('288 452, 478 452', 'approve', '383 445', 'middle');
  arrow('648 452, 798 452');
  arrow('288 474, 330 474, 330 502, 840 502, 840 486', 'reject, expired', '383 496', 'middle');

  box('outside', '120 574 168 58', 'approvers', 'a link each; only a', 'form decides');
  box('outside', '480 574 168 58', 'destination', 'gets our Idempotency-Key', 'and a signature');
  box('outside', '780 574 168 58', 'you read it back', 'GET /v1/items/{id},', 'events, callbacks');
  arrow('180 484, 180 572', 'mail', '172 550', 'end');
  arrow('228 572, 228 486', 'decision', '236 550');
  arrow('564 484, 564 572', 'one signed POST', '572 550');
  arrow('904 484, 904 572');
  return picture.toString();
}
