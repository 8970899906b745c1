import { bundleClient, CLIENT_AND_RULES } from '../client-bundle.ts';
import type { Measured, Workload } from '../workload.ts';

const run = async (): Promise<readonly Measured[]> => {
  const { gzipBytes, culprits } = await bundleClient();
  const withRules = await bundleClient(CLIENT_AND_RULES);
  return [
    { id: 'W6', what: 'client with IndexedDB, live and queries, minified + gzip', unit: 'bytes', value: gzipBytes },
    {
      id: 'W6 rules',
      what: 'the same with the rules and definition functions of the time tracker',
      unit: 'bytes',
      value: withRules.gzipBytes,
    },
    { id: 'W6 words', what: `forbidden modules in it: ${culprits.join(', ') || 'none'}`, unit: 'modules', value: culprits.length },
  ];
};

export const bundle: Workload = { id: 'W6', title: 'client bundle', run };
