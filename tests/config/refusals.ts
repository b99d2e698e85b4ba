/** What a configuration is refused for. */
import { expect } from 'vitest';
import { parseConfig } from '../../shared/config/parse-config.ts';

/** Every message for a text, without the file's name. */
export function refusals(text: string): readonly string[] {
  const read = parseConfig('f', text);
  return Array.isArray(read) ? read.map(({ message }: { message: string }) => message.slice('f:'.length)) : [];
}

/** One message that holds a text, and nothing else. */
export function one(message: string): readonly unknown[] {
  return [expect.stringContaining(message)];
}
