/** Formats of the sources, as whoever knows formats reads them. */
import { complain, type Complaint } from './complaint.ts';
import type { SourceConfig } from './config.ts';
import { isTransitGateway, type SourceSettings } from './source-settings.ts';

/** Reads a format: of which kind of flow log it is, or what is wrong with it. */
export type FormatReader = (
  text: string,
) => { readonly table: 'vpc' | 'tgw' } | { readonly kind: 'format-error'; readonly message: string };

/** What is wrong with the formats of sources, as they are written and as they are taken. */
export function checkFormats(
  written: SourceSettings,
  sources: readonly SourceConfig[],
  readFormat: FormatReader,
): readonly Complaint[] {
  return sources.flatMap((source, index) => {
    const setting = written[index];
    if (source.kind !== 'log-group' || setting === undefined || !('log_group' in setting)) return [];
    return source.formats.flatMap((text, entry): Complaint[] => {
      const at = ['sources', index, 'format', ...(Array.isArray(setting.format) ? [entry] : [])];
      const format = readFormat(text);
      if ('kind' in format) return [complain(at, format.message)];
      if (source.create === undefined || (format.table === 'tgw') === isTransitGateway(source.create.resource))
        return [];
      const [watched, other] = format.table === 'tgw' ? ['VPCs', 'transit gateways'] : ['transit gateways', 'VPCs'];
      return [
        complain(
          at,
          `these are fields of ${other}, and \`create\` watches ${watched}: write \`recommended\`, or leave it out`,
        ),
      ];
    });
  });
}
