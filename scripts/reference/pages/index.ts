import { page } from '../markdown.ts'

/** The list of all pages, from what each says of itself: its title and its first paragraph. */
export function renderIndex(pages: readonly (readonly [name: string, text: string])[]): string {
  const lines = pages.map(([name, text]) => {
    const [, title, first] = /^# (.*)\n\n(.*)$/m.exec(text)!
    return `- [${title}](${name}.md): ${first}`
  })
  return page(
    'Reference',
    'Generated from the one definition of each construct, so it says what the gateway does.',
    lines.join('\n'),
  )
}
