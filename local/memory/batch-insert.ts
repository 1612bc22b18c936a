import { type Attributes, Invalid } from './expressions.ts';
import { identityOf, kept, refuseUnfit } from './rows.ts';
import type { Tables } from './tables.ts';

interface Statement {
  Statement: string;
  Parameters: unknown[];
}

interface Said {
  TableName?: string;
  Error?: { Code: string; Message: string };
}

const INSERT = /^INSERT INTO "([\w.-]+)" VALUE \{((?:'\w+': \?(?:, |(?=\})))+)\}$/;

/** Statements that insert, each of which answers for itself; the last `unprocessed` are refused for now. */
export function batchInsert(tables: Tables, { Statements }: { Statements: Statement[] }) {
  if (Statements.length < 1 || Statements.length > 25) throw new Invalid('a batch takes 1 to 25 statements');
  const taken = Statements.length - tables.unprocessed;
  tables.unprocessed = 0;
  const Responses = Statements.map((one, index) =>
    index < taken ? insert(tables, one) : refused('ThrottlingError'),
  );
  return { Responses };
}

function insert(tables: Tables, { Statement, Parameters }: Statement): Said {
  const [, TableName, list = ''] = INSERT.exec(Statement) ?? [];
  const names = [...list.matchAll(/'(\w+)'/g)].map(([, name]) => String(name));
  if (TableName === undefined || Statement.length > 8192 || names.length !== Parameters.length)
    return refused('ValidationError');
  try {
    const row: Attributes = kept(Object.fromEntries(names.map((name, index) => [name, Parameters[index]])));
    refuseUnfit(row);
    if (tables.rows(TableName).has(identityOf(row))) return { TableName, ...refused('DuplicateItem') };
    tables.put(TableName, row);
    return { TableName };
  } catch (error) {
    if (error instanceof Invalid) return refused('ValidationError');
    throw error;
  }
}

function refused(Code: string): Said {
  return { Error: { Code, Message: 'by the table in memory' } };
}
