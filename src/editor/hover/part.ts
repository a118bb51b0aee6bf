import type { StandingPart } from '../../plan/standing-part.ts'

/** A part: what it takes of who runs it, and what it gives. */
export function tellPart({ name, file, summary, part }: StandingPart): string {
  const takes = part.inputs.map(({ color, isOptional }) => `\`${color}${isOptional ? '?' : ''}\``)
  const gives = part.gives.map(({ color, isCertain }) => `\`${color}${isCertain ? '' : '?'}\``)
  return [
    `**${name}** ${file}`,
    summary,
    takes.length > 0 && `takes ${takes.join(', ')}`,
    gives.length > 0 && `gives ${gives.join(', ')}`,
  ]
    .filter((line) => typeof line === 'string')
    .join('\n\n')
}
