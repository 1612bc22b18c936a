import { Hono } from 'hono';
import { secureHeaders } from 'hono/secure-headers';
import type { ApprovalRow } from '../shared/approval.ts';
import { clock, epochSeconds } from '../shared/clock.ts';
import { getContent } from '../shared/content.ts';
import { digest } from '../shared/digest.ts';
import type { EnvFor } from '../shared/env.ts';
import type { ProposalDocument } from '../shared/item.ts';
import { readSecret } from '../shared/secrets.ts';
import { logger } from '../shared/telemetry.ts';
import { decide, readApprovalRow } from './decide.ts';
import { makeNonce, nonceTime, recipientOf } from './links.ts';
import {
  closedPage,
  decidedPage,
  missingPage,
  questionPage,
  STYLE_HASH,
  tamperedPage,
  thanksPage,
} from './page.ts';

const MAX_COMMENT = 2000;

/** The approver's page: GET shows, POST decides. Mail scanners open links and run scripts, so only a form's POST counts. */
export function desk(env: EnvFor<'approve/desk'>): Hono {
  const app = new Hono();
  app.use(
    secureHeaders({
      contentSecurityPolicy: {
        defaultSrc: ["'none'"],
        styleSrc: [STYLE_HASH],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
        baseUri: ["'none'"],
      },
      referrerPolicy: 'no-referrer',
      xFrameOptions: 'DENY',
    }),
  );
  app.use(async (c, next) => {
    await next();
    c.header('cache-control', 'no-store');
    c.header('x-robots-tag', 'noindex, nofollow');
  });

  app.get('/approvals/:id', async (c) => {
    const token = c.req.query('t') ?? '';
    const approval = await readApprovalRow(env.APPROVAL_TABLE, c.req.param('id'));
    const recipient = approval && recipientOf(approval, token);
    if (!recipient) return c.html(missingPage(), 404);
    logger.info('page shown', { approval: approval.id, status: approval.status });
    return show(approval, token, recipient.email, '');
  });

  app.post('/approvals/:id', async (c) => {
    // What is no form has no fields, and none of them is a decision.
    const form = await c.req.parseBody().catch(() => ({}) as Record<string, unknown>);
    const field = (name: string) => {
      const value = form[name];
      return typeof value === 'string' ? value : '';
    };
    const token = field('t');
    const approval = await readApprovalRow(env.APPROVAL_TABLE, c.req.param('id'));
    const recipient = approval && recipientOf(approval, token);
    if (!recipient) return c.html(missingPage(), 404);
    if (!open(approval)) return c.html(closed(approval), 200);

    const document = await readShown(approval);
    if (!document) return c.html(tamperedPage(), 409);
    const { key } = await readSecret<{ key: string }>(env.DESK_SECRET);
    const shownAt = nonceTime(key, approval, token, field('nonce'));
    const decision = field('decision');
    const fault = faultIn(shownAt, decision, document, field('confirm'));
    if (fault) return show(approval, token, recipient.email, fault);
    const { row, counted } = await decide(env.APPROVAL_TABLE, approval, {
      decision: decision === 'approve' ? 'approve' : 'reject',
      decidedBy: recipient.email,
      comment: field('comment').slice(0, MAX_COMMENT),
      activeSeconds: Math.round((clock.now() - (shownAt ?? clock.now())) / 1000),
    });
    logger.info('decision posted', { approval: approval.id, counted, decision: row.decision ?? row.status });
    return c.html(counted ? thanksPage(row, document.summary) : closed(row), 200);
  });

  app.all('/approvals/:id', (c) => c.html(missingPage(), 405));
  app.onError((error, c) => {
    logger.error('page failed', { reason: error.name });
    return c.html(
      closedPage('Something went wrong', 'Nothing was changed. Please try again in a minute.'),
      500,
    );
  });
  return app;

  async function show(approval: ApprovalRow, token: string, email: string, fault: string): Promise<Response> {
    if (!open(approval)) return page(await closed(approval), 200);
    const document = await readShown(approval);
    if (!document) return page(await tamperedPage(), 409);
    const { key } = await readSecret<{ key: string }>(env.DESK_SECRET);
    const nonce = makeNonce(key, approval, token);
    const { closesAt } = approval;
    return page(await questionPage({ document, email, token, nonce, closesAt, fault }), fault ? 400 : 200);
  }

  /** The document the approval is bound to, or undefined when what lies there now is another one. */
  async function readShown(approval: ApprovalRow): Promise<ProposalDocument | undefined> {
    const document = await getContent<ProposalDocument>(env.CONTENT_BUCKET, approval.proposalKey);
    if (digest(document) === approval.digest) return document;
    logger.error('proposal changed after it was asked about', { approval: approval.id });
    return undefined;
  }
}

function page(markup: unknown, status: number): Response {
  return new Response(String(markup), { status, headers: { 'content-type': 'text/html; charset=utf-8' } });
}

function open(approval: ApprovalRow): boolean {
  return approval.status === 'pending' && approval.closesAt > epochSeconds();
}

function closed(approval: ApprovalRow) {
  return approval.status === 'decided'
    ? decidedPage(approval)
    : closedPage('This question is closed', NO_ANSWER);
}

const NO_ANSWER =
  'Nobody answered in time, so nothing was done. The item is kept; an operator can ask again.';

function faultIn(
  shownAt: number | undefined,
  decision: string,
  document: ProposalDocument,
  confirm: string,
): string {
  if (shownAt === undefined)
    return 'This page was too old, or not made for this link. Please read it again and decide.';
  if (decision !== 'approve' && decision !== 'reject') return 'Please choose: approve or reject.';
  if (decision === 'approve' && document.risk === 'catastrophic' && confirm.trim() !== document.action) {
    return `To approve, type "${document.action}" into the confirmation field.`;
  }
  return '';
}
