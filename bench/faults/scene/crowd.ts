/** A process of clients that begin a request and never end it. It tells how many are open, then when they were cut. */
import { connect } from 'node:net'

export interface CrowdOptions {
  readonly port: number
  readonly connections: number
  /** Looked at for so long after the last was opened. */
  readonly waitMs: number
}

export interface CrowdReport {
  /** Still open at the end. */
  readonly left: number
  /** The longest time that one was open. */
  readonly lastCutAfterMs: number
  /** Could not be opened. */
  readonly failed: number
}

const atOnce = 100
const dripEveryMs = 1_000
const beginnings = [
  '',
  'GET /well HTTP/1.1\r\nHost: a\r\nX-Half',
  'GET /well HTTP/1.1\r\n',
  'POST /send HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"half":',
]
const dripping = 2

if (process.argv[2]) await gather(JSON.parse(process.argv[2]) as CrowdOptions)

async function gather({ port, connections, waitMs }: CrowdOptions): Promise<void> {
  let open = 0
  let failed = 0
  let lastCutAfterMs = 0
  for (let count = 0; count < connections; count += atOnce) {
    await Promise.all(Array.from({ length: Math.min(atOnce, connections - count) }, (_, index) => begin(count + index)))
  }
  process.send!(open)
  const end = performance.now() + waitMs
  while (open > 0 && performance.now() < end) await new Promise((resolve) => setTimeout(resolve, 20))
  process.send!({ left: open, lastCutAfterMs, failed } satisfies CrowdReport, () => process.exit())

  function begin(index: number): Promise<void> {
    const kind = index % beginnings.length
    return new Promise((resolve) => {
      let openedAt = 0
      let timer: NodeJS.Timeout | undefined
      const socket = connect(port, '127.0.0.1', () => {
        openedAt = performance.now()
        open++
        socket.write(beginnings[kind]!)
        if (kind === dripping) timer = setInterval(() => socket.write('X'), dripEveryMs)
        resolve()
      })
      socket.on('error', () => {}).resume()
      socket.on('close', () => {
        clearInterval(timer)
        if (openedAt === 0) failed++
        else {
          open--
          lastCutAfterMs = Math.max(lastCutAfterMs, performance.now() - openedAt)
        }
        resolve()
      })
    })
  }
}
