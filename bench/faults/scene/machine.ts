import { loadavg } from 'node:os'
import { readCoreBusyUs, readProcessCpuUs } from '../../harness/processor.ts'

/** More of a core than this, used by others, and a time beyond its bound says nothing of the gateway. */
const quietShare = 0.15

/**
 * Begins to watch the machine; the function it gives says what disturbed since, undefined if nothing did. What neither
 * this process nor one that it started has used, others have.
 */
export function watchMachine(): () => string | undefined {
  const read = () => ({
    atUs: performance.now() * 1000,
    ownUs: readProcessCpuUs(process.pid),
    busyUs: readCoreBusyUs(0) + readCoreBusyUs(1),
  })
  const began = read()
  return () => {
    const now = read()
    const share = (now.busyUs - began.busyUs - (now.ownUs - began.ownUs)) / (now.atUs - began.atUs)
    if (share <= quietShare) return undefined
    return `others used ${Math.round(share * 100)} % of a core, load average ${loadavg()[0]!.toFixed(1)}`
  }
}
