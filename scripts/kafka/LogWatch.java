import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsSpec;
import org.apache.kafka.clients.admin.ListTransactionsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.common.TopicPartition;

/** What Kafka's own admin client sees of Ingest: the calls behind its tools for groups and transactions, in one process. */
final class LogWatch implements AutoCloseable {
    static final List<String> EVENT_TOPICS = List.of("search.v1", "click.v1", "purchase.v1", "visit.v1");

    // Marks of transactions are never consumed, and so count as lag: one or two a partition.
    static final long LAG_OF_MARKS = 100;
    private final Admin admin;
    private final String prefix;
    private List<TopicPartition> sequencer = List.of(), windower = List.of();

    /** @param lag records of sequencer and windower between committed offsets and the ends; @param open ids of open transactions; @param progress sum of committed offsets */
    record View(long lag, List<String> open, long progress) {
        boolean isUnderLoad() {
            return lag > LAG_OF_MARKS && !open.isEmpty();
        }
    }

    LogWatch(String bootstrap, String prefix) {
        this.prefix = prefix;
        var properties = new Properties();
        properties.put(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap);
        properties.put(AdminClientConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 500);
        properties.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, 5000);
        properties.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, 4000);
        admin = Admin.create(properties);
    }

    /** Looks; null while the broker or the topics do not answer. */
    View look() throws InterruptedException {
        try {
            // Their number never changes once all are there; they are made one after the other.
            if (windower.isEmpty()) {
                var events = partitions(EVENT_TOPICS);
                var timeline = partitions(List.of("timeline.v1"));
                if (timeline.isEmpty() || events.size() != EVENT_TOPICS.size() * timeline.size()) return new View(0, List.of(), 0);
                sequencer = events;
                windower = timeline;
            }

            var all = new ArrayList<>(sequencer);
            all.addAll(windower);
            var request = new HashMap<TopicPartition, OffsetSpec>();
            all.forEach(p -> request.put(p, OffsetSpec.latest()));
            var open = openTransactions();
            var ends = get(admin.listOffsets(request).all());
            var committed = get(admin.listConsumerGroupOffsets(Map.of(
                prefix + "sequencer", new ListConsumerGroupOffsetsSpec().topicPartitions(sequencer),
                prefix + "windower", new ListConsumerGroupOffsetsSpec().topicPartitions(windower))).all());
            long lag = 0, progress = 0;
            for (var group : committed.values()) {
                for (var entry : group.entrySet()) {
                    var offset = entry.getValue() == null ? 0 : entry.getValue().offset();
                    progress += offset;
                    lag += ends.get(entry.getKey()).offset() - offset;
                }
            }

            return new View(lag, open, progress);
        } catch (ExecutionException | TimeoutException e) {
            return null;
        }
    }

    List<String> openTransactions() throws InterruptedException, ExecutionException, TimeoutException {
        var ongoing = new ListTransactionsOptions().filterStates(Set.of(TransactionState.ONGOING));
        return get(admin.listTransactions(ongoing).all()).stream().map(t -> t.transactionalId()).filter(t -> t.startsWith(prefix)).map(t -> t.substring(prefix.length())).sorted().toList();
    }

    /** All partitions of those topics that are there. */
    List<TopicPartition> partitions(List<String> topics) throws InterruptedException, ExecutionException, TimeoutException {
        var found = new ArrayList<TopicPartition>();
        var there = get(admin.listTopics().names());
        var described = get(admin.describeTopics(topics.stream().map(t -> prefix + t).filter(there::contains).toList()).allTopicNames());
        described.forEach((name, topic) -> topic.partitions().forEach(p -> found.add(new TopicPartition(name, p.partition()))));
        return found;
    }

    @Override
    public void close() {
        admin.close();
    }

    private static <T> T get(org.apache.kafka.common.KafkaFuture<T> future) throws InterruptedException, ExecutionException, TimeoutException {
        return future.get(6, TimeUnit.SECONDS);
    }
}
