/**
 * Lines of tab-separated cells in columns, as Docker's client sets them: each column at least `least` wide, three blanks
 * between, the last cell of a line as it is.
 */
export function alignColumns(lines: string[][], least = 10): string {
  const widths: number[] = [];
  for (const line of lines)
    for (const [at, cell] of line.slice(0, -1).entries())
      widths[at] = Math.max(widths[at] ?? least, [...cell].length + 3);
  return lines.map((line) => `${line.map((cell, at) => pad(cell, at, line, widths)).join('')}\n`).join('');
}

function pad(cell: string, at: number, line: string[], widths: number[]): string {
  if (at === line.length - 1) return cell;
  return cell + ' '.repeat(Math.max(widths[at]! - [...cell].length, 0));
}
