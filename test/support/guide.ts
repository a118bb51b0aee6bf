import { parse } from 'yaml'

/** A guide's blocks, in the order of the page: files it writes and commands it runs. */
export type GuideBlock =
  | { readonly kind: 'file'; readonly path: string; readonly text: string; readonly line: number }
  | { readonly kind: 'command'; readonly command: string; readonly output: readonly string[]; readonly line: number }

/**
 * Takes a page apart. A block of YAML or TypeScript begins with a comment that names the file it is; a console block has
 * commands behind `$` and what they print.
 */
export function parseGuide(markdown: string): GuideBlock[] {
  const blocks: GuideBlock[] = []
  const lines = markdown.split('\n')
  for (let at = 0; at < lines.length; at += 1) {
    const language = /^```(\w+)/.exec(lines[at]!)?.[1]
    if (language === undefined) continue
    const end = lines.indexOf('```', at + 1)
    const content = lines.slice(at + 1, end)
    if (language === 'yaml') {
      const path = /^# (\S+\.yaml)$/.exec(content[0] ?? '')?.[1]
      // Without a name it is an excerpt of a file that is tested where it stands; it must be YAML at least.
      if (path === undefined) parse(content.join('\n'))
      else blocks.push({ kind: 'file', path, text: `${content.slice(1).join('\n')}\n`, line: at + 2 })
    } else if (language === 'ts') {
      const path = /^\/\/ (\S+\.ts)$/.exec(content[0] ?? '')?.[1]
      if (path === undefined) throw new Error(`line ${at + 1}: a block of ts names no file`)
      blocks.push({ kind: 'file', path, text: `${content.slice(1).join('\n')}\n`, line: at + 2 })
    } else if (language === 'console') blocks.push(...parseConsole(content, at + 2))
    else throw new Error(`line ${at + 1}: nothing checks a block of ${language}`)
    at = end
  }
  return blocks
}

function parseConsole(content: readonly string[], line: number): GuideBlock[] {
  const blocks: (GuideBlock & { kind: 'command'; output: string[] })[] = []
  for (const [index, text] of content.entries()) {
    if (text.startsWith('$ ')) blocks.push({ kind: 'command', command: text.slice(2), output: [], line: line + index })
    else blocks.at(-1)!.output.push(text)
  }
  return blocks
}

/** Whether output is as the page shows it: `…` stands for anything in a line, alone for any lines. */
export function matchesShown(output: string, shown: readonly string[]): boolean {
  const pattern = shown
    .map((line) => (line === '…' ? '(?:.*\\n)*?' : `${line.split('…').map(literal).join('.*')}\\n`))
    .join('')
  return new RegExp(`^${pattern}$`).test(`${output.replaceAll('\r', '').replace(/\n+$/, '')}\n`)
}

function literal(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
