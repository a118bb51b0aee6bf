import { chooseLoadTool, type Target } from '../../harness/load.ts'

/** Answers a second of so many clients that are never without a request: as many as fit. */
export async function measurePeak(target: Target, clients: number, forSeconds: number): Promise<number> {
  const tool = chooseLoadTool()
  await tool.send(target, clients, 2)
  const { requests, seconds, failures } = await tool.send(target, clients, forSeconds)
  return (requests - failures) / seconds
}
