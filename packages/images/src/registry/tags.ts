import { textOfBody } from './request.ts';
import type { Session } from './session.ts';

/** GET /v2/<name>/tags/list, all pages: distribution-spec, "Listing Tags". */
export async function listTags(session: Session): Promise<string[]> {
  const tags: string[] = [];
  let where: string | URL | undefined = 'tags/list';
  while (where !== undefined) {
    const answer = await session.request(where, [200]);
    const page = JSON.parse((await textOfBody(answer.body)).toString()) as { tags?: string[] | null };
    tags.push(...(page.tags ?? []));
    const next = /<([^>]+)>;\s*rel="?next"?/.exec(String(answer.headers.link ?? ''))?.[1];
    where = next === undefined ? undefined : new URL(next, answer.url);
  }
  return tags;
}
