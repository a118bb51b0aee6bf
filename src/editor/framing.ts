import { Transform } from 'node:stream'

const mostHeadBytes = 4096
const mostBodyBytes = 64 * 1024 * 1024

/**
 * Passes messages of the Language Server Protocol on as they came. Behind what is not framed as one, nothing can be told
 * from anything: `refuse` hears why, and the input ends there.
 */
export function frameMessages(refuse: (why: string) => void): Transform {
  let head = ''
  let bodyLeft = 0
  let isOver = false

  /** What is wrong with a piece of the input; undefined where nothing is. */
  function follow(piece: Buffer): string | undefined {
    for (let at = 0; at < piece.length; ) {
      if (bodyLeft > 0) {
        const taken = Math.min(bodyLeft, piece.length - at)
        bodyLeft -= taken
        at += taken
        continue
      }
      const before = head.length
      head += piece.toString('latin1', at, at + mostHeadBytes)
      const end = head.indexOf('\r\n\r\n')
      const length = readHead(end < 0 ? head : head.slice(0, end + 2), end >= 0)
      if (typeof length === 'string') return length
      if (end < 0 && head.length >= mostHeadBytes) return `a head is not over after ${mostHeadBytes} bytes`
      if (end < 0) return undefined
      bodyLeft = length
      at += end + 4 - before
      head = ''
    }
    return undefined
  }

  return new Transform({
    transform(piece: Buffer, _encoding, done) {
      if (isOver) return done()
      const fault = follow(piece)
      if (fault === undefined) return done(null, piece)
      isOver = true
      refuse(`what came is not the Language Server Protocol: ${fault}`)
      this.push(null)
      done()
    },
  })
}

/** The length of the body that a head tells, or what is wrong with it; 0 as long as it is not whole. */
function readHead(head: string, isWhole: boolean): number | string {
  const lines = head.split('\n')
  // What has no end yet may become anything.
  lines.pop()
  let length: number | undefined
  for (const line of lines) {
    const [, name, value] = /^([\w-]+):[ \t]*(.*?)[ \t]*\r$/.exec(line) ?? []
    if (name === undefined) return `${JSON.stringify(line.trimEnd().slice(0, 60))} is no header`
    if (/^content-type$/i.test(name) && /charset=(?!"?utf-?8\b)/i.test(value!)) return 'its text is UTF-8 only'
    if (!/^content-length$/i.test(name)) continue
    if (!/^\d{1,9}$/.test(value!) || Number(value) > mostBodyBytes)
      return `Content-Length is a number up to ${mostBodyBytes}`
    length = Number(value)
  }
  if (isWhole && length === undefined) return 'a head has no Content-Length'
  return length ?? 0
}
