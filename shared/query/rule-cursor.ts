/** How far a scheduled rule has been run: one small object a rule and meaning, so that an edited rule starts afresh. */
import type { ObjectStore, StoredObject } from '../ports.ts';
import type { Rule } from '../rules/rule.ts';

const SCHEMA = 'sekisho.scheduled-rule/1';

function cursorKey(stateKey: string): string {
  return `windows/scheduled/${stateKey}.json`;
}

/**
 * As of when a rule was run last, Unix seconds; where it leaves out times that records may still come for, up to where it
 * looked. Undefined before the first run, and where it can't be read: then all is looked at again.
 */
export async function readCursor(store: ObjectStore, rule: Rule): Promise<number | undefined> {
  return decodeCursor(await store.get(cursorKey(rule.stateKey)));
}

/** Says that the rule was run as of a time. A cursor never moves back, and whoever is faster has run the rule as well. */
export async function moveCursor(store: ObjectStore, rule: Rule, until: number): Promise<void> {
  const key = cursorKey(rule.stateKey);
  const stored = await store.get(key);
  if ((decodeCursor(stored) ?? Number.NEGATIVE_INFINITY) >= until) return;
  const body = Buffer.from(`${JSON.stringify({ schema: SCHEMA, rule: rule.id, until })}\n`);
  await store.putIfUnchanged(key, body, stored?.version);
}

function decodeCursor(stored: StoredObject | undefined): number | undefined {
  if (stored === undefined) return undefined;
  try {
    const { schema, until } = JSON.parse(Buffer.from(stored.body).toString()) as { schema?: unknown; until?: unknown };
    return schema === SCHEMA && typeof until === 'number' ? until : undefined;
  } catch {
    return undefined;
  }
}
