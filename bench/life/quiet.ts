import { readCoreBusyUs, readProcessCpuUs, serverCore } from '../harness/processor.ts'

/** Begins to watch a server's core; the function it gives says how much of it others used since, and the server. */
export function watchCore(pid: number): () => string {
  const read = () => ({
    atUs: performance.now() * 1000,
    serverUs: readProcessCpuUs(pid),
    coreUs: readCoreBusyUs(serverCore),
  })
  const began = read()
  return () => {
    const now = read()
    const elapsedUs = now.atUs - began.atUs
    const server = (now.serverUs - began.serverUs) / elapsedUs
    const others = Math.max(0, (now.coreUs - began.coreUs) / elapsedUs - server)
    return `the server used ${Math.round(server * 100)} % of core ${serverCore}, others ${Math.round(others * 100)} %`
  }
}
