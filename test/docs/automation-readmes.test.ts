import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as z from 'zod/v4/core';
import { needsOf, PARTS, readmeOf } from '../../docs/pictures/automation/readme.ts';
import { DRAWN, PAGE } from '../../docs/pictures/automations.ts';
import { findAutomations } from '../../lib/automation/automation-folder.ts';
import { commandsOf, fences, read } from './fences.ts';

/* Links, commands and names of files are held by the tests of all documents. */

const all = await findAutomations();

describe.each(all)('the page of $name', (automation) => {
  const { name } = automation;
  const page = `automations/${name}/${PAGE}`;
  const told = () => (existsSync(page) ? read(page) : '');
  const part = (title: string) => told().split(`\n## ${title}\n`)[1]?.split('\n## ')[0] ?? '';

  it('exists, and shows the picture of the declaration; `npx node docs/pictures/automations.ts` begins it', () => {
    expect(existsSync(page)).toBe(true);
    const [heading, purpose = ''] = told().split('\n\n');
    expect(heading).toBe(`# ${name}`);
    expect(purpose.length).toBeGreaterThan(40);
    expect(told()).toContain(`](${DRAWN})`);
  });

  it('has the parts that every page has, in their order', () => {
    const titles = [...told().matchAll(/^## (.+)$/gm)].map(([, title]) => title);
    expect(titles.filter((title) => (PARTS as readonly unknown[]).includes(title))).toEqual([...PARTS]);
    for (const title of PARTS) expect(part(title).trim().length, title).toBeGreaterThan(10);
  });

  it('names what it needs: sources, destinations and groups', () => {
    const { sources, destinations, groups } = needsOf(automation);
    for (const needed of [...sources, ...destinations, ...groups])
      expect(part('What it needs'), needed).toContain(`\`${needed}\``);
  });

  it('leads to the runbook at night', () => {
    expect(part('At night')).toMatch(/\]\(\.\.\/\.\.\/docs\/runbook\.md#[\w-]+\)/);
  });

  it('has commands to try it, with bodies and examples that there are', () => {
    const commands = fences(page, 'sh').flatMap(({ text }) => commandsOf(text));
    expect(commands).toContain(`npm run cases -- ${name}`);
    for (const command of commands) {
      const [, example] = /--example '([^']+)'/.exec(command) ?? [];
      if (example !== undefined) expect(automation.examples.map((one) => one.name)).toContain(example);
      const [, body] = new RegExp(`send ${name} '(\\{.*\\})'`).exec(command) ?? [];
      if (body !== undefined)
        expect(z.safeParse(automation.schema, JSON.parse(body)).success, body).toBe(true);
    }
  });

  it('names the command of each figure', () => {
    const figures = part('Figures');
    if (/\d+ ?%|US\$|\d (?:ms|s)\b/.test(figures)) expect(figures).toMatch(/`npm (?:run|test) [^`]+`/);
  });
});

it('the page that a declaration begins names what there is', () => {
  for (const automation of all) {
    const page = readmeOf(automation);
    expect(page).toContain(`# ${automation.name}\n\n${automation.purpose}`);
    for (const names of Object.values(needsOf(automation)))
      for (const name of names) expect(page).toContain(`\`${name}\``);
  }
});
