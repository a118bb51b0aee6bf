import { expect, test } from '@jest/globals'
import { addUpSelfTime, type CpuProfile } from '../../bench/harness/cpu-profile.ts'

test('adds up self time by function and by area, after the warm-up and without idling', () => {
  const frame = (id: number, functionName: string, url: string) => ({
    id,
    callFrame: { functionName, url, lineNumber: 9 },
  })
  const profile: CpuProfile = {
    nodes: [
      frame(1, '(idle)', ''),
      frame(2, 'parse', 'file:///home/me/tessera/src/calls/decode.ts'),
      frame(3, 'resume', 'file:///home/me/tessera/node_modules/undici/lib/client.js'),
    ],
    startTime: 0,
    samples: [3, 2, 2, 1, 3],
    timeDeltas: [100, 100, 200, 500, 100],
  }
  expect(addUpSelfTime(profile, 150)).toEqual({
    functions: [
      { place: 'parse  src/calls/decode.ts:10', share: 0.75 },
      { place: 'resume  npm:undici/lib/client.js:10', share: 0.25 },
    ],
    areas: [
      { place: 'src/calls', share: 0.75 },
      { place: 'npm:undici', share: 0.25 },
    ],
  })
})
