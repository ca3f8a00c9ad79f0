import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createEventParser, type StreamEvent } from './event-stream.ts';

function parse(...chunks: string[]): StreamEvent[] {
  const events: StreamEvent[] = [];
  const feed = createEventParser((event) => events.push(event));
  for (const chunk of chunks) feed(chunk);
  return events;
}

const cases: { name: string; text: string; want: StreamEvent[] }[] = [
  {
    name: 'an event with id, type and data',
    text: 'id: e-1\nevent: delivery\ndata: {"a":1}\n\n',
    want: [{ type: 'delivery', data: '{"a":1}', lastId: 'e-1' }],
  },
  { name: 'comments and retry are no events', text: ': ping\n\nretry: 2000\n\n', want: [] },
  {
    name: 'several lines of data',
    text: 'data: a\ndata:b\ndata\n\n',
    want: [{ type: 'message', data: 'a\nb\n', lastId: '' }],
  },
  {
    name: 'the id lives on, the type does not',
    text: 'id: 7\nevent: x\ndata: 1\n\ndata: 2\n\n',
    want: [
      { type: 'x', data: '1', lastId: '7' },
      { type: 'message', data: '2', lastId: '7' },
    ],
  },
  {
    name: 'an id with NUL is ignored',
    text: 'id: a\0b\ndata: 1\n\n',
    want: [{ type: 'message', data: '1', lastId: '' }],
  },
  { name: 'an unfinished event waits', text: 'data: 1\n', want: [] },
  { name: 'only one blank goes', text: 'data:  1\n\n', want: [{ type: 'message', data: ' 1', lastId: '' }] },
];

for (const { name, text, want } of cases) {
  test(name, () => assert.deepEqual(parse(text), want));
  test(`${name}, with CRLF, byte by byte`, () => {
    assert.deepEqual(parse(...text.replaceAll('\n', '\r\n').split('')), want);
  });
}

test('a CR alone ends a line', () => {
  assert.deepEqual(parse('data: 1\r\rdata: 2\r', '\r\n'), [
    { type: 'message', data: '1', lastId: '' },
    { type: 'message', data: '2', lastId: '' },
  ]);
});
