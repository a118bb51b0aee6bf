import { decodeText } from './charset.ts'
import { type DecodeLimits, type Encoded, type Format, Unreadable } from './format.ts'

const mediaType = 'text/event-stream'

interface ServerEvent {
  event: string
  data: string
  id?: string
}

/** Server-sent events, all of a stream that has ended (HTML standard, 9.2.6). */
export const events: Format = {
  name: 'events',
  summary: 'server-sent events of a stream that ends: a list of `{ event, data, id }`',
  mediaTypes: [mediaType],
  matches: (other) => other === mediaType,
  givesTexts: true,
  decode,
}

/** An event that its empty line does not end is not whole, and is left away, as browsers do. */
function decode({ bytes }: Encoded, { maxValues }: DecodeLimits): unknown {
  const found: ServerEvent[] = []
  let event = ''
  let data: string[] = []
  let id: string | undefined
  const end = () => {
    if (data.length > 0) {
      if (found.length >= maxValues) throw new Unreadable(`has over ${maxValues} events`)
      found.push({ event: event || 'message', data: data.join('\n'), ...(id !== undefined && { id }) })
    }
    event = ''
    data = []
  }
  const lines = decodeText(bytes).split(/\r\n|\n|\r/)
  // Behind the last line end there is no line.
  for (const line of lines.slice(0, -1)) {
    if (line === '') end()
    const colon = line.indexOf(':')
    const field = colon < 0 ? line : line.slice(0, colon)
    const value = colon < 0 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1)
    if (field === 'data') data.push(value)
    else if (field === 'event') event = value
    else if (field === 'id' && !value.includes('\0')) id = value
  }
  return found
}
