import { beforeEach, describe, expect, it, vi } from 'vitest';
import { BudgetSpent } from '../../lambdas/outbound/waiting-error.ts';
import type { BudgetRow } from '../../lambdas/tables/control/budgets.ts';
import { budgetKey } from '../../lambdas/tables/keys.ts';
import { instances } from '../outbound/permit-world.ts';
import { named, time, world } from '../support/world.ts';
import { booked, DEMO, Instance, pays, row, turns } from './purse-world.ts';

const { warned } = vi.hoisted(() => ({ warned: [] as string[] }));
vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/kit/telemetry.ts', () => ({
  logger: { warn: (message: string) => warned.push(message) },
  count: () => {},
}));

const writes = () => world.calls.length;

let one: Instance;
let other: Instance;
beforeEach(() => {
  world.reset();
  time.freeze();
  warned.length = 0;
  [one, other] = instances(2).map((table) => new Instance(table)) as [Instance, Instance];
});

describe('the purse of an instance', () => {
  it('books ten calls of ten items with two writes at most, settles with none, and goes back with one', async () => {
    one.open(10);
    const held = await Promise.all(Array.from({ length: 10 }, () => one.take(50)));
    expect(writes()).toBeLessThanOrEqual(2);
    expect(booked()).toBe(500);
    world.calls = [];

    await Promise.all(held.map((reservation) => pays(reservation, 10)));
    expect([writes(), booked()]).toEqual([0, 500]);
    await one.close(9);
    expect([writes(), booked()]).toEqual([0, 500]);
    await one.close();
    expect([writes(), booked()]).toEqual([1, 100]);
  });

  it('pays the next calls with what the first did not cost, and books only what it lacks', async () => {
    one.open();
    await pays(await one.take(300), 100);
    world.calls = [];

    const second = await one.take(150);
    expect(writes()).toBe(0);
    const third = await one.take(80);
    expect([writes(), booked()]).toEqual([1, 330]);
    await pays(second, 150);
    await pays(third, 80);
    await one.close();
    expect(booked()).toBe(330);
  });

  it('writes nothing at the end where nothing is left', async () => {
    one.open();
    await pays(await one.take(30), 30);
    world.calls = [];
    await one.close();
    expect(writes()).toBe(0);
  });

  it('adds at once what a call cost beyond its booking and the purse', async () => {
    one.open();
    await pays(await one.take(100), 60);
    await pays(await one.take(40, 5), 70, 9);
    expect(row()).toMatchObject({ spentMicroUsd: 130, spentTokens: 9 });
    await one.close();
    expect(row()).toMatchObject({ spentMicroUsd: 130, spentTokens: 9 });
  });

  it('is shared with no other instance: each leaves what is its own', async () => {
    one.open();
    other.open();
    await pays(await one.take(300), 0);
    await expect(other.take(800)).rejects.toBeInstanceOf(BudgetSpent);
    await one.close();
    await pays(await other.take(800), 800);
    await other.close();
    expect(booked()).toBe(800);
  });

  it('belongs to the day it was booked on', async () => {
    time.at = Date.parse('2026-12-01T23:59:59Z');
    one.open();
    const late = await one.take(900);
    time.advance(2);
    const early = await one.take(900);
    await pays(late, 100);
    await pays(early, 200);
    await expect(one.take(801)).rejects.toBeInstanceOf(BudgetSpent);
    await one.close();
    expect([booked('2026-12-01'), booked('2026-12-02')]).toEqual([100, 200]);
  });

  it('is of one automation', async () => {
    one.open();
    await pays(await one.take(500), 0);
    await one.take(600, 0, { ...DEMO, name: 'twin' });
    expect(world.tables.row<BudgetRow>('control', budgetKey('twin'))?.spentMicroUsd).toBe(600);
  });

  it('books nothing where the table cannot be reached, and loses nothing of what it had', async () => {
    one.open();
    await pays(await one.take(100), 0);
    const fault = world.fault;
    world.fault = () => {
      throw named('TimeoutError');
    };
    await expect(one.take(150)).rejects.toThrow('TimeoutError');
    world.fault = fault;
    await one.take(150);
    expect(booked()).toBe(150);
  });

  it('stays booked when it cannot be given back, once: nobody takes it again, and nobody hears of it', async () => {
    one.open();
    await pays(await one.take(100), 40);
    const fault = world.fault;
    world.fault = () => {
      throw named('TimeoutError');
    };
    await one.close();
    world.fault = fault;

    expect(warned).toEqual(['not settled']);
    one.open();
    await pays(await one.take(50), 50);
    await one.close();
    expect(booked()).toBe(150);
  });

  it('has what a dead worker held until the day ends', async () => {
    one.open(2);
    await pays(await one.take(100), 40);
    await one.take(30);

    expect(booked()).toBe(100);
    await pays(await other.take(900), 900);
    expect(booked()).toBe(1000);
  });
});

describe('a booking that the day refuses', () => {
  it('waits for calls under way in the same instance, and takes what they leave', async () => {
    one.open(2);
    const first = await one.take(900);
    const second = one.take(500);
    await turns(20);
    expect(row()?.suspendedAt).toBeUndefined();

    await pays(first, 200);
    await pays(await second, 500);
    await one.close();
    expect([booked(), row()?.suspendedAt]).toEqual([700, undefined]);
  });

  it('is refused when they left too little, and the day is suspended only then', async () => {
    one.open(2);
    const first = await one.take(900);
    const second = one.take(500).catch((error: unknown) => error);
    await turns(20);
    await pays(first, 600);

    expect(await second).toBeInstanceOf(BudgetSpent);
    expect(row()).toMatchObject({ refusedMicroUsd: 500 });
  });

  it('waits for nobody where all that they hold is not enough', async () => {
    one.open(2);
    await one.take(100);
    await expect(one.take(1001)).rejects.toThrow('of a whole day');
    await other.take(500);
    await expect(one.take(501)).rejects.toBeInstanceOf(BudgetSpent);
  });

  it('is tried on the next day when midnight passes while it waits', async () => {
    time.at = Date.parse('2026-12-01T23:59:59Z');
    one.open(2);
    const first = await one.take(900);
    const second = one.take(500);
    await turns(20);
    time.advance(2);
    await pays(first, 900);
    await second;
    expect([booked('2026-12-01'), booked('2026-12-02')]).toEqual([900, 500]);
  });

  it('costs one write more, however many are refused with it, and is noted once with the smallest', async () => {
    one.open(50);
    const taken = Array.from({ length: 50 }, (_, n) => one.take(n < 20 ? 50 : 100 - n));
    const results = await Promise.allSettled([
      ...taken.slice(0, 20).map(async (it) => pays(await it, 50)),
      ...taken,
    ]);

    expect(results.filter(({ status }) => status === 'rejected')).toHaveLength(30);
    expect([booked(), row()?.refusedMicroUsd]).toEqual([1000, 51]);
    // All, those that fit, the warning; the others when nobody is under way any more, and the note.
    expect(writes()).toBeLessThanOrEqual(6);
  });

  it('leaves no money unspent that a smaller one fits in', async () => {
    one.open(3);
    await pays(await one.take(700), 700);
    const call = async (micro: number) => pays(await one.take(micro), micro);
    const results = await Promise.allSettled([400, 300, 200].map(call));
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'rejected']);
    expect(booked()).toBe(1000);
  });
});
