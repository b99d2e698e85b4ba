/** Alerts as they lie in the store, read back: what is there may be of another version, or nothing of ours. */
import { SEVERITIES } from '../rules/rule.ts';
import type { Alert } from './alert.ts';

/** An alert from its object's body; undefined where it is none, or one of another version. */
export function decodeAlert(body: Uint8Array): Alert | undefined {
  let alert: unknown;
  try {
    alert = JSON.parse(Buffer.from(body).toString());
  } catch {
    return undefined;
  }
  return isAlert(alert) ? alert : undefined;
}

function isAlert(value: unknown): value is Alert {
  if (!isObject(value) || value['schema'] !== 'sekisho.alert/1') return false;
  const { rule, window, period, queries } = value;
  return (
    isObject(rule) &&
    areAll(isText, [rule['id'], rule['title']]) &&
    (SEVERITIES as readonly unknown[]).includes(rule['severity']) &&
    areAll(isListOfTexts, [rule['tags'], rule['quiets'], value['interfaces']]) &&
    areAll(isText, [value['id'], value['summary']]) &&
    areAll(
      isTextOrNull,
      TEXTS_OR_NULL.map((name) => value[name]),
    ) &&
    areAll(isSpan, [window, period, { start: value['first_seen'], end: value['last_seen'] }]) &&
    areAll(isObject, [value['group'], value['measure']]) &&
    areAll(isNumber, [value['records'], value['packets'], value['bytes']]) &&
    areAll(isNumber, Object.values(value['measure'] as object)) &&
    Array.isArray(value['samples']) &&
    areAll(isObject, value['samples']) &&
    isObject(queries) &&
    areAll(isText, [queries['athena'], queries['insights']])
  );
}

const TEXTS_OR_NULL = ['threshold', 'account_id', 'region', 'vpc_id', 'runbook', 'continues', 'quieted_by'];

function areAll(is: (value: unknown) => boolean, values: readonly unknown[]): boolean {
  return values.every(is);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isTextOrNull(value: unknown): boolean {
  return value === null || isText(value);
}

function isNumber(value: unknown): boolean {
  return typeof value === 'number';
}

function isListOfTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every(isText);
}

function isSpan(value: unknown): boolean {
  return (
    isObject(value) && [value['start'], value['end']].every((time) => isText(time) && !Number.isNaN(Date.parse(time)))
  );
}
