import { printJson } from '../../json-text.ts'
import { partsMediaTypes } from '../../plan/progressive.ts'
import type { Degradation } from '../outcome.ts'

/** How the parts of a page are written one behind the other. */
export interface Framing {
  readonly mediaType: string
  /** A member of the page. @param value its JSON text, which is changed */
  readonly part: (path: string, value: Buffer) => Buffer
  /** Behind the last part: what fell back or was left out. */
  readonly end: (degraded: readonly Degradation[]) => Buffer
  /** In the place of `end`. @param problem JSON */
  readonly error: (problem: string) => Buffer
  /** What keeps a silent stream alive; undefined where the format has nothing that means nothing. */
  readonly comment: Buffer | undefined
}

/** The id of the last event: whoever comes back with it has seen all. */
export const lastEventId = 'end'

const behind = Buffer.from('}\n\n')

/** Server-sent events (HTML standard, 9.2): by `id` browsers do not ask again for what has ended. */
const events: Framing = {
  mediaType: partsMediaTypes.events,
  part: (path, value) =>
    Buffer.concat([Buffer.from(`event: part\ndata: {"path":${JSON.stringify(path)},"value":`), oneLine(value), behind]),
  end: (degraded) => Buffer.from(`event: end\nid: ${lastEventId}\ndata: ${printJson({ degraded })}\n\n`),
  error: (problem) => Buffer.from(`event: error\nid: ${lastEventId}\ndata: ${problem}\n\n`),
  comment: Buffer.from(':\n\n'),
}

/** JSON Lines (https://jsonlines.org): the name of the event is a member beside the others. */
const lines: Framing = {
  mediaType: partsMediaTypes.lines,
  part: (path, value) =>
    Buffer.concat([Buffer.from(`{"event":"part","path":${JSON.stringify(path)},"value":`), oneLine(value), lineBehind]),
  end: (degraded) => Buffer.from(`${printJson({ event: 'end', degraded })}\n`),
  error: (problem) => Buffer.from(`{"event":"error",${problem.slice(1)}\n`),
  comment: undefined,
}

const lineBehind = Buffer.from('}\n')

/** The one that stands first is taken where a client likes both as much. */
export const framings: readonly Framing[] = [events, lines]

const lineFeed = 0x0a
const carriageReturn = 0x0d
const blank = 0x20

/** What a backend sent stays as it wrote it, with its line breaks, which in JSON stand between tokens only. */
function oneLine(json: Buffer): Buffer {
  for (const end of [lineFeed, carriageReturn])
    for (let at = json.indexOf(end); at >= 0; at = json.indexOf(end, at)) json[at++] = blank
  return json
}
