import { compose } from '../../../outbound/mail/compose.ts';
import { LINK_MINUTES } from '../../../tables/sign-in/links.ts';
import { sendMail } from './mail.ts';

const LIFE = `Opening the link changes nothing. It works once, within ${LINK_MINUTES} minutes, and is yours alone: do not forward it.`;
const NOT_ASKED = 'If you did not ask for it, ignore this mail: nobody can sign in without it.';

/** The link, and nothing about the person: lock screens show subjects, and every relay keeps them. */
export async function sendSignInMail(from: string, to: string, url: string): Promise<void> {
  const mail = await compose({
    subject: 'Sign in to Signalbox',
    preheader: `The link works once, within ${LINK_MINUTES} minutes.`,
    opening: 'Somebody, probably you, asked for this link.',
    title: 'Sign in to Signalbox',
    blocks: [],
    button: { words: 'Sign in to Signalbox', url },
    foot: [LIFE, NOT_ASKED],
  });
  await sendMail(from, to, mail);
}
