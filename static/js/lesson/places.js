/* Where on the stage the thing is that a sentence is about: the first of these that is in view. */

const selectors = {
  consumer: ({ consumer }) => [`[data-member="${CSS.escape(consumer)}"]`],
  group: ({ group }) => [`[data-testid="group-${CSS.escape(group)}"]`, `[data-group="${CSS.escape(group)}"]`],
  broker: ({ broker }) => [`[data-testid="broker-${broker}"]`, `[data-broker="${broker}"]`],
  producer: ({ producer }) => [`[data-testid="producer-${CSS.escape(producer)}"]`, `[data-producer="${CSS.escape(producer)}"]`],
  client: ({ client }) => [`[data-testid="client-${CSS.escape(client)}"]`],
  reader: ({ reader }) => [`[data-reader="${CSS.escape(reader)}"]`],
  stream: ({ stream, shard }) => {
    const name = stream.includes('*') ? `[data-stream$="${CSS.escape(stream.replaceAll('*', ''))}"]` : `[data-stream="${CSS.escape(stream)}"]`;
    return [...(shard === undefined ? [] : [`[data-testid="shard-${CSS.escape(`${stream}-${shard}`)}"]`]), name];
  },
  topic: ({ topic, partition }) => [
    ...(partition === undefined ? [] : [`[data-testid="tape-${CSS.escape(`${topic}-${partition}`)}"]`]), `[data-testid="topic-${CSS.escape(topic)}"]`,
  ],
};

/* In this order, as a clause about a consumer names its group, too. */
const KINDS = ['reader', 'stream', 'consumer', 'broker', 'producer', 'client', 'topic', 'group'];

/* about: {group: g}, {topic: t, partition: 0}, {broker: 1} ... or a clause, whose subject is meant. Null: not in view. */
export function elementOf(about) {
  for (const kind of KINDS.filter((one) => about?.[one] !== undefined)) {
    for (const selector of selectors[kind](about)) {
      const found = [...document.querySelectorAll(`main ${selector}`)].find((one) => one.getClientRects().length && !one.closest('#twin'));
      if (found) return found;
    }
  }
  return null;
}

/* What it is called, for the ear. */
export function nameOf(about, say) {
  const kind = KINDS.find((one) => about?.[one] !== undefined);
  const part = { topic: 'partition', stream: 'shard' }[kind];
  return kind ? say(`about.${part && about[part] !== undefined ? part : kind}`, about) : '';
}
