import { existsSync } from 'node:fs'
import { describe } from '@jest/globals'
import { type Browser, type BrowserContext, chromium } from 'playwright-core'
import { afterFile, afterTest } from './cleanup.ts'

const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync)

let browser: Promise<Browser> | undefined
afterFile(async () => (await browser)?.close())

/** Somebody's browser, with nothing in it; it ends with the test. */
export async function openChromium(): Promise<BrowserContext> {
  browser ??= chromium.launch({ executablePath: executablePath!, args: ['--no-sandbox', '--disable-gpu'] })
  const context = await (await browser).newContext()
  afterTest(() => context.close())
  return context
}

/** Tests that need a browser, where there is one. */
export function inChromium(tests: () => void): void {
  const named = executablePath ?? 'a browser (skipped: there is no chromium on this machine)'
  ;(executablePath ? describe : describe.skip)(`in ${named}`, tests)
}
