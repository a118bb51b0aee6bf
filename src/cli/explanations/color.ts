import type { ColorExplanation, Mention } from '../../describe/explain/color.ts'
import type { Terminal } from '../terminal.ts'
import { alignColumns, section } from './lines.ts'

/** Where a color comes from and goes to, for a terminal. */
export function printColor(color: ColorExplanation, { paint }: Pick<Terminal, 'paint'>): string {
  const { description, sensitivity, schema, at, producers, readers, seenBy } = color
  const tint = seenBy ? paint.magenta : paint.dim
  const list = (mentions: readonly Mention[]) =>
    alignColumns(
      mentions.map(({ kind, name, detail, at: place }) => [
        `${kind === 'operation' ? '' : 'route '}${name}`,
        kind === 'request' ? `request ${detail}` : detail,
        paint.dim(place),
      ]),
      '  ',
    )
  const services = (seenBy?.services ?? []).map(({ operation, to, routes }) => [
    operation,
    to,
    paint.dim(`in ${routes.join(', ')}`),
  ])
  return [
    `${paint.bold(paint.cyan(color.color))}  ${tint(sensitivity)}  ${paint.dim(at)}`,
    ...(description === undefined ? [] : [description]),
    paint.dim(JSON.stringify(schema)),
    ...section('Given by', producers.length > 0 ? list(producers) : ['  nothing'], paint),
    ...section('Read by', readers.length > 0 ? list(readers) : ['  nothing'], paint),
    ...(seenBy
      ? [
          ...section('Sent to', services.length > 0 ? alignColumns(services, '  ') : ['  no service'], paint),
          ...section('Answered in', seenBy.responses.length > 0 ? list(seenBy.responses) : ['  no response'], paint),
          paint.dim('\nIn logs, traces and the console it is masked.'),
        ]
      : []),
  ].join('\n')
}
