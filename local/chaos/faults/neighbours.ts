import type { Exchange, Judgement } from '../wire.ts';
import { type Fault, type Place, rigOf, usual } from './fault.ts';

/* Models, sources and destinations that are down, slow, busy or odd, and answers that are lost. */

type Kind = 'model' | 'source' | 'destination' | 'caller';

const json = { 'content-type': 'application/json' };
const answer = (status: number, body: object, headers: Record<string, string> = {}): Judgement => ({
  ...{ do: 'answer', status, body: JSON.stringify(body) },
  headers: { ...json, ...headers },
});

interface Way {
  says: string;
  judge(place: Place): (exchange: Exchange) => Judgement;
  /** Only of these. @default all */
  of?: readonly Kind[];
}

const WAYS: Record<string, Way> = {
  down: { says: 'answers 503', judge: () => () => answer(503, { error: 'down' }) },
  slow: {
    says: 'takes up to five seconds',
    judge:
      ({ random }) =>
      () => ({ do: 'wait', ms: random.whole(500, 5000) }),
  },
  '429': {
    says: 'answers 429 half of the time',
    judge:
      ({ random }) =>
      () =>
        random.chance(0.5) ? answer(429, { error: 'busy' }, { 'retry-after': '1' }) : undefined,
  },
  garbage: {
    says: 'answers with a page of HTML, and does nothing',
    judge: () => () => ({
      do: 'answer',
      status: 200,
      body: '<!doctype html>',
      headers: { 'content-type': 'text/html' },
    }),
    of: ['model', 'source'],
  },
  gone: { says: 'takes no connection', judge: () => () => ({ do: 'cut' }) },
  'answer-lost': {
    says: 'does its work, and every second answer is lost',
    judge:
      ({ random }) =>
      () =>
        random.chance(0.5) ? { do: 'lose' } : undefined,
  },
  '409-on-repeat': {
    says: 'loses the first answer, and says 409 to the same key',
    of: ['destination'],
    judge: ({ random }) => {
      const seen = new Set<string>();
      return ({ key = '' }) => {
        if (seen.has(key)) return random.chance(0.5) ? answer(409, { error: 'in work' }) : undefined;
        seen.add(key);
        return { do: 'lose' };
      };
    },
  },
};

const failing = (kind: Kind, way: string): Fault => {
  const { says, judge } = WAYS[way] as Way;
  return {
    ...{ ...usual, name: `${kind}-${way}`, at: kind },
    says: `for two to seven seconds each ${kind} ${says}`,
    // Asked once, at the beginning.
    ...(kind === 'source' ? { within: 0 } : {}),
    // What was paid and not heard is paid again, and so is what was not understood.
    excuses: kind === 'model' ? { all: Number.POSITIVE_INFINITY } : {},
    async begin(place) {
      const { wire } = rigOf(place);
      const own = judge(place);
      let met = 0;
      wire.judge = (exchange) => {
        if (exchange.to !== kind) return undefined;
        met += 1;
        return own(exchange);
      };
      return () => {
        wire.judge = undefined;
        place.note(`${met} calls of a ${kind} met it`);
      };
    },
  };
};

const KINDS: readonly Kind[] = ['model', 'source', 'destination'];

/** What a token is good for: shorter than its server says. */
const TOKEN_MS = 800;

/** Tokens of the copy's order system come from its sandbox, which never refuses one. */
const tokenExpires: Fault = {
  ...{ ...usual, name: 'token-expires', at: 'source', within: 0 },
  says: 'for two to seven seconds the source with OAuth refuses every token that is older than 0.8 seconds',
  async begin(place) {
    const { wire } = rigOf(place);
    const given = new Map<string, number>();
    let refused = 0;
    wire.judge = ({ to, path, headers: { authorization = '' } }) => {
      if (to !== 'source') return undefined;
      if (path.endsWith('/token')) {
        const token = `short-${given.size + 1}`;
        given.set(`Bearer ${token}`, Date.now());
        return answer(200, { access_token: token, token_type: 'Bearer', expires_in: 3600 });
      }
      if (Date.now() - (given.get(authorization) ?? 0) < TOKEN_MS) return undefined;
      refused += 1;
      return answer(401, { error: 'invalid_token' });
    };
    return () => {
      wire.judge = undefined;
      place.note(`${given.size} tokens given, ${refused} refused`);
    };
  },
};

/** For as long as it is seen to be there, all that lies outside is gone: as the sandbox is after `kill -9`. */
const sandboxGone: Fault = {
  ...{ ...usual, name: 'kill-9-sandbox', at: 'destination', excuses: { all: Number.POSITIVE_INFINITY } },
  says: 'takes models, sources and destinations away at once, for two to seven seconds',
  async begin(place) {
    const { wire } = rigOf(place);
    wire.judge = ({ to }) => (to === 'aws' || to === 'caller' ? undefined : { do: 'cut' });
    return () => {
      wire.judge = undefined;
    };
  },
};

export const NEIGHBOUR_FAULTS: readonly Fault[] = [
  ...KINDS.flatMap((kind) =>
    Object.keys(WAYS)
      .filter((way) => WAYS[way]?.of?.includes(kind) ?? true)
      .map((way) => failing(kind, way)),
  ),
  ...['gone', 'answer-lost'].map((way) => failing('caller', way)),
  sandboxGone,
  tokenExpires,
];
