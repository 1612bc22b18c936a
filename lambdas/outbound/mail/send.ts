import { SendEmailCommand } from '@aws-sdk/client-sesv2';
import { ses } from '../../kit/aws.ts';

/** One mail, as text and HTML. @throws the error of SES */
export async function sendMail(
  from: string,
  to: string,
  { subject, text, html }: { subject: string; text: string; html: string },
): Promise<void> {
  const Content = {
    Simple: { Subject: { Data: subject }, Body: { Text: { Data: text }, Html: { Data: html } } },
  };
  await ses().send(
    new SendEmailCommand({ FromEmailAddress: from, Destination: { ToAddresses: [to] }, Content }),
  );
}
