import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileTemplate, unescapeFormat } from './evaluate.ts';

const data = {
  Name: 'web',
  Count: 3,
  Zero: 0,
  Nothing: null,
  State: { Running: true, Status: 'running' },
  Cmd: ['sh', '-c', 'x'],
  Networks: { bridge: { Address: '10.0.0.2' }, api: { Address: '10.1.0.2' } },
  Ports: { '80/tcp': [{ HostPort: '8080' }] },
  Label: (key: unknown) => `<${key}>`,
};

const cases: [title: string, template: string, expected: string][] = [
  ['a field, and a field of a field', '{{.Name}} {{.State.Status}}', 'web running'],
  ['text around and white space trimmed', 'a {{- .Name -}} b', 'awebb'],
  ['a comment', 'a{{/* no */}}b', 'ab'],
  ['json', '{{json .Cmd}} {{json .State}}', '["sh","-c","x"] {"Running":true,"Status":"running"}'],
  ['lists and maps as Go prints them', '{{.Cmd}} {{.State}}', '[sh -c x] map[Running:true Status:running]'],
  ['nothing', '{{.Nothing}}', '<no value>'],
  ['a range over a list', '{{range .Cmd}}<{{.}}>{{end}}', '<sh><-c><x>'],
  [
    'a range over a map, in the order of its keys',
    '{{range .Networks}}{{.Address}} {{end}}',
    '10.1.0.2 10.0.0.2 ',
  ],
  [
    'key and value of a range',
    '{{range $k, $v := .Networks}}{{$k}}={{$v.Address}};{{end}}',
    'api=10.1.0.2;bridge=10.0.0.2;',
  ],
  ['the root inside a range', '{{range .Cmd}}{{$.Name}}{{end}}', 'webwebweb'],
  ['the else of an empty range', '{{range .Nothing}}x{{else}}none{{end}}', 'none'],
  ['if and else if', '{{if .Zero}}a{{else if .State.Running}}b{{else}}c{{end}}', 'b'],
  ['with', '{{with .State}}{{.Status}}{{end}}', 'running'],
  ['index into maps and lists', '{{(index (index .Ports "80/tcp") 0).HostPort}}', '8080'],
  ['a pipeline', '{{.Name | upper | printf "%s-%5d|%-4s|" "x" .Count}}', 'x-    3|WEB |'],
  ['join and split', '{{join .Cmd ","}} {{len (split "a,b" ",")}}', 'sh,-c,x 2'],
  ['comparison', '{{if and (eq .Name "web") (gt .Count 2) (not .Zero)}}yes{{end}}', 'yes'],
  ['a variable', '{{$x := .Name}}{{$x}}', 'web'],
  ['a method', '{{.Label "a"}}', '<a>'],
  ['text in back quotes', '{{print `a"b`}}', 'a"b'],
];

for (const [title, template, expected] of cases)
  test(`a template can have ${title}`, () => assert.equal(compileTemplate(template)(data), expected));

test('a template that cannot be read says so', () => {
  assert.throws(() => compileTemplate('{{'), {
    message: 'template parsing error: template: :1: unclosed action',
  });
  assert.throws(() => compileTemplate('{{if .A}}x'), /unexpected EOF/);
  assert.throws(() => compileTemplate('{{end}}'), /unexpected \{\{end\}\}/);
  assert.throws(() => compileTemplate('{{.A ^}}'), /unexpected "\^" in operand/);
});

test('a field that is not there is an error', () => {
  assert.throws(() => compileTemplate('{{.Nope}}')(data), /map has no entry for key "Nope"/);
  assert.throws(() => compileTemplate('{{.Name.Nope}}')(data), /can't evaluate field Nope/);
  assert.throws(() => compileTemplate('{{nope .Name}}')(data), /function "nope" not defined/);
});

test('a tab and a new line may be written in two letters', () => {
  assert.equal(unescapeFormat('a\\tb\\n'), 'a\tb\n');
});
