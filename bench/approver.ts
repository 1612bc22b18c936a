import type { Outputs } from '../local/outputs.ts';

/* Decides in the way of a person: the mail, the page, the button, and the second one where the page asks again. */

export type Decision = 'approve' | 'reject';

/** The links of all questions that were ever mailed, each with the words of its mail. */
export async function mailedLinks({ inboxUrl }: Outputs): Promise<{ text: string; url: string }[]> {
  const response = await fetch(inboxUrl, { headers: { accept: 'application/json' } });
  // The emulator may be too busy to tell its mails: whoever looks, looks again.
  if (!response.ok) return [];
  const mails = (await response.json()) as { text: string }[];
  return mails.flatMap(({ text }) => {
    const url = /https?:\/\/\S+\/approvals\/\S+/.exec(text)?.[0];
    return url ? [{ text, url }] : [];
  });
}

/** Decides about an item that waits for it. */
export async function decide(outputs: Outputs, id: string, decision: Decision): Promise<void> {
  const links = await mailedLinks(outputs);
  const link = links.find(({ text }) => text.includes(id));
  if (!link) throw new Error(`nobody was asked about ${id}`);
  await decideAt(link.url, decision);
}

/** @returns the page that the answer brought */
export async function decideAt(url: string, decision: Decision): Promise<string> {
  const page = await (await fetch(url)).text();
  const body = new URLSearchParams({ ...hiddenIn(page), decision, comment: 'measured' });
  const answer = await (await fetch(url, { method: 'POST', body })).text();
  // From `consequential` on the page asks once more.
  if (answer.includes('<form id="confirm"')) {
    return (await fetch(url, { method: 'POST', body: new URLSearchParams(hiddenIn(answer)) })).text();
  }
  return answer;
}

function hiddenIn(page: string): Record<string, string> {
  const hidden = page.matchAll(/<input type="hidden" name="(\w+)" value="([^"]*)">/g);
  return Object.fromEntries([...hidden].map(([, name, value = '']) => [name, value]));
}
