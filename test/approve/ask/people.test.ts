import { beforeEach, describe, expect, it, vi } from 'vitest';
import { invitees } from '../../../lambdas/approve/ask/people.ts';
import type { ApprovalSettings } from '../../../lambdas/contract/approval-settings.ts';
import { addressHash, personHash } from '../../../lambdas/kit/digest.ts';
import { SETTINGS } from '../../support/fixtures.ts';
import { named, time, world } from '../../support/world.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));

beforeEach(() => {
  world.reset();
  time.freeze();
});

const mail = (name: string) => `${name}@example.com`;

function away(name: string, delegate: string, from = '2026-11-30', until = '2026-12-09T00:00:00.000Z'): void {
  world.tables.put('control', {
    id: `away#${addressHash(mail(name))}`,
    delegate: mail(delegate),
    from,
    until,
  });
}

/** Who is asked, and why, of a group with these members; `eve` is an approver of another group. */
async function askedOf(members: string[], requester?: string) {
  const groups = {
    leads: members.map((name) => ({ email: mail(name) })),
    bosses: [{ email: mail('eve') }],
  };
  const settings: ApprovalSettings = { ...SETTINGS, groups };
  const asked = await invitees('control', settings, requester && personHash(mail(requester)), 'leads');
  return Object.fromEntries(Object.entries(asked).map(([email, { via }]) => [email.split('@')[0], via]));
}

describe('whom a question goes to', () => {
  it('the members of the group', async () => {
    expect(await askedOf(['ann', 'bob'])).toEqual({ ann: '', bob: '' });
  });

  it('nobody, of a group that is empty or is not there', async () => {
    expect(await askedOf([])).toEqual({});
    expect(await invitees('control', SETTINGS, undefined, 'nobody')).toEqual({});
  });

  it('never who asked for the work, however their address is written', async () => {
    expect(await askedOf(['ann', 'bob'], 'ann')).toEqual({ bob: '' });
    expect(await askedOf(['Ann', 'bob'], 'ANN')).toEqual({ bob: '' });
    expect(await askedOf(['ann'], 'ann')).toEqual({});
    expect(await askedOf(['ann', 'bob'], 'ann+orders')).toEqual({ bob: '' });
    expect(await askedOf(['ann+desk', 'bob'], 'Ann+orders')).toEqual({ bob: '' });
    // Where a dot counts, this is somebody else.
    expect(await askedOf(['a.nn'], 'ann')).toEqual({ 'a.nn': '' });
  });

  it('the delegate of who is away, who is told for whom', async () => {
    away('ann', 'eve');

    expect(await askedOf(['ann', 'bob'])).toEqual({ eve: 'for ann@example.com, who is away', bob: '' });
  });

  it.each([
    ['before it begins', '2026-12-01T09:00:00.001Z', '2026-12-09T00:00:00.000Z', false],
    ['when it begins', '2026-12-01T09:00:00.000Z', '2026-12-09T00:00:00.000Z', true],
    ['at its last moment', '2026-11-01T00:00:00.000Z', '2026-12-01T09:00:00.001Z', true],
    ['when it is over', '2026-11-01T00:00:00.000Z', '2026-12-01T09:00:00.000Z', false],
  ])('an absence counts %s: %s to %s', async (_name, from, until, counts) => {
    away('ann', 'eve', from, until);

    expect(Object.keys(await askedOf(['ann']))).toEqual([counts ? 'eve' : 'ann']);
  });

  it('one person once: a member who stands in for another is asked as a member', async () => {
    away('ann', 'bob');
    expect(await askedOf(['ann', 'bob'])).toEqual({ bob: '' });
    expect(await askedOf(['bob', 'ann'])).toEqual({ bob: '' });

    away('cat', 'eve');
    away('ann', 'eve');
    expect(await askedOf(['ann', 'cat'])).toEqual({ eve: 'for ann@example.com, who is away' });
  });

  it('the one who is away, where their delegate is no approver any more', async () => {
    away('ann', 'mallory');

    expect(await askedOf(['ann'])).toEqual({ ann: '' });
  });

  it('no delegate who asked for the work', async () => {
    away('ann', 'eve');

    expect(await askedOf(['ann', 'bob'], 'eve')).toEqual({ bob: '' });
  });

  it('no delegate whom the one who asked for the work has chosen', async () => {
    away('ann', 'eve');

    expect(await askedOf(['ann', 'bob'], 'ann')).toEqual({ bob: '' });
  });

  it('two who stand in for each other, both', async () => {
    away('ann', 'bob');
    away('bob', 'ann');

    expect(Object.keys(await askedOf(['ann', 'bob'])).sort()).toEqual(['ann', 'bob']);
  });

  it('is not guessed where absences cannot be read', async () => {
    world.fault = () => {
      throw named('ThrottlingException');
    };

    await expect(askedOf(['ann'])).rejects.toThrow('Throttling');
  });
});
