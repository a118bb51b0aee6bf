import { connect } from 'node:net'
import { KeptConnection } from '../scene/kept-connection.ts'
import { nonceOf, noncesIn } from './nonce.ts'
import { Random } from './random.ts'
import { mutateRequest } from './requests.ts'

const quietMs = 150
const finalAnswer = /HTTP\/1\.[01] [2-5]\d\d/g

/** Sends one mutated request; what it got that was not for it, undefined if nothing. */
export function sendMutated(
  port: number,
  seed: number,
  exchange: number,
  without: ReadonlySet<string>,
): Promise<string | undefined> {
  const { pieces, answers, isCut } = mutateRequest(Random.of(seed, exchange, 0), exchange, without)
  const sent = Buffer.concat(pieces).toString('latin1')
  return new Promise((resolve) => {
    let got = ''
    const socket = connect({ port, host: '127.0.0.1', noDelay: true })
    const timer = setTimeout(() => socket.destroy(), quietMs)
    socket.on('error', () => {})
    socket.on('data', (data: Buffer) => {
      got += data.toString('latin1')
      timer.refresh()
      if ((got.match(finalAnswer)?.length ?? 0) >= answers) socket.destroy()
    })
    socket.on('close', () => {
      clearTimeout(timer)
      const own = new Set([nonceOf('m', exchange), ...noncesIn(sent)])
      const foreign = noncesIn(got).find((nonce) => !own.has(nonce))
      resolve(
        foreign &&
          `at a client: ${foreign} in the answer to exchange ${exchange}\n    < ${JSON.stringify(sent)}\n    > ${JSON.stringify(got)}`,
      )
    })
    const write = (index: number) => {
      if (index < pieces.length) socket.write(pieces[index]!, () => setImmediate(write, index + 1))
      else if (isCut) socket.destroy()
    }
    write(0)
  })
}

export interface Innocence {
  asked: number
  /** Answers that were a failure: a backend or connection that others have spoilt. */
  refused: number
}

/** A client that does no wrong, on one kept connection until `isOver`. */
export async function stayInnocent(
  port: number,
  numbers: { next: number },
  innocence: Innocence,
  isOver: () => boolean,
  tellFault: (fault: string) => void,
): Promise<void> {
  let connection = new KeptConnection(port)
  while (!isOver()) {
    const nonce = nonceOf('i', numbers.next++)
    const path = `${numbers.next % 2 === 0 ? '/call/' : '/passed/'}${nonce}`
    innocence.asked++
    try {
      const { status, body } = await connection.ask(path, {})
      const text = body.toString('latin1')
      const foreign = noncesIn(text).find((other) => other !== nonce)
      if (foreign || (status === 200 && !text.includes(nonce)))
        tellFault(`at an innocent: ${path} got ${status} ${text.slice(0, 300)}`)
      if (status !== 200) innocence.refused++
    } catch {
      innocence.refused++
      connection.close()
      connection = new KeptConnection(port)
    }
  }
  connection.close()
}
