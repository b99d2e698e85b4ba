import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compactKey, ledgerKey, objectName, quarantineKey, rawKey } from '../../shared/lake/layout.ts';

const time = new Date('2026-11-05T13:59:59.999Z');

test('keys say the hour of arrival, the event day, the day', () => {
  const name = objectName(time, 'k3x9');
  expect(name).toBe('20261105T135959999Z-k3x9');
  expect(rawKey('vpc', time, name)).toBe(`flows/raw/arrived=2026-11-05-13/${name}.parquet`);
  expect(rawKey('tgw', time, name)).toBe(`tgw/raw/arrived=2026-11-05-13/${name}.parquet`);
  expect(compactKey('vpc', '2026-11-04', name)).toBe(`flows/compact/day=2026-11-04/${name}.parquet`);
  expect(quarantineKey(time, name)).toBe(`quarantine/day=2026-11-05/${name}.jsonl`);
  expect(ledgerKey(time, 7)).toBe('ledger/day=2026-11-05/run=7.json');
});

test('keys sort by time, whatever the random part', () => {
  const moment = fc.date({ min: new Date('2014-01-01'), max: new Date('2100-01-01'), noInvalidDate: true });
  const random = fc.stringMatching(/^[0-9a-z]{8}$/);
  fc.assert(
    fc.property(moment, moment, random, random, (a, b, one, other) => {
      fc.pre(a < b);
      expect(rawKey('vpc', a, objectName(a, one)) < rawKey('vpc', b, objectName(b, other))).toBe(true);
    }),
  );
});
