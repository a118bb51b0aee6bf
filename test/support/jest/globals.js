/** What `@jest/globals` is to one file of tests (`runtime.cjs`). */
export const { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } = globalThis.jestOfFile
