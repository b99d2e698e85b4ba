/** Runs a rule's query and looks up the evidence of what it found. */
import type { FieldValue, FlowRecord } from '../flow/columns.ts';
import { FIELD_BY_COLUMN } from '../flow/fields.ts';
import type { QueryEngine, ResultValue } from '../ports.ts';
import type { Rule } from '../rules/rule.ts';
import type { Crossing } from '../windows/evidence.ts';
import type { Place } from '../windows/places.ts';
import { SAMPLES } from '../windows/samples.ts';
import { placesSql, sampleColumns, samplesSql, type EvidenceScope, type SoughtSpan } from './evidence-sql.ts';
import { listsOfRule, planRuleSql, type RuleSqlOptions } from './rule-sql.ts';

/** A crossing without what only a second look tells: its places and samples are empty. */
export async function findCrossings(
  engine: QueryEngine,
  rule: Rule,
  options: RuleSqlOptions,
): Promise<readonly Crossing[]> {
  const { sql, lists } = planRuleSql(rule, options);
  const { rows } = await engine.query(sql, lists);
  return rows.map((row) => crossingOf(rule, row));
}

function crossingOf(rule: Rule, row: readonly ResultValue[]): Crossing {
  const group = row.slice(0, rule.by.length).map(fieldValue);
  const numbers = row.slice(rule.by.length).map((value) => (value === null ? null : Number(value)));
  const [time = 0, start, end, value, usual, records, packets, bytes, first, last] = numbers;
  return {
    rule,
    group,
    time: time ?? 0,
    start: start ?? 0,
    end: end ?? 0,
    value: value ?? 0,
    usual: usual ?? undefined,
    evidence: {
      records: records ?? 0,
      packets: packets ?? 0,
      bytes: bytes ?? 0,
      first: first ?? 0,
      last: last ?? 0,
      places: [],
      samples: [],
    },
  };
}

/** Samples of a sequel among those that an alert shows, as when rules stream. */
const SEQUEL_SAMPLES = 2;

/** The same crossings of one rule with their places and samples: three queries at most, whatever their number. */
export async function withEvidence(
  engine: QueryEngine,
  rule: Rule,
  networks: readonly string[],
  crossings: readonly Crossing[],
): Promise<readonly Crossing[]> {
  if (crossings.length === 0) return [];
  const scope = { rule, where: rule.where, networks };
  const spans = crossings.map(spanOf);
  const places = await readPlaces(engine, scope, spans);
  const samples = await readSamples(engine, scope, spans, SAMPLES);
  const sequel = rule.condition.kind === 'window' ? rule.condition.then : undefined;
  const after =
    sequel === undefined
      ? []
      : await readSamples(
          engine,
          { ...scope, where: sequel.where },
          crossings.map(({ group, time }) => ({ group, from: time, to: time + 60 })),
          SEQUEL_SAMPLES,
        );
  return crossings.map((crossing, at) => {
    const last = after[at] ?? [];
    const first = (samples[at] ?? []).slice(0, SAMPLES - last.length);
    return {
      ...crossing,
      evidence: { ...crossing.evidence, places: places[at] ?? [], samples: [...first, ...last] },
    };
  });
}

/** The records behind a crossing: of an absence those of the minute before it. */
function spanOf({ rule, group, time, start, end, evidence }: Crossing): SoughtSpan {
  switch (rule.condition.kind) {
    case 'match':
      return { group, from: evidence.first, to: evidence.first - (evidence.first % rule.suppress) + rule.suppress };
    case 'absence':
      return { group, from: time, to: time + 60 };
    case 'window':
    case 'new':
    case 'baseline':
      return { group, from: start, to: end };
  }
}

async function readPlaces(
  engine: QueryEngine,
  scope: EvidenceScope,
  spans: readonly SoughtSpan[],
): Promise<readonly (readonly Place[])[]> {
  const found: Place[][] = spans.map(() => []);
  const { rows } = await engine.query(placesSql(scope, spans), listsOfRule(scope.rule, scope.longList));
  for (const [at, ...lists] of rows) {
    const [interfaces = [], accounts = [], regions = [], vpcs = []] = lists.map(texts);
    const nowhere: Place = { interface: null, account: null, region: null, vpc: null };
    found[Number(at)]!.push(
      ...interfaces.map((text) => ({ ...nowhere, interface: text })),
      ...accounts.map((account) => ({ ...nowhere, account })),
      ...regions.map((region) => ({ ...nowhere, region })),
      ...vpcs.map((vpc) => ({ ...nowhere, vpc })),
    );
  }
  return found;
}

async function readSamples(
  engine: QueryEngine,
  scope: EvidenceScope,
  spans: readonly SoughtSpan[],
  most: number,
): Promise<readonly (readonly FlowRecord[])[]> {
  const columns = sampleColumns(scope.rule);
  const found: FlowRecord[][] = spans.map(() => []);
  const { rows } = await engine.query(samplesSql(scope, spans, most), listsOfRule(scope.rule, scope.longList));
  for (const [at, ...values] of rows) {
    const record = columns.map((column, index) => [column, fieldValue(values[index] ?? null)] as const);
    // the default format's fields say by being null that there was nothing; of others only what is known is worth a line
    found[Number(at)]!.push(
      Object.fromEntries(
        record.filter(([column, value]) => value !== null || FIELD_BY_COLUMN.get(column)?.since === 2),
      ),
    );
  }
  return found;
}

function fieldValue(value: ResultValue): FieldValue {
  if (typeof value === 'string' || typeof value === 'number') return value;
  return typeof value === 'bigint' ? Number(value) : null;
}

function texts(value: ResultValue): readonly string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
}
