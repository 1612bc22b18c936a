import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { ROOT } from '../state.ts';

/* What the registry knows against the packages that are deployed. */

export interface Found {
  name: string;
  severity: string;
  /** What is known, as the advisory is titled. */
  titles: string[];
  /** Where the package lies: a key of the lockfile for each copy. */
  nodes: string[];
}

/** What npm's own client says, as JSON. */
type Npm = () => Promise<string>;

const npmAudit: Npm = async () => {
  // No long wait where there is no network: the audit is told as skipped, and the build goes on. It asks two ways, one after the other.
  const args = ['audit', '--json', '--fetch-retries=0', '--fetch-timeout=8000'];
  const options = { cwd: ROOT, maxBuffer: 64 << 20, shell: process.platform === 'win32', timeout: 20_000 };
  // It exits with 1 where it found something.
  const done = await promisify(execFile)('npm', args, options).catch((error: { stdout?: string }) => error);
  return done.stdout ?? '';
};

interface Report {
  auditReportVersion?: number;
  vulnerabilities?: Record<
    string,
    { name: string; severity: string; via: (string | { title?: string })[]; nodes: string[] }
  >;
  message?: string;
}

/** Everything that the registry answers, or why it answers nothing. */
export async function audit(npm: Npm = npmAudit): Promise<Found[] | string> {
  const said = await npm();
  let report: Report;
  try {
    report = JSON.parse(said) as Report;
  } catch {
    return 'npm audit gave no report';
  }
  if (report.auditReportVersion !== 2 || !report.vulnerabilities)
    return report.message ?? 'npm audit gave no report';
  return Object.values(report.vulnerabilities).map(({ name, severity, via, nodes }) => ({
    ...{ name, severity, nodes },
    titles: via.map((it) => (typeof it === 'string' ? `by ${it}` : (it.title ?? 'without a title'))),
  }));
}

/** One line for each, and whether any of them is of what is deployed: that fails a build. */
export function judged(
  found: readonly Found[] | string,
  deployed: ReadonlySet<string>,
): { lines: string[]; fails: boolean } {
  if (typeof found === 'string')
    return {
      lines: [`audit SKIPPED: the registry answered none (${found}). Nothing is known of vulnerabilities.`],
      fails: false,
    };
  const isDeployed = ({ nodes }: Found) => nodes.some((node) => deployed.has(node));
  const lines = found.map(
    (one) =>
      `${isDeployed(one) ? 'DEPLOYED' : 'development only'}: ${one.name} (${one.severity}): ${one.titles.join('; ')}`,
  );
  const bad = found.filter(isDeployed).length;
  return {
    lines: [
      ...lines,
      `audit: ${bad} vulnerable of ${deployed.size} deployed packages, ${found.length - bad} in development only`,
    ],
    fails: bad > 0,
  };
}
