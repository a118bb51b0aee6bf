import { decodeText } from './charset.ts'
import { mediaTypeOf } from './content-type.ts'
import { type DecodeLimits, type Encoded, type Format, Unreadable } from './format.ts'
import { decodeLines, linesTypes } from './json-lines.ts'

const mediaType = 'text/event-stream'

interface ServerEvent {
  event: string
  data: string
  id?: string
}

/** What a stream held that has ended: server-sent events (HTML standard, 9.2.6), or the values of JSON Lines. */
export const events: Format = {
  name: 'events',
  summary:
    'what a stream held that has ended: of server-sent events a list of `{ event, data, id }`, of JSON Lines a list of their values',
  mediaTypes: [mediaType, ...linesTypes],
  matches: (other) => other === mediaType || linesTypes.includes(other),
  givesTexts: true,
  decode(body, limits) {
    const isOfLines = body.contentType !== undefined && linesTypes.includes(mediaTypeOf(body.contentType))
    return isOfLines ? decodeLines(body, limits) : decodeEvents(body, limits)
  },
}

/** Of one line, in characters. */
export const longestLine = 1024 * 1024

/** An event that its empty line does not end is not whole, and is left away, as browsers do. */
function decodeEvents({ bytes }: Encoded, { maxValues }: DecodeLimits): ServerEvent[] {
  const found: ServerEvent[] = []
  let event = ''
  let data: string[] = []
  let id: string | undefined
  let left = maxValues
  const end = () => {
    if (data.length > 0)
      found.push({ event: event || 'message', data: data.join('\n'), ...(id !== undefined && { id }) })
    event = ''
    data = []
  }
  for (const line of linesOf(decodeText(bytes))) {
    if (line === '') end()
    const colon = line.indexOf(':')
    const field = colon < 0 ? line : line.slice(0, colon)
    const value = colon < 0 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1)
    if (field === 'data') {
      if (--left < 0) throw new Unreadable(`has over ${maxValues} events, or lines of them`)
      data.push(value)
    } else if (field === 'event') event = value
    else if (field === 'id' && !value.includes('\0')) id = value
  }
  return found
}

/** Its lines one by one: there may be as many as bytes. Behind the last line end there is no line. */
function* linesOf(text: string): Generator<string> {
  const lineEnd = /\r\n|\n|\r/g
  let from = 0
  for (let found = lineEnd.exec(text); found; found = lineEnd.exec(text)) {
    if (found.index - from > longestLine) throw new Unreadable('has a line that is too long')
    yield text.slice(from, found.index)
    from = lineEnd.lastIndex
  }
}
