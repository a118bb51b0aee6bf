/** Blocks of Markdown, joined as paragraphs. */
export function page(title: string, ...blocks: readonly (string | undefined)[]): string {
  const note = '<!-- Generated from the definitions by `npm run generate`: edit those. -->'
  return `${[note, `# ${title}`, ...blocks.filter((block) => block !== undefined && block !== '')].join('\n\n')}\n`
}

/** A table; an empty cell is a mistake of a definition, and shows as one. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(escapeCell).join(' | ')} |`
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)].join('\n')
}

export function yamlBlock(text: string): string {
  return `\`\`\`yaml\n${text.trimEnd()}\n\`\`\``
}

export function code(text: string): string {
  return text.includes('`') ? `\`\` ${text} \`\`` : `\`${text}\``
}

/** A summary as a sentence, where a definition leaves away the capital or the dot. */
export function sentence(summary: string): string {
  const text = summary[0]!.toUpperCase() + summary.slice(1)
  return /[.!?]$/.test(text) ? text : `${text}.`
}

function escapeCell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ')
}
