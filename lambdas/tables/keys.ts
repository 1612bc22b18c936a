import { randomBytes } from 'node:crypto';
import type { NeighbourKind } from '../contract/neighbour.ts';
import { isoNow } from '../kit/clock.ts';
import { sha256 } from '../kit/digest.ts';
import { OWN } from './object-keys.ts';

/*
 * The key of every row and object that more than one function knows, and the permissions go by. What belongs to an automation begins with
 * its name and a sign that no name can contain, so that one pattern confines its functions in every table and in the bucket (ADR 0027).
 */

export * from './object-keys.ts';

/** The kinds of rows that an automation keeps beside its items and their approvals. */
export type Kind =
  | 'alarm'
  | 'arrival'
  | 'batch'
  | 'budget'
  | 'cache'
  | 'calibration'
  | 'caution'
  | 'drift'
  | 'approvals'
  | 'duplicate'
  | 'embed'
  | 'lane'
  | 'limit'
  | 'hint'
  | 'hold'
  | 'mapping'
  | 'poll'
  | 'redrive'
  | 'release'
  | 'request'
  | 'sample'
  | 'review'
  | 'shadow'
  | 'similar'
  | 'statistics'
  | 'step'
  | 'subject'
  | 'surrogate'
  | 'upload';

/** `<automation>_<kind>#<part>#…`: a row of the automation that is no item. */
export function ownRow(automation: string, kind: Kind, ...parts: string[]): string {
  return `${automation}${OWN}${kind}#${parts.join('#')}`;
}

/** What every row of an automation is like, in whichever table: for `dynamodb:LeadingKeys`. */
export function slice(automation: string): string {
  return `${automation}${OWN}*`;
}

/** What every row of one kind of an automation is like; with `*` as name, of all automations. */
export function kindOf(automation: string, kind: Kind): string {
  return ownRow(automation, kind, '*');
}

/** `<automation>_<32 hex digits>`: safe in URLs, messages and, with a generation, as the name of a run. */
export function itemKey(automation: string, hex: string): string {
  return `${automation}${OWN}${hex}`;
}

/** What item ids of the automation are like, and no other row of it: 32 signs behind the name. */
export function itemIds(automation: string): string {
  return itemKey(automation, '?'.repeat(32));
}

/** The automation that an item, an approval or a row belongs to. */
export function automationOf(id: string): string {
  return id.slice(0, Math.max(0, id.indexOf(OWN)));
}

/** Item id and the generation that asked: one question per run. */
export function approvalId(itemId: string, generation: number): string {
  return `${itemId}-g${generation}`;
}

/** To which field a client's own name for it belongs; the name is a stranger's word, and hashed. */
export const mappingKey = (automation: string, client: string, name: string): string =>
  ownRow(automation, 'mapping', sha256(`mapping|${client}|${name}`).slice(0, 32));

/** What was told of an automation that may be an alarm. `*`: of all of them. */
export const toldAlarmsKey = (automation: string): string => ownRow(automation, 'alarm', 'told');

/** Where a value stands on the pages of one group: its id and the field are hashed, as they say who sends what. */
export function hintKey({
  automation,
  group,
  field,
}: Readonly<Record<'automation' | 'group' | 'field', string>>): string {
  return ownRow(automation, 'hint', sha256(JSON.stringify(['hint', group, field])).slice(0, 32));
}

/** What was reported of a week, of all automations. `*`: all of them. */
export const reportKey = (week: string): string => `report#${week}`;

/** Which auditors were told on a day (UTC) of what waits for them. `*`: all of them. */
export const toldKey = (day: string): string => `auditors#${day}`;

/** Of what an upload was announced as. */
export function uploadId(automation: string, ref: string): string {
  return ownRow(automation, 'upload', ref);
}

/** That an object was taken in and removed: `hash` is of its name and content. */
export function arrivalId(automation: string, hash: string): string {
  return ownRow(automation, 'arrival', hash);
}

/** That a request was posted: `hash` is of the client and of its key or body. */
export function requestId(automation: string, hash: string): string {
  return ownRow(automation, 'request', hash);
}

/**
 * What an item is found by: its automation and the value of its reference field, hashed, as a value is words of the item. 128 bits: it
 * is in every item's row.
 */
export function referenceHash(automation: string, value: string): string {
  return sha256(`reference|${automation}|${value}`).slice(0, 32);
}

/** A person as far as an item is about them: `hash` is keyed. */
export function subjectKey(automation: string, hash: string): string {
  return ownRow(automation, 'subject', hash);
}

/** What is the first item's: a key, or a band of a text. `hash` is keyed. */
export function duplicateId(automation: string, kind: 'key' | 'band', hash: string): string {
  return ownRow(automation, 'duplicate', kind, hash);
}

/** The signature of an item's text. */
export function textId(automation: string, itemId: string): string {
  return ownRow(automation, 'duplicate', 'text', itemId);
}

/** What a step of an item answered. */
export function stepId(automation: string, ...parts: string[]): string {
  return ownRow(automation, 'step', ...parts);
}

/** A kept answer, for whichever item asks the same. */
export function cacheId(automation: string, step: string, hash: string): string {
  return ownRow(automation, 'cache', step, hash);
}

/** A kept vector. */
export function embedId(automation: string, endpoint: string, model: string, hash: string): string {
  return ownRow(automation, 'embed', endpoint, model, hash);
}

/** What one automation has spent on one day (UTC). `account`: apart from its own. */
export function budgetKey(automation: string, day = isoNow().slice(0, 10), account = ''): string {
  return ownRow(automation, 'budget', account + day);
}

/** A calibration is for one prompt and one model: another of either looks sure in another way. */
export function calibrationKey(automation: string, step: string, version: string, model: string): string {
  return ownRow(automation, 'calibration', step, version, model);
}

/** That approvers are behind with one automation. */
export function behindKey(automation: string): string {
  return ownRow(automation, 'approvals', 'behind');
}

/** How late an automation's work is, and when what it deferred comes back. */
export function laneKey(automation: string, part: 'late' | 'slots'): string {
  return ownRow(automation, 'lane', part);
}

/** How far a source was read that is polled for an automation. */
export function pollKey(automation: string, door: string): string {
  return ownRow(automation, 'poll', door);
}

/** What the clock looks at: the redrives of all automations that run now, for whom items of which automation are parked, and alarms. */
export function redrivesKey(which: 'running' | 'parked' | 'walk' | 'alarms' | 'watch' = 'running'): string {
  return `redrives#${which}`;
}

/** What others call a redrive of many items; its automation stands in it. */
export function newRedriveId(automation: string): string {
  return redriveIdOf(automation, randomBytes(12).toString('hex'));
}

/** The same of one that is known by what it is about. */
export function redriveIdOf(automation: string, hex: string): string {
  return `${automation}${OWN}redrive-${hex.slice(0, 24)}`;
}

/** How far a redrive of many items has come. */
export function redriveKey(redrive: string): string {
  const automation = automationOf(redrive);
  return ownRow(automation, 'redrive', redrive.slice(automation.length + 1));
}

/** What is counted of an automation in one hour (UTC, `2026-11-28T13`). */
export function statisticsKey(automation: string, hour: string): string {
  return ownRow(automation, 'statistics', hour);
}

/** What was chosen of an hour (UTC) to be audited. */
export function samplesKey(automation: string, hour: string): string {
  return ownRow(automation, 'sample', hour);
}

/** Whom and what the choice has met before: a counterparty, hashed, or a prompt version. */
export function metKey(automation: string, kind: 'counterparty' | 'prompt', hash: string): string {
  return ownRow(automation, 'sample', kind, hash);
}

/** Which labels are below their target, and since when their answers count. */
export function standingKey(automation: string): string {
  return ownRow(automation, 'sample', 'standing');
}

/** What was found when its last week was compared with those before, or which weeks an operator wants it compared with. */
export function driftKey(automation: string, what: 'last' | 'pinned' = 'last'): string {
  return ownRow(automation, 'drift', what);
}

/** What counts against one limit of an action. */
export function limitKey(automation: string, ...parts: string[]): string {
  return ownRow(automation, 'limit', ...parts);
}

/** That an item's action is counted, in the generation that proposed it. */
export function reservationKey(automation: string, itemId: string, generation: number): string {
  return limitKey(automation, 'item', approvalId(itemId, generation));
}

/** What operators want a person to look at, whatever the gate says. */
export function cautionKey(automation: string): string {
  return ownRow(automation, 'caution', 'asked');
}

/** Which prompts and models serve its steps, and which are tried; or what was rehearsed before. */
export function releasesKey(automation: string, what: 'standing' | 'rehearsed' = 'standing'): string {
  return ownRow(automation, 'release', what);
}

/** What a release came to that only thinks beside the stable one. */
export function shadowKey(automation: string, release: string): string {
  return ownRow(automation, 'shadow', release);
}

/** When it was last reviewed, and by whom. */
export function reviewKey(automation: string): string {
  return ownRow(automation, 'review', 'last');
}

/** What operators hold of an automation. */
export function holdKey(automation: string): string {
  return ownRow(automation, 'hold', 'asked');
}

/** One neighbour's breaker and rate limiter, shared by all automations. `*`: all of that kind. */
export function neighbourKey(kind: NeighbourKind, name: string): string {
  const keys = { endpoint: `endpoint#${name}`, destination: `destination#${name}`, source: `source#${name}` };
  return keys[kind];
}

/** What a probe found at one endpoint. */
export function probeKey(endpoint: string): string {
  return `probe#${endpoint}`;
}

/** How much a client has posted on one day (UTC), to all automations together. */
export function clientKey(client: string, day = isoNow().slice(0, 10)): string {
  return `client#${client}#${day}`;
}

/** That no mail goes to an address: `hash` is keyed. `*`: all of them. */
export function suppressionKey(hash: string): string {
  return `suppressed#${hash}`;
}

/** A slot to wait for an item in, shared by the whole house. */
export function waitKey(slot: string): string {
  return `wait#${slot}`;
}
/** 128 random bits behind the automation's name. */
export function newItemId(automation: string): string {
  return itemKey(automation, randomBytes(16).toString('hex'));
}

/** 128 random bits; safe in URLs. */
export function newDocumentRef(): string {
  return `doc-${randomBytes(16).toString('hex')}`;
}

/** Where an item stands among those of its automation or client; no two that are written are alike. */
export function newOrder(receivedAt: string): string {
  return `${receivedAt}#${randomBytes(6).toString('hex')}`;
}
