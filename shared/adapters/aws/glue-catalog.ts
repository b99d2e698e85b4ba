/** What the Glue catalog knows of a deployment's database. */
import { EntityNotFoundException, GetTableCommand, GlueClient } from '@aws-sdk/client-glue';
import type { ViewCatalog } from '../../query/ensure-views.ts';
import { CALLS } from './limits.ts';

/** The tables and views of one database. */
export function openGlueCatalog(database: string, client = new GlueClient(CALLS)): ViewCatalog {
  return {
    async has(name) {
      try {
        await client.send(new GetTableCommand({ DatabaseName: database, Name: name }));
        return true;
      } catch (error) {
        if (error instanceof EntityNotFoundException) return false;
        throw new Error(`cannot look for \`${database}.${name}\`: ${reasonOf(error)}`, { cause: error });
      }
    },
  };
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.name === 'AccessDeniedException' ? 'access denied; allow `glue:GetTable` on it' : error.message;
}
