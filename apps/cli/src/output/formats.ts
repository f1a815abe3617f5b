import { text, toggle } from '../flags/flag.ts';

/** Flags that all listings share. */
export const listFormat = text(
  '',
  `Format output using a custom template:\n'table':            Print output in table format with column headers (default)\n'table TEMPLATE':   Print output in table format using the given Go template\n'json':             Print in JSON format\n'TEMPLATE':         Print output using the given Go template`,
);

export const noTruncation = toggle('', "Don't truncate output");
