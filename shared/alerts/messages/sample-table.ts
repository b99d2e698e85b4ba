/** An alert's sample records in lines of a given width: a table where it fits, else a paragraph a record. */
import stringWidth from 'string-width';
import type { FlowRecord } from '../../flow/columns.ts';
import { formatBytes, formatCount, formatFlow, formatProtocol, formatEnds } from '../wording.ts';
import { wrap } from '../wrap.ts';
import { cutText, withoutLinks } from './clean.ts';

const HEAD = ['from', 'to', 'protocol', 'action', 'packets', 'bytes'];

/** Characters beyond which a value is no address, and a record no record. */
const MOST_CELL = 100;
const MOST_TEXT = 500;

/** Columns of numbers stand right. */
const RIGHT = new Set([4, 5]);

/** The records in lines of at most `width` columns. */
export function sampleTable(samples: readonly FlowRecord[], width: number): readonly string[] {
  const rows = samples.map(cellsOf);
  if (rows.every((cells) => cells !== undefined)) {
    const table = [HEAD, ...rows];
    const widths = HEAD.map((_, column) => Math.max(...table.map((cells) => stringWidth(cells[column]!))));
    if (widths.reduce((sum, each) => sum + each + 2, -2) <= width) {
      return table.map((cells) =>
        cells
          .map((cell, column) => padded(cell, widths[column]!, column))
          .join('  ')
          .trimEnd(),
      );
    }
  }
  return samples.flatMap((sample) => {
    const [first = '', ...rest] = wrap(cutText(withoutLinks(formatFlow(sample)), MOST_TEXT), width - 2);
    return [first, ...rest.map((line) => `  ${line}`)];
  });
}

/** A record's cells; undefined for one that is about no traffic. */
function cellsOf(record: FlowRecord): readonly string[] | undefined {
  const { srcaddr, dstaddr, protocol, action, packets, bytes } = record;
  if (srcaddr == null && dstaddr == null) return undefined;
  const { from, to } = formatEnds(record);
  return [
    from,
    to,
    protocol == null ? '-' : formatProtocol(protocol),
    action == null ? '-' : `${action}`,
    typeof packets === 'number' ? formatCount(packets) : '-',
    typeof bytes === 'number' ? formatBytes(bytes) : '-',
  ].map((cell) => cutText(withoutLinks(cell), MOST_CELL));
}

function padded(cell: string, width: number, column: number): string {
  const blank = ' '.repeat(width - stringWidth(cell));
  return RIGHT.has(column) ? `${blank}${cell}` : `${cell}${blank}`;
}
