import { describe, expect, test } from '@jest/globals'
import { correctRoutes } from '../support/conformance/correct-routes.ts'
import { complaintsAbout } from '../support/conformance/page.ts'

describe('a correct route', () => {
  test.each(Object.entries(correctRoutes))('%s', (_, route) => {
    expect(complaintsAbout(route)).toEqual([])
  })
})
