/** How a drawing or a list shows a step: what it does in a few words, and lines below that say more. */
export interface Caption {
  readonly title: string
  readonly lines?: readonly string[]
}

const longest = 60

/** A template as a caption shows it: in one line, cut where it is long. */
export function printTemplate(value: unknown): string {
  const text = (typeof value === 'string' ? value : JSON.stringify(value)).replace(/\s+/g, ' ')
  return text.length > longest ? `${text.slice(0, longest - 1)}…` : text
}
