import * as z from 'zod'
import { condition, duration, meaning, template } from '../binding/scalars.ts'
import { type RunState, runStates } from '../durable/state.ts'
import { isHeaderName } from '../header-fields.ts'

/** Text as YAML may hold it: `page: 2` is the text 2. */
const text = z.union([z.string(), z.number(), z.boolean()]).transform(String).meta({ title: 'text' })
const textOrTexts = z.union([text, z.array(text)])
const headerName = z.string().refine(isHeaderName, 'not a header name')
/** What one header or parameter must be; null: it must not be there. */
const wantedText = z.union([
  textOrTexts,
  z.null(),
  z.strictObject({ matches: z.string().describe('A regular expression that finds something in it.') }),
])

/** How a mocked backend can fail without an answer. */
export const failures = [
  'unavailable',
  'timeout',
  'invalid-response',
  'overloaded',
  'out-of-sockets',
  'credentials-unavailable',
] as const

const request = z
  .strictObject({
    method: z.string().optional().describe('The route’s own by default.'),
    path: z.string().startsWith('/', 'a path begins with /').optional().describe('With or without a query.'),
    query: z.record(z.string(), textOrTexts).optional().describe('Parameters, beside those of the path.'),
    headers: z.record(headerName, text).optional().describe('Headers.'),
    cookies: z.record(z.string(), text).optional().describe('Cookies.'),
    body: z.any().optional().describe('JSON; a text is sent as text.'),
    ip: z.string().optional().describe('The address it comes from.'),
    auth: z
      .strictObject({
        scheme: meaning(z.string(), 'scheme').describe('A scheme of the gateway’s file.'),
        claims: z.record(z.string(), z.any()).default({}).describe('What it says of who asks: `sub`, `scope`, …'),
      })
      .optional()
      .describe('Who asks; nobody unless given. No token is needed.'),
  })
  .meta({ description: 'What the client sends.' })

const answer = z
  .strictObject({
    when: condition.optional().describe('Only for calls for which this holds: CEL on `request`.'),
    status: z.int().min(200).max(599).optional().describe('200 by default.'),
    headers: z.record(headerName, textOrTexts).optional().describe('Headers of the answer.'),
    body: template.optional().describe('A template over `request`, what the backend was sent; printed as JSON.'),
    text: z.string().optional().describe('The body as it is, in place of JSON.'),
    delay: duration.optional().describe('Time until it answers or fails, in virtual time.'),
    fail: z.enum(failures).optional().describe('Fails in this way in place of an answer.'),
  })
  .superRefine((given, context) => {
    const refuse = (key: string, message: string) => context.addIssue({ code: 'custom', path: [key], message })
    if (given.text !== undefined && given.body !== undefined) refuse('text', 'an answer has a `body` or a `text`')
    const said = (['status', 'headers', 'body', 'text'] as const).find((key) => given[key] !== undefined)
    if (given.fail !== undefined && said) refuse(said, `what fails has no \`${said}\``)
    const coding = Object.keys(given.headers ?? {}).find((name) => name.toLowerCase() === 'content-encoding')
    if (coding !== undefined) refuse('headers', 'a mock sends its body as it is: leave content-encoding away')
  })

const call = meaning(z.string(), 'call')

const mocks = z.record(call, z.union([answer, z.array(answer).min(1)])).meta({
  description: 'Answers by operation or step id. Of a list each call gets the next; the last one stays.',
})

const sentRequest = z.strictObject({
  method: z.string().optional().describe('Its method.'),
  path: z.string().optional().describe('Without a query it speaks of the path alone.'),
  query: z.record(z.string(), wantedText).optional().describe('These parameters; null: not there.'),
  headers: z.record(headerName, wantedText).optional().describe('These headers; null: not there.'),
  body: z.any().optional().describe('The whole body.'),
})

const calls = z.union([
  z.array(z.union([call, z.record(call, z.union([z.int().min(1), sentRequest]))])),
  z.record(call, z.union([z.int().min(0), sentRequest, z.array(sentRequest)])),
])

const expectation = z
  .strictObject({
    status: z.int().min(200).max(599).optional().describe('Of the answer.'),
    headers: z.record(headerName, wantedText).optional().describe('These headers; null: not there.'),
    body: z.any().optional().describe('The whole body.'),
    parts: z
      .array(z.string())
      .optional()
      .describe('Of a page that goes out in parts: their paths as they come, then `end` or `error`.'),
    match: z.record(z.string(), z.any()).optional().describe('JSONPath: what it finds in the body.'),
    degraded: z.array(z.string()).optional().describe('The steps that fell back or were left out.'),
    calls: calls.optional().describe('A list: these calls in this order; a mapping: how often, or with what.'),
    error: meaning(z.string(), 'error-code').optional().describe('Code of the error that nothing handled.'),
    state: z
      .enum(Object.keys(runStates) as [RunState, ...RunState[]])
      .optional()
      .describe('Of the run of a durable route, when it has ended or nothing of it goes on by itself.'),
    compensated: z
      .array(z.string())
      .optional()
      .describe('The steps whose calls were undone, in the order in which they were.'),
    within: duration.optional().describe('Virtual time from request to answer, at most.'),
  })
  .meta({ description: 'What must come of it.' })

const message = z
  .strictObject({
    id: z.string().optional().describe('One of its own unless given.'),
    key: z.string().optional().describe('What it belongs to.'),
    data: z.any().optional().describe('What it says.'),
    headers: z.record(headerName, z.string()).optional().describe('Headers.'),
  })
  .meta({ description: 'What a stream hands to a route that messages begin.' })

const crash = z.string().regex(/^(after|during) \S+$/, 'a crash is `after` a call, or `during` it')

const exchangeKeys = {
  request: request.optional(),
  message: message.optional(),
  advance: duration
    .optional()
    .describe('Virtual time that passes, in which a route of `every` or `cron` is begun; its last run is looked at.'),
  mocks: mocks.optional(),
  crash: z
    .union([crash, z.array(crash).min(1)])
    .optional()
    .describe(
      'Where the gateway of a durable route is killed, and comes back: `after pay`, when its answer is recorded and nothing else has gone out; `during pay`, when the backend has done it and no answer is recorded. Of a list one after the other.',
    ),
  expect: expectation.optional(),
}

const exchange = z.strictObject({
  after: duration.optional().describe('Virtual time that passes before it.'),
  repeat: z.int().min(1).max(10_000).default(1).describe('How often it is sent; the last answer is looked at.'),
  ...exchangeKeys,
})

const test = z
  .strictObject({
    name: z.string().min(1).describe('What it shows, as a sentence.'),
    ...exchangeKeys,
    requests: z.array(exchange).min(1).optional().describe('Several requests, one after the other.'),
  })
  .superRefine((given, context) => {
    const own = (['request', 'message', 'advance', 'expect'] as const).find((key) => given[key] !== undefined)
    if (given.requests && own)
      context.addIssue({ code: 'custom', path: [own], message: `\`${own}\` goes into each of the \`requests\`` })
  })

/** `NAME.test.yaml` beside a route. */
export const testFileShape = z
  .strictObject({
    mocks: mocks.optional().describe('For every test that has none of its own.'),
    tests: z.array(test).describe('The tests.'),
  })
  .meta({ description: 'Tests of a route.' })

export type TestDefinition = z.output<typeof test>
export type ExchangeDefinition = z.output<typeof exchange>
export type RequestDefinition = z.output<typeof request>
export type MocksDefinition = z.output<typeof mocks>
export type AnswerDefinition = z.output<typeof answer>
export type ExpectDefinition = z.output<typeof expectation>
export type SentRequest = z.output<typeof sentRequest>
export type WantedText = z.output<typeof wantedText>
export type Failure = (typeof failures)[number]
