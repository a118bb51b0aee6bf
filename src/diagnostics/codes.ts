export type Severity = 'error' | 'warning' | 'hint'

interface CodeEntry {
  severity: Severity
  /** What the rule asks for, as a true sentence. */
  rule: string
}

/** Every diagnostic there is. Codes are stable: people search for them and silence them by name. */
export const diagnosticCodes = {
  // the file
  'file-unreadable': { severity: 'error', rule: 'A file that the configuration names can be read' },
  'file-passed-over': {
    severity: 'warning',
    rule: 'What lies with routes and services and looks like one has a name that ends in .yaml or .yml',
  },
  'file-too-large': { severity: 'error', rule: 'A file is no larger than 1 MB' },
  'yaml-syntax': { severity: 'error', rule: 'A file is well-formed YAML 1.2' },
  'duplicate-key': { severity: 'error', rule: 'A mapping names each key once' },
  'unsafe-key': { severity: 'error', rule: 'No key is `__proto__`, `constructor` or `prototype`' },
  'open-admin': { severity: 'warning', rule: 'The admin listener is reached from its own machine alone' },
  'expired-certificate': { severity: 'warning', rule: 'A certificate is in its time' },
  'unverified-service': { severity: 'warning', rule: 'A service over TLS proves who it is' },
  'missing-env': { severity: 'error', rule: 'An environment variable without a default is set, and not empty' },
  'missing-secret': {
    severity: 'error',
    rule: 'The file of a secret without a default can be read, and holds some text',
  },
  'invalid-extension': {
    severity: 'error',
    rule: 'A module of extensions lies below the gateway file, can be loaded, and defines what is complete',
  },
  // the shape
  'unknown-key': { severity: 'error', rule: 'Every key is one that its place knows' },
  'missing-key': { severity: 'error', rule: 'Every required key is there' },
  'invalid-value': { severity: 'error', rule: 'Every value has the form its key asks for' },
  'unknown-step-kind': { severity: 'error', rule: 'A step has exactly one kind, and the kind exists' },
  'unknown-operator': { severity: 'error', rule: 'A template operator exists and has its own keys only' },
  'invalid-locator': {
    severity: 'error',
    rule: 'A locator is path.x, query.x, header.x, cookie.x, status or a JSONPath',
  },
  'invalid-jsonpath': { severity: 'error', rule: 'A string that begins with $ is a JSONPath (RFC 9535)' },
  'invalid-expression': {
    severity: 'error',
    rule: 'What stands in ${ … } or `when` is a CEL expression whose types fit',
  },
  'cross-site-body': {
    severity: 'warning',
    rule: 'A route that reads a cookie and takes a form or text says whose pages may send it',
  },
  'failure-in-answer': { severity: 'error', rule: 'A backend’s failure reaches no answer as a whole' },
  'raw-in-part': { severity: 'error', rule: 'A body as it came (`raw`) is all of the body of a call or an answer' },
  'content-type-mismatch': {
    severity: 'error',
    rule: 'A body is written in the format that its `content-type` names',
  },
  'reserved-header': { severity: 'error', rule: 'No header is set that belongs to the connection or to the gateway' },
  'literal-braces': {
    severity: 'warning',
    rule: 'A template is filled by ${ … }, and {{ … }} is not in it by mistake',
  },
  'invalid-graphql': { severity: 'error', rule: 'A GraphQL query is right, and fits the types of its service' },
  'unsafe-pattern': { severity: 'error', rule: 'A regular expression runs in linear time' },
  'invalid-color-name': {
    severity: 'error',
    rule: 'A color is segments of [a-z][A-Za-z0-9_]* and not a reserved name',
  },
  'color-prefix': { severity: 'error', rule: 'No color is the prefix of another' },
  'invalid-type': { severity: 'error', rule: 'A color’s type is a valid JSON Schema' },
  // names
  'unknown-color': { severity: 'error', rule: 'Every color stands in the dictionary' },
  'unknown-preset': { severity: 'error', rule: 'A preset that is used stands in the gateway’s file' },
  'unknown-version': { severity: 'error', rule: 'A version that is named is one of its service' },
  'unknown-service': { severity: 'error', rule: 'Every service stands in the catalogue' },
  'unknown-operation': { severity: 'error', rule: 'Every operation stands in its service' },
  'unknown-step': { severity: 'error', rule: '`steps.<id>` names an invoke of this route' },
  'unknown-part': { severity: 'error', rule: 'Every part that a step runs stands in `parts`' },
  'part-in-circle': { severity: 'error', rule: 'No part runs in itself, and a route runs 200 at most' },
  'unknown-error-code': { severity: 'warning', rule: 'A catch names an error that something in its try can raise' },
  'name-out-of-scope': {
    severity: 'error',
    rule: '`item` and `index` are read inside forEach or $each, `error` inside catch',
  },
  'unfilled-claims': { severity: 'error', rule: 'Claims are read where a scheme fills them' },
  'unknown-scheme': { severity: 'error', rule: 'Every scheme stands in `auth` of the gateway’s file' },
  'negated-claim': {
    severity: 'error',
    rule: 'What lets in asks by `has()` for a claim before it denies something of it',
  },
  'public-claims': { severity: 'error', rule: 'Answers that caches may share depend on no claims' },
  'duplicate-name': {
    severity: 'error',
    rule: 'Services, routes, parts, colors, presets and step ids have names of their own',
  },
  // data flow
  'color-never-produced': { severity: 'error', rule: 'What is read is produced by the request or by a step' },
  'color-read-before-produced': { severity: 'error', rule: 'What is read is produced before it is read' },
  'color-maybe-absent': { severity: 'error', rule: 'A required input is produced on every way that leads to it' },
  'color-from-optional': { severity: 'warning', rule: 'A required input does not hang on a step that may be left out' },
  'absent-in-expression': {
    severity: 'warning',
    rule: 'An expression says what is to be where something that it needs is absent',
  },
  'sibling-read': { severity: 'error', rule: 'A step of a parallel does not read what its sibling writes' },
  'two-producers': { severity: 'error', rule: 'No two steps that run at the same time write one color' },
  'flow-cycle': { severity: 'error', rule: 'The steps of a flow do not wait for each other in a circle' },
  'invalid-arm': {
    severity: 'error',
    rule: 'An arm of `first` writes a color, and calls only what is idempotent',
  },
  'misplaced-respond': { severity: 'error', rule: 'A `respond` stands in a route, and in no arm of a `first`' },
  'type-mismatch': { severity: 'error', rule: 'A value has the type of the color, parameter or operator it goes to' },
  'unreachable-step': { severity: 'warning', rule: 'Every step, arm and catch can be reached' },
  'unused-output': { severity: 'hint', rule: 'Something uses every color that an operation gives' },
  'unused-preset': { severity: 'hint', rule: 'Something uses every preset' },
  // policies
  'timeout-over-budget': { severity: 'error', rule: 'A step’s timeout fits into its route’s' },
  'unused-budget': { severity: 'hint', rule: 'Calls may take what a route says that it has' },
  'unsafe-retry': { severity: 'error', rule: 'Only idempotent methods are retried' },
  'unsafe-hedge': { severity: 'error', rule: 'Only idempotent methods are hedged' },
  'unsafe-mirror': { severity: 'error', rule: 'Only GET and HEAD are mirrored, unless `unsafe` says otherwise' },
  'unsafe-cache': { severity: 'error', rule: 'Only answers to GET and HEAD are kept or shared' },
  'uncacheable-route': {
    severity: 'error',
    rule: 'A route whose answers are kept reads nothing that only one request has',
  },
  'late-key': {
    severity: 'error',
    rule: 'What lets requests in goes by what is known of them before the route runs',
  },
  'unbounded-list': { severity: 'hint', rule: 'A list that is looped for calls, or in a loop, has a `maxItems`' },
  'secret-in-response': { severity: 'error', rule: 'A secret never reaches a response' },
  'invalid-compensation': {
    severity: 'error',
    rule: 'What undoes a call is idempotent, and stands in a durable route',
  },
  'uncompensated-call': {
    severity: 'warning',
    rule: 'What a durable route calls can be undone, or be repeated',
  },
  // routes
  'invalid-trigger': {
    severity: 'error',
    rule: 'What begins a run by itself is there, and its route reads no request and answers nobody',
  },
  'invalid-durable': {
    severity: 'error',
    rule: 'The runs of a durable route are kept somewhere, and all that it does can be recorded',
  },
  'unstreamable-page': { severity: 'error', rule: 'A page that goes out in parts is a JSON object with members' },
  'duplicate-route': { severity: 'error', rule: 'A method and path belong to one route' },
  'invalid-match': { severity: 'error', rule: 'A match is `METHOD /path/{param}/*rest`' },
  'unknown-path-parameter': { severity: 'error', rule: 'A path parameter that is read stands in the match' },
  'untrusted-header': {
    severity: 'error',
    rule: 'A header that only proxies may send is read where a proxy is trusted',
  },
  // comments
  'useless-silence': {
    severity: 'warning',
    rule: 'A `# tessera-ignore CODE: reason` names a warning or hint that is there, and says why',
  },
} as const satisfies Record<string, CodeEntry>

export type DiagnosticCode = keyof typeof diagnosticCodes
