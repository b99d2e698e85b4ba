/** Where a list is kept that is not written out in a rule file: in a file, in the lake's store, or in S3. */
import type { OutsideListSetting } from '../config/config.ts';
import type { Code } from './codes.ts';
import { parseDuration } from './quantity.ts';

/** A place that holds a list's text. */
export type ListPlace =
  | { readonly kind: 'file'; readonly path: string }
  /** An object of the lake's own store. */
  | { readonly kind: 'object'; readonly key: string }
  | { readonly kind: 's3'; readonly bucket: string; readonly key: string };

/** A place, how its text is to be read, and how often. */
export interface ListSource {
  readonly place: ListPlace;
  /** The CSV column that holds the entries: a name, or a number from 1; undefined for an entry a line. */
  readonly column: string | number | undefined;
  /** Seconds between two looks at the place, at least. */
  readonly refresh: number;
}

/** Why a list's place can't be understood: what is wrong with which key. */
export interface ListSourceProblem {
  readonly code: Code;
  readonly key: keyof OutsideListSetting;
  readonly message: string;
  readonly hint: string | undefined;
}

const DEFAULT_REFRESH = 300;

/** Reads what was written about a list's place in the file `namedIn`, to whose folder paths are relative. */
export function parseListSource(written: OutsideListSetting, namedIn: string): ListSource | ListSourceProblem {
  const { file, object, column, refresh } = written;
  if ((file === undefined) === (object === undefined)) {
    const hint = 'write `{ file: path }`, `{ object: key }` or `s3://bucket/key`';
    return problem(
      'file',
      `a list is kept in one place: a \`file\` or an \`object\`, ${object ? 'not both' : 'and none is named'}`,
      hint,
    );
  }
  const place = file === undefined ? parseObject(object!) : parseFile(file, namedIn);
  if ('code' in place) return place;
  const number = typeof column === 'string' && /^\d+$/.test(column) ? Number(column) : column;
  if (number === 0 || number === '')
    return problem('column', 'columns are counted from 1', 'or name the column as the header does');
  const seconds = refresh === undefined ? DEFAULT_REFRESH : parseDuration(refresh);
  if (seconds === undefined || seconds === 0) {
    return problem('refresh', `\`refresh\` is a duration, not \`${refresh}\``, 'write `5m` or `1h`');
  }
  return { place, column: number, refresh: seconds };
}

/** A place as people write it: a path, a key, or `s3://bucket/key`. */
export function formatPlace(place: ListPlace): string {
  switch (place.kind) {
    case 'file':
      return place.path;
    case 'object':
      return place.key;
    case 's3':
      return `s3://${place.bucket}/${place.key}`;
  }
}

function parseFile(path: string, namedIn: string): ListPlace | ListSourceProblem {
  if (path.startsWith('s3://')) return problem('file', `\`${path}\` is no file`, `write \`object: ${path}\``);
  if (path.trim() === '') return problem('file', '`file` is empty');
  const folder = /^.*[/\\]/.exec(namedIn)?.[0] ?? '';
  return { kind: 'file', path: /^([/\\]|[A-Za-z]:)/.test(path) ? path : `${folder}${path}` };
}

function parseObject(text: string): ListPlace | ListSourceProblem {
  if (!text.startsWith('s3://')) {
    if (text === '' || text.split('/').some((part) => ['', '.', '..'].includes(part))) {
      return problem(
        'object',
        `\`${text}\` is no key of an object`,
        'write its path in the lake, such as `lists/threats.txt`',
      );
    }
    return { kind: 'object', key: text };
  }
  const parts = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])\/(.*[^/])$/.exec(text);
  if (parts !== null) return { kind: 's3', bucket: parts[1]!, key: parts[2]! };
  return problem('object', `\`${text}\` names no object`, 'write `s3://bucket/key`');
}

function problem(key: keyof OutsideListSetting, message: string, hint?: string): ListSourceProblem {
  return { code: 'E404', key, message, hint };
}
