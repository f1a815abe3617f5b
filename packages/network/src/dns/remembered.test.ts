import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Remembered } from './remembered.ts';

const question = (id: number, text: string) => Buffer.concat([Buffer.from([0, id]), Buffer.from(text)]);
const answers = ['xxone', 'xxtwo'].map((text) => Buffer.from(text));

test('the same question under another id has the answer under that id, each form in its turn', () => {
  const remembered = new Remembered();
  assert.equal(remembered.find(question(1, 'larch'), 7, 0), undefined);
  remembered.keep(question(1, 'larch'), answers);
  assert.deepEqual(remembered.find(question(2, 'larch'), 7, 0), question(2, 'one'));
  assert.deepEqual(remembered.find(question(3, 'larch'), 7, 1), question(3, 'two'));
  assert.equal(remembered.find(question(2, 'LARCH'), 7, 0), undefined);
});

test('an answer that was given away stays what it was', () => {
  const remembered = new Remembered();
  remembered.find(question(1, 'larch'), 7, 0);
  remembered.keep(question(1, 'larch'), answers);
  const first = remembered.find(question(1, 'larch'), 7, 0);
  remembered.find(question(9, 'larch'), 7, 0);
  assert.deepEqual(first, question(1, 'one'));
});

test('all is forgotten when the names change', () => {
  const remembered = new Remembered();
  remembered.find(question(1, 'larch'), 7, 0);
  remembered.keep(question(1, 'larch'), answers);
  assert.equal(remembered.find(question(1, 'larch'), 8, 0), undefined);
});

test('questions that are never asked again do not fill the memory', () => {
  const remembered = new Remembered();
  remembered.find(question(1, 'larch'), 7, 0);
  remembered.keep(question(1, 'larch'), answers);
  for (let index = 0; index < 1024; index++) remembered.keep(question(1, `tree${index}`), answers);
  assert.equal(remembered.find(question(1, 'larch'), 7, 0), undefined);
  remembered.keep(question(1, 'x'.repeat(400)), answers);
  assert.equal(remembered.find(question(1, 'x'.repeat(400)), 7, 0), undefined);
});
