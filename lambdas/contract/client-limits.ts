/** The longest wait of a caller: an HTTP API gives up after 30 s. */
export const MAX_WAIT_SECONDS = 25;

export interface ClientLimits {
  /** Posts per second in the long run, and how many may come at once. */
  rate: { perSecond: number; burst: number };
  quota: { perDay: number };
}

/** For an entry that declares none: enough to begin with, too little to harm others. */
export const DEFAULT_LIMITS: ClientLimits = {
  rate: { perSecond: 10, burst: 100 },
  quota: { perDay: 10_000 },
};

/** The limits of a client's entry; missing or invalid numbers become the default. */
export function limitsOf(entry: {
  rate?: Partial<ClientLimits['rate']>;
  quota?: Partial<ClientLimits['quota']>;
}): ClientLimits {
  const { rate, quota } = DEFAULT_LIMITS;
  return {
    rate: {
      perSecond: meant(entry.rate?.perSecond, 0.001) ?? rate.perSecond,
      burst: Math.floor(meant(entry.rate?.burst, 1) ?? rate.burst),
    },
    quota: { perDay: Math.floor(meant(entry.quota?.perDay, 0) ?? quota.perDay) },
  };
}

function meant(value: unknown, least: number): number | undefined {
  return typeof value === 'number' && value >= least && value <= 1e9 ? value : undefined;
}

/** As the authorizer passes it on: a context carries flat strings only. */
export function limitsText({ rate, quota }: ClientLimits): string {
  return [rate.perSecond, rate.burst, quota.perDay].join(' ');
}

export function readLimits(text = ''): ClientLimits {
  const [perSecond, burst, perDay] = text.split(' ').map((part) => (part === '' ? undefined : Number(part)));
  return limitsOf({
    rate: { ...(perSecond === undefined ? {} : { perSecond }), ...(burst === undefined ? {} : { burst }) },
    quota: perDay === undefined ? {} : { perDay },
  });
}
