import { describe, expect, test } from '@jest/globals'
import { limitRate, readSdkMessage } from '../../src/telemetry/sdk-messages.ts'

describe('messages of the SDK', () => {
  test('are said once a minute, with the number of those left out', () => {
    let now = 0
    const said: string[] = []
    const say = limitRate(
      (message) => said.push(message),
      60_000,
      () => now,
    )
    for (const at of [0, 1, 59_999, 60_000, 60_001, 200_000, 200_001]) {
      now = at
      say(`refused at ${at}`)
    }
    expect(said).toEqual([
      'refused at 0',
      'refused at 60000 (2 more since the last one)',
      'refused at 200000 (1 more since the last one)',
    ])
  })

  test('lose the stack they carry', () => {
    expect(
      readSdkMessage('{"stack":"Error: x\\n at y","message":"connect","name":"Error","code":"ECONNREFUSED"}'),
    ).toBe('Error: ECONNREFUSED: connect')
    expect(readSdkMessage('plain words')).toBe('plain words')
    expect(readSdkMessage('null')).toBe('null')
  })
})
