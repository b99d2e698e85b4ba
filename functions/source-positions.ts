/**
 * Where in the sources an error arose. The functions are bundled and made small, so that a stack names a place that says
 * nothing. Node would look up the sources' places by itself (`--enable-source-maps`), but read the maps of all that it
 * loads, at every start; here they are read when there is an error to tell.
 */
import { readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';

/** A place as V8 writes it: a file's path, line and column. */
const PLACE = /(\/[^\s():]+\.js):(\d+):(\d+)/g;

/** Gives an error and those it was caused by the places in the sources, where maps beside the files tell them. */
export function showSources(error: Error): void {
  const maps = new Map<string, SourceMap | undefined>();
  const seen = new Set<unknown>();
  for (let each: unknown = error; each instanceof Error && !seen.has(each); each = each.cause) {
    seen.add(each);
    if (each.stack === undefined) continue;
    const stack = each.stack.replaceAll(PLACE, (place: string, file: string, line: string, column: string) => {
      if (!maps.has(file)) maps.set(file, readMap(file));
      const origin = maps.get(file)?.findOrigin(Number(line), Number(column));
      if (origin === undefined || !('fileName' in origin)) return place;
      return `${origin.fileName}:${origin.lineNumber}:${origin.columnNumber}`;
    });
    // one that can't be changed stays as it is
    Reflect.set(each, 'stack', stack);
  }
}

/** The map beside a file; undefined where there is none that can be read: what is told must not depend on it. */
function readMap(file: string): SourceMap | undefined {
  try {
    return new SourceMap(JSON.parse(readFileSync(`${file}.map`, 'utf8')) as ConstructorParameters<typeof SourceMap>[0]);
  } catch {
    return undefined;
  }
}
