import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pathOf, type Route, routeOf, routes } from './routes.ts';

test('no two rows of the table answer the same request, or have the same name', () => {
  const requests = routes.map(({ method, path }) => `${method} ${path.replaceAll(/\{\w+\}/g, '{}')}`);
  assert.equal(new Set(requests).size, requests.length);
  assert.equal(new Set(routes.map(({ operation }) => operation)).size, routes.length);
});

test('each row names what success is, and the versions are real ones', () => {
  for (const route of routes as readonly Route[]) {
    assert.ok(route.statuses[0] !== undefined && route.statuses[0] < 300, route.operation);
    assert.match(route.since ?? '1.24', /^1\.\d\d$/);
  }
});

test('a path takes its parameters, each encoded, the slashes of an image kept', () => {
  assert.equal(pathOf(routeOf('ImageInspect'), { name: 'a/b c:1' }), '/images/a/b%20c%3A1/json');
  assert.throws(() => pathOf(routeOf('ContainerInspect')), /needs the parameter "id"/);
});
