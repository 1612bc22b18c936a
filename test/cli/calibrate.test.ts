import { describe, expect, it } from 'vitest';
import { calibratedSchema } from '../../lambdas/api/openapi/operator-schemas.ts';
import { calibrate } from '../../lambdas/models/answer/calibration.ts';
import { api, run } from './harness.ts';
import { problem } from './recorded.ts';

const POST = 'POST /v1/automations/support-triage/calibrate';
const bins = [
  { above: 0.41234, share: 0.25, count: 20 },
  { above: 0.9, share: 0.966, count: 120 },
];
const body = {
  ...{ automation: 'support-triage', step: 'route', decided: 151 },
  made: [{ id: 'support-triage_calibration#route#route.v1#luna', madeAt: '2026-11-20T12:00:00.000Z', bins }],
  tooFew: [{ promptVersion: 'route.v2', model: 'luna', answers: 11 }],
};

describe('calibrate', () => {
  it('shows what each confidence is worth, and where there is too little to say', async () => {
    api.answers[POST] = { body };
    expect(calibratedSchema.parse(body)).toEqual(body);

    const { code, out, err } = await run(['calibrate', 'support-triage', 'route']);

    expect([code, err]).toEqual([0, '']);
    expect(out.split('\n').map((line) => line.trimEnd())).toEqual([
      '151 decisions looked at',
      '',
      'support-triage_calibration#route#route.v1#luna',
      ' from  right   of',
      '0.412   25 %   20',
      '0.900   97 %  120',
      'route.v2 at luna: 11 answers with a confidence, too few: 20 are needed',
    ]);
    expect(api.calls.map(({ method, path, body: sent }) => [`${method} ${path}`, sent])).toEqual([
      [POST, '{"step":"route"}'],
    ]);
  });

  it.each([
    ['nothing was decided', { decided: 0, tooFew: [] }, '0 decisions looked at', undefined],
    ['there are too few', { decided: 11, tooFew: body.tooFew }, 'too few: 20 are needed', undefined],
    [
      'the step measures none',
      { decided: 7, tooFew: [] },
      '7 decisions looked at',
      "an answer of 'route' with a confidence: declare 'confidence' for the step",
    ],
  ])('says what it takes where %s', async (_name, change, first, more) => {
    api.answers[POST] = { body: { ...body, made: [], ...change } };

    const { code, out } = await run(['calibrate', 'support-triage', 'route']);

    const text = out.replaceAll(/\s+/g, ' ');
    expect(code).toBe(0);
    expect(text).toContain(first);
    expect(text).toContain('At least 20 answers of one prompt version and model');
    expect(text.includes("declare 'confidence'")).toBe(more !== undefined);
    expect(text).toContain(more ?? '');
  });

  it('asks for as many answers as the API does', () => {
    const answers = Array.from({ length: 20 }, (_, at) => ({ raw: at / 20, right: true }));
    expect(calibrate('x', '2026-11-20T12:00:00.000Z', answers)).toBeDefined();
    expect(calibrate('x', '2026-11-20T12:00:00.000Z', answers.slice(1))).toBeUndefined();
  });

  it('goes back as many days as it is told, and gives its answer as JSON', async () => {
    api.answers[POST] = { body };
    const { out } = await run(['calibrate', 'support-triage', 'route', '--days', '30', '--json']);
    expect(JSON.parse(out)).toEqual(body);
    expect(api.calls[0]?.body).toBe('{"step":"route","days":30}');
  });

  it.each([
    [['calibrate']],
    [['calibrate', 'support-triage']],
    [['calibrate', 'support-triage', 'route', 'more']],
    [['calibrate', 'support-triage', 'route', '--days', '0']],
    [['calibrate', 'support-triage', 'route', '--days', '401']],
    [['calibrate', 'support-triage', 'route', '--days', 'ten']],
  ])('refuses %j before it asks', async (argv) => {
    const { code, err } = await run(argv);
    expect(code).not.toBe(0);
    expect(err).not.toBe('');
    expect(api.calls).toEqual([]);
  });

  it('asks about an automation by its name, whatever that is', async () => {
    api.answers['POST /v1/automations/a%2Fb/calibrate'] = { body };
    expect((await run(['calibrate', 'a/b', 'route'])).code).toBe(0);
  });

  it('says what the API refused', async () => {
    const detail = "'support-triage' has no step 'dance'; it has: route, reply";
    api.answers[POST] = { status: 404, body: { ...problem, errors: undefined, status: 404, detail } };
    const { code, err } = await run(['calibrate', 'support-triage', 'dance']);
    expect(code).not.toBe(0);
    expect(err).toContain(detail);
  });
});
