/** Asks several lists about several subjects, all at once, and puts together what they say. */
import type { ListFacts, Listing, Unanswered } from './facts.ts';
import type { Subject } from './subjects.ts';
import type { WatchedAnswer, WatchedList } from './watched-list.ts';

export interface Questions {
  readonly list: WatchedList;
  readonly subjects: readonly Subject[];
}

export async function askAll(questions: readonly Questions[]): Promise<ListFacts> {
  const listed: Listing[] = [];
  const clear: string[] = [];
  const unanswered: Unanswered[] = [];
  const answers = await Promise.all(
    questions.map(({ list, subjects }) =>
      Promise.all(subjects.map(({ labels, family }) => list.ask(labels, family))),
    ),
  );
  questions.forEach(({ list: { list }, subjects }, i) => {
    const of = answers[i]!;
    of.forEach((answer, j) => {
      if (answer.kind !== 'listed') return;
      const { codes, text } = answer;
      listed.push({
        list: list.name,
        subject: subjects[j]!.subject,
        codes,
        ...(text !== undefined && { text }),
      });
    });
    const fault = of.find(isFault);
    if (fault)
      unanswered.push({ list: list.name, reason: fault.reason, ...(fault.kind === 'off' && { off: true }) });
    else if (of.every(({ kind }) => kind === 'clear')) clear.push(list.name);
  });
  return { listed, clear, unanswered };
}

const isFault = (answer: WatchedAnswer): answer is Extract<WatchedAnswer, { reason: string }> =>
  answer.kind === 'off' || answer.kind === 'silent';
