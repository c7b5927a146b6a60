/* Texts as people bring them, to try the doctor with. They are ill on purpose. */
export const EXAMPLES = {
  slide: '$ echo “{‘cliente’: 5}” | kcat –b localhost:9092 –t Fiap –P',
  old: 'kafka-topics.sh —create —zookeeper localhost:2181 —topic “pedidos novos” \\ \n  —replication-factor 5 —partitions 3',
  python: `from confluent_kafka import Producer

producer = Producer({'bootstrap.servers': 'http://localhost', 'acks': 0})
producer.produce('pedidos', key='cliente-5', value='{}')`,
  trace: `org.apache.kafka.common.network.InvalidReceiveException: Invalid receive (size = 1195725856 larger than 104857600)
	at org.apache.kafka.common.network.NetworkReceive.readFrom(NetworkReceive.java:94)
WARN [Producer clientId=loja] Connection to node -1 (localhost/127.0.0.1:9092) could not be established. Node may not be available.`,
};
