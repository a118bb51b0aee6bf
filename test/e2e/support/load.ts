import { Agent, type IncomingHttpHeaders, request } from 'node:http'

export interface Reply {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

export interface Load {
  /** Every answer, and every request that got none. */
  readonly replies: Reply[]
  readonly failures: Error[]
  /** Sends no more; resolves when all that was sent has ended. */
  stop(): Promise<void>
}

/** Sends requests at a steady rate over kept connections, whatever becomes of those before. */
export function startLoad(targets: () => string, perSecond: number): Load {
  const agent = new Agent({ keepAlive: true })
  const replies: Reply[] = []
  const failures: Error[] = []
  const pending = new Set<Promise<void>>()
  const send = () => {
    const reply = get(targets(), agent).then(
      (one) => void replies.push(one),
      (error: Error) => void failures.push(error),
    )
    pending.add(reply)
    void reply.then(() => pending.delete(reply))
  }
  const startedAt = performance.now()
  let sent = 0
  const timer = setInterval(() => {
    const due = ((performance.now() - startedAt) / 1000) * perSecond
    while (sent < due) {
      sent += 1
      send()
    }
  }, 5)
  return {
    replies,
    failures,
    async stop() {
      clearInterval(timer)
      await Promise.all(pending)
      agent.destroy()
    },
  }
}

export function get(url: string, agent: Agent | false = false): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { agent }, async (response) => {
      try {
        let body = ''
        response.setEncoding('utf8')
        for await (const chunk of response) body += chunk
        resolve({ status: response.statusCode!, headers: response.headers, body })
      } catch (error) {
        reject(error)
      }
    })
    sent.on('error', reject)
    sent.setTimeout(15_000, () => sent.destroy(new Error('no answer')))
    sent.end()
  })
}
