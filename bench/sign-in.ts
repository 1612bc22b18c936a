import type { Outputs } from '../local/outputs.ts';

/**
 * Signs in to the console in the way of a person: the form, the mail, the button.
 * @returns the session's cookie
 */
export async function signIn({ consoleUrl, inboxUrl }: Outputs, email: string): Promise<string> {
  const form = await open(`${consoleUrl}/sign-in`);
  await send(`${consoleUrl}/sign-in`, { ...form.fields, email }, form.cookie);
  const link = await mailed(inboxUrl, email);
  const button = await open(link, form.cookie);
  const { cookie } = await send(link, button.fields, form.cookie);
  if (!/signalbox-session=/.test(cookie)) throw new Error(`${email} was not signed in`);
  return cookie;
}

interface Answer {
  fields: Record<string, string>;
  cookie: string;
}

async function open(url: string, cookie = ''): Promise<Answer> {
  return read(await fetch(url, { headers: { cookie } }));
}

async function send(url: string, fields: Record<string, string>, cookie: string): Promise<Answer> {
  const body = new URLSearchParams(fields);
  return read(await fetch(url, { method: 'POST', body, headers: { cookie }, redirect: 'manual' }));
}

async function read(response: Response): Promise<Answer> {
  const hidden = [
    ...(await response.text()).matchAll(/<input type="hidden" name="([\w-]+)" value="([^"]*)">/g),
  ];
  const cookies = response.headers.getSetCookie().map((it) => it.split(';')[0] ?? '');
  return {
    fields: Object.fromEntries(hidden.map(([, name = '', value = '']) => [name, value])),
    cookie: cookies.filter((it) => !it.endsWith('=')).join('; '),
  };
}

async function mailed(inboxUrl: string, email: string): Promise<string> {
  for (let tries = 0; tries < 100; tries += 1) {
    const mails = (await (await fetch(inboxUrl, { headers: { accept: 'application/json' } })).json()) as {
      to: string;
      text: string;
    }[];
    const link = mails
      .filter(({ to }) => to === email)
      .map(({ text }) => /https?:\/\/\S+\/console\/sign-in\/\S+/.exec(text)?.[0])
      .find(Boolean);
    if (link) return link;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`no sign-in mail came to ${email}`);
}
