import { expect, test } from 'vitest';
import { DeployedRules, type RuntimeList } from '../shared/deployed-rules.ts';
import { compilePipelineRules, packPipelineRules, unpackPipelineRules } from '../shared/pipeline-rules.ts';
import { evaluateRules } from '../shared/rules/evaluate.ts';
import { loadRules } from '../shared/rules/load.ts';
import type { FetchedList, FetchList } from '../shared/rules/outside-lists.ts';
import { columnBatch } from './support/batches.ts';

const START = new Date('2026-11-17T02:00:00Z');
const after = (seconds: number): Date => new Date(START.getTime() + seconds * 1000);
const FINE = { problems: [], unreadable: 0 };
const NOT_READ = { kind: 'content', entries: [], diagnostics: [] } as const;

/** Rules as they are deployed: loaded while nobody knew the list, packed, unpacked; `texts` is what S3 holds by then. */
function deploy(where: string, list = '{ object: lists/bad.txt, refresh: 1m }') {
  const text = `lists:\n  bad: ${list}\nrules:\n  - id: contact\n    where: ${where}\n`;
  const loaded = loadRules([{ name: 'own.yml', text }], { readOutside: () => NOT_READ });
  expect(loaded.diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  const lists: RuntimeList[] = [{ name: 'bad', source: loaded.lists.get('bad')!.source! }];
  const place: { text: string | undefined; looks: number } = { text: undefined, looks: 0 };
  const fetch: FetchList = async (_, known): Promise<FetchedList> => {
    place.looks++;
    const { text: body } = place;
    if (body === undefined) return { kind: 'failed', message: 'access denied' };
    return body === known ? { kind: 'unchanged' } : { kind: 'bytes', bytes: Buffer.from(body), version: body };
  };
  const rules = new DeployedRules(unpackPipelineRules(packPipelineRules(loaded.rules)), lists, fetch);
  return { rules, place, stateKey: loaded.rules[0]!.stateKey };
}

/** Which of these addresses the rules find as sources. */
function found(rules: DeployedRules, addresses: readonly string[]): readonly string[] {
  const batch = columnBatch(
    'interface-id srcaddr start',
    addresses.map((srcaddr) => ({ fields: { interface_id: 'eni-1', srcaddr, start: 1_767_571_200 } })),
  );
  return evaluateRules(rules.current.immediate.vpc, batch).flatMap(({ rows }) =>
    [...rows].map((row) => addresses[row]!),
  );
}

const BOTH = ['192.0.2.1', '192.0.2.2'];

test('a list is read at the first look, and again when its time has come; the rule stays the same rule', async () => {
  const { rules, place, stateKey } = deploy('srcaddr in @bad');
  expect(found(rules, BOTH)).toEqual([]);
  place.text = '192.0.2.1\n';
  expect(await rules.refresh(START)).toEqual(FINE);
  expect(found(rules, BOTH)).toEqual(['192.0.2.1']);
  place.text = '192.0.2.2\n';
  expect(await rules.refresh(after(59))).toEqual(FINE);
  expect(place.looks).toBe(1);
  expect(found(rules, BOTH)).toEqual(['192.0.2.1']);
  expect(await rules.refresh(after(60))).toEqual(FINE);
  expect(found(rules, BOTH)).toEqual(['192.0.2.2']);
  expect(rules.current.all.map((rule) => rule.stateKey)).toEqual([stateKey]);
});

test.each(['srcaddr in @bad', 'srcaddr not in @bad', 'has(dstaddr) or srcaddr not in @bad'])(
  'where a list can not be read at first, `%s` decides nothing; it does as soon as it can be read, in seconds',
  async (where) => {
    const { rules, place } = deploy(where, '{ object: lists/bad.txt, refresh: 5m }');
    expect(found(rules, BOTH)).toEqual([]);
    const problem = 'rules that name `@bad` are left out until it can be read: access denied';
    expect(await rules.refresh(START)).toEqual({ problems: [problem], unreadable: 1 });
    expect(found(rules, BOTH)).toEqual([]);
    expect(rules.leftOut('none').map(({ id }) => id)).toEqual(['contact']);
    expect(rules.leftOut('stream')).toEqual([]);
    expect(rules.current.all.map(({ id }) => id)).toEqual(['contact']);
    expect(await rules.refresh(after(4))).toEqual(FINE);
    expect(await rules.refresh(after(5))).toEqual({ problems: [], unreadable: 1 });
    place.text = '192.0.2.1\n';
    expect(await rules.refresh(after(14))).toEqual(FINE);
    expect(rules.leftOut('none')).toHaveLength(1);
    expect(await rules.refresh(after(15))).toEqual(FINE);
    expect(rules.leftOut('none')).toEqual([]);
    expect(found(rules, BOTH)).toEqual([where.includes('not in') ? '192.0.2.2' : '192.0.2.1']);
  },
);

test('a list that can not be read is looked at every minute at least, however rarely it is otherwise', async () => {
  const { rules, place } = deploy('srcaddr in @bad', '{ object: lists/bad.txt, refresh: 1d }');
  for (let second = 0; second <= 600; second++) await rules.refresh(after(second));
  expect(place.looks).toBe(13);
  place.text = '192.0.2.1\n';
  await rules.refresh(after(660));
  expect(found(rules, BOTH)).toEqual(['192.0.2.1']);
  await rules.refresh(after(1_000));
  expect(place.looks).toBe(14);
});

test('a list that can not be read again keeps its entries, is told of once, and counted each time', async () => {
  const { rules, place } = deploy('srcaddr in @bad');
  place.text = '192.0.2.1\n';
  await rules.refresh(START);
  place.text = undefined;
  expect(await rules.refresh(after(60))).toEqual({ problems: ['access denied'], unreadable: 1 });
  expect(await rules.refresh(after(65))).toEqual({ problems: [], unreadable: 1 });
  expect(rules.leftOut('none')).toEqual([]);
  expect(found(rules, BOTH)).toEqual(['192.0.2.1']);
});

test('lists are looked at side by side, and what can not be used does not stand in the way of another', async () => {
  const text = `lists:
  bad: { object: lists/bad.txt }
  worse: { object: lists/worse.txt }
  ports: { object: lists/ports.txt }
rules:
  - { id: bad, where: srcaddr in @bad }
  - { id: worse, where: srcaddr not in @worse }
  - { id: port, where: srcaddr in @ports }
`;
  const loaded = loadRules([{ name: 'own.yml', text }], { readOutside: () => NOT_READ });
  const lists = [...loaded.lists.values()].flatMap(({ name, source }) =>
    source === undefined ? [] : [{ name, source }],
  );
  let [under, most] = [0, 0];
  const fetch: FetchList = async (place): Promise<FetchedList> => {
    most = Math.max(most, ++under);
    await new Promise((resolve) => setTimeout(resolve, 20));
    under--;
    const key = place.kind === 'object' ? place.key : '';
    if (key === 'lists/worse.txt') return { kind: 'failed', message: 'it does not answer' };
    const body = key === 'lists/bad.txt' ? '192.0.2.1\n' : 'ssh\n';
    return { kind: 'bytes', bytes: Buffer.from(body), version: '1' };
  };
  const rules = new DeployedRules(unpackPipelineRules(packPipelineRules(loaded.rules)), lists, fetch);
  expect(await rules.refresh(START)).toEqual({
    problems: [
      'rules that name `@worse` are left out until it can be read: it does not answer',
      expect.stringMatching(/^rules that name `@ports` are left out: `@ports` can't be held against `srcaddr`/),
    ],
    unreadable: 1,
  });
  expect(most).toBe(3);
  expect(found(rules, BOTH)).toEqual(['192.0.2.1']);
  expect(rules.leftOut('none').map(({ id }) => id)).toEqual(['worse', 'port']);
});

test('entries that do not fit are left out and told; a list of nothing else is not taken', async () => {
  const { rules, place } = deploy('srcaddr in @bad');
  place.text = '192.0.2.1\n';
  await rules.refresh(START);
  place.text = 'one\ntwo\n';
  const { problems } = await rules.refresh(after(60));
  expect(problems[0]).toMatch(
    /^the lists have changed, and their former entries stay in use: `@bad` can't be held against/,
  );
  expect(found(rules, BOTH)).toEqual(['192.0.2.1']);
});

test('a rule that patterns of a list would make too large is left out', async () => {
  const { rules, place } = deploy('interface_id like @bad and has(srcaddr)');
  place.text = Array.from({ length: 5_000 }, (_, index) => `eni-${index}*x\n`).join('');
  expect((await rules.refresh(START)).problems).toEqual([
    'rules that name `@bad` are left out: the rule `contact` becomes more than 4096 alternatives with its list',
  ]);
  expect(found(rules, BOTH)).toEqual([]);
});

test('patterns of a list are patterns', async () => {
  const { rules, place } = deploy('interface_id like @bad');
  place.text = 'eni-*\n';
  expect(await rules.refresh(START)).toEqual(FINE);
  expect(found(rules, BOTH)).toEqual(BOTH);
});

test('rules without such lists look nowhere', async () => {
  const { rules } = loadAlone();
  expect(await rules.refresh(START)).toEqual(FINE);
  expect(found(rules, BOTH)).toEqual(['192.0.2.1']);
});

function loadAlone() {
  const text = 'rules:\n  - id: contact\n    where: srcaddr = 192.0.2.1\n';
  const fetch: FetchList = () => Promise.reject(new Error('nothing is to be read'));
  return { rules: new DeployedRules(compilePipelineRules(loadRules([{ name: 'own.yml', text }]).rules), [], fetch) };
}
