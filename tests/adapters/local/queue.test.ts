import { createMemoryQueue } from '../../../shared/adapters/local/queue.ts';
import { describeBatchQueue } from '../../contracts/batch-queue.ts';

describeBatchQueue('a queue in memory', async () => ({ port: createMemoryQueue<string>(), close: async () => {} }));
