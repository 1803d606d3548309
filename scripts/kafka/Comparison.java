import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;

/**
 * What a file holds against what the topics hold, read by Kafka's own consumer, committed records only. Users are pseudonyms on
 * the log: who is who comes out of the event topics, and must be one to one.
 */
final class Comparison {
    private final LogWatch watch;
    private final String prefix;
    private final Properties properties = new Properties();
    private final Map<String, EventFile.Event> file;
    private final Map<Integer, String> pseudonyms = new HashMap<>();
    private final Map<String, Numbers> numbers = new HashMap<>();
    private boolean differs, audited;

    private static final class Numbers {
        private final BitSet seen = new BitSet();
        private long count;
    }

    Comparison(String bootstrap, String prefix, LogWatch watch, Path events) throws IOException {
        this.watch = watch;
        this.prefix = prefix;
        file = EventFile.read(events);
        properties.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap);
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
        properties.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 10_000);
    }

    /** Prints a line a check; true where all hold. */
    boolean run(Path windowsOfFile) throws Exception {
        var open = watch.openTransactions();
        say(open.isEmpty(), "open transactions left: " + open.size());
        events();
        timeline();
        windows(windowsOfFile);
        sequences();
        audited = true;
        return !differs;
    }

    /**
     * Windows that others went on with: of some partitions, appended after a moment, and how many of these hold events that
     * the timeline held before it.
     */
    String takenOver(Set<Integer> partitions, long moment) throws Exception {
        var before = new HashMap<String, String>();
        read(List.of("timeline.v1"), r -> {
            if (partitions.contains(r.partition()) && r.timestamp() < moment && !isMark(r, new HashMap<>())) before.merge(r.key(), EventFile.field(r.value(), "time"), (a, b) -> a.compareTo(b) > 0 ? a : b);
        });
        var counts = new long[3];
        read(List.of("windows.v1"), r -> {
            if (!partitions.contains(r.partition()) || isMark(r, new HashMap<>())) return;
            counts[r.timestamp() < moment ? 0 : 1]++;
            if (r.timestamp() >= moment && EventFile.field(r.value().substring(r.value().indexOf("\"history\"")), "time").compareTo(before.getOrDefault(r.key(), "")) <= 0) counts[2]++;
        });
        return "windows of its partitions %s: %,d before it was killed, %,d after, %,d of these with a history that began before".formatted(partitions, counts[0], counts[1], counts[2]);
    }

    private void events() throws Exception {
        var seen = new HashSet<String>();
        var owners = new HashMap<String, Integer>();
        var counts = new long[3];
        var marks = new HashMap<TopicPartition, Integer>();
        read(LogWatch.EVENT_TOPICS, r -> {
            if (isMark(r, marks)) return;
            var event = file.get(header(r, "ce_id"));
            if (event == null || event.line() != EventFile.contents(r.value()) || !r.topic().endsWith(EventFile.field(r.value(), "type") + ".v1")) counts[0]++;
            else {
                if (!r.key().equals(pseudonyms.computeIfAbsent(event.user(), u -> r.key())) || !owners.computeIfAbsent(r.key(), k -> event.user()).equals(event.user())) counts[2]++;
                if (!r.key().equals(EventFile.field(r.value(), "user"))) counts[2]++;
            }

            if (!seen.add(header(r, "ce_id"))) counts[1]++;
        });
        same("event topics", seen, counts[1]);
        say(counts[0] == 0, "event topics: records with other contents than the file's: " + counts[0]);
        say(counts[2] == 0, "users and pseudonyms one to one: %,d users, %d exceptions".formatted(pseudonyms.size(), counts[2]));
        marks("event topics", marks, LogWatch.EVENT_TOPICS);
    }

    private void timeline() throws Exception {
        var seen = new HashSet<String>();
        var last = new HashMap<String, String>();
        var places = new HashMap<String, Integer>();
        var counts = new long[4];
        var marks = new HashMap<TopicPartition, Integer>();
        read(List.of("timeline.v1"), r -> {
            if (isMark(r, marks)) return;
            var id = header(r, "ce_id");
            if (!seen.add(id) && counts[0]++ < 3) System.out.printf("           again: %s/%d/%d %s %s%n", r.topic(), r.partition(), r.offset(), header(r, "tppo-from"), header(r, "tppo-seq"));
            var event = file.get(id);
            if (event == null || event.line() != EventFile.contents(r.value()) || !r.key().equals(pseudonyms.get(event.user()))) counts[1]++;
            else {
                var order = "%012d %d %s".formatted(event.second(), event.type(), id);
                if (order.compareTo(last.getOrDefault(r.key(), "")) <= 0) counts[2]++;
                last.put(r.key(), order);
            }

            if (places.computeIfAbsent(r.key(), k -> r.partition()) != r.partition()) counts[3]++;
        });
        var timeline = seen.size();
        var aside = new long[2];
        read(List.of("late.v1", "ingest.dlq.v1"), r -> {
            if (isMark(r, new HashMap<>())) return;
            aside[r.topic().endsWith("late.v1") ? 0 : 1]++;
            var id = header(r, "ce_id");
            if (!seen.add(id)) counts[0]++;
        });
        same("timeline %,d + late %,d + dead letters %,d".formatted(timeline, aside[0], aside[1]), seen, counts[0]);
        say(counts[1] == 0, "timeline: records with other contents or another user than the event's: " + counts[1]);
        say(counts[2] == 0, "timeline: events of a user out of canonical order (time, type, id): " + counts[2]);
        say(counts[3] == 0, "timeline: events of a user on another partition than their first: " + counts[3]);
        marks("timeline", marks, List.of("timeline.v1"));
    }

    private void windows(Path expected) throws Exception {
        // Users as on the log, window ids left out: they are made of the user.
        var left = new HashMap<String, Integer>();
        long count = 0;
        try (BufferedReader in = Files.newBufferedReader(expected)) {
            for (String line = in.readLine(); line != null; line = in.readLine(), count++) {
                var user = EventFile.user(EventFile.field(line, "user"));
                left.merge(key(pseudonyms.get(user), line), 1, Integer::sum);
            }
        }

        var ids = new HashSet<String>();
        var counts = new long[3];
        var example = new String[1];
        var marks = new HashMap<TopicPartition, Integer>();
        read(List.of("windows.v1"), r -> {
            if (isMark(r, marks)) return;
            counts[0]++;
            if (!ids.add(header(r, "ce_id")) || !header(r, "ce_id").equals(EventFile.field(r.value(), "window"))) counts[1]++;
            if (left.merge(key(r.key(), r.value()), -1, Integer::sum) < 0 && counts[2]++ == 0) example[0] = "%s/%d/%d: %s".formatted(r.topic(), r.partition(), r.offset(), r.value());
        });
        var lost = left.values().stream().filter(n -> n > 0).mapToLong(n -> n).sum();
        say(counts[0] == count && lost == 0 && counts[2] == 0, "windows: the file's %,d, on the log %,d; lost %d, doubled or other %d".formatted(count, counts[0], lost, counts[2]));
        if (example[0] != null) System.out.println("           e.g. " + example[0]);
        say(counts[1] == 0, "windows: ids that stand twice or differ between header and value: " + counts[1]);
        marks("windows", marks, List.of("windows.v1"));
    }

    private void sequences() {
        long gaps = 0, doubles = 0, total = 0;
        for (var sequence : numbers.values()) {
            total += sequence.count;
            gaps += sequence.seen.length() - sequence.seen.cardinality();
            doubles += sequence.count - sequence.seen.cardinality();
        }

        say(gaps == 0 && doubles == 0 && total > 0, "tppo-seq: %,d numbers in %d sequences (group, source partition, topic): missing %d, doubled %d".formatted(total, numbers.size(), gaps, doubles));
    }

    private void same(String what, Set<String> found, long doubled) {
        var lost = file.keySet().stream().filter(id -> !found.contains(id)).count();
        var strange = found.stream().filter(id -> !file.containsKey(id)).count();
        say(lost == 0 && doubled == 0 && strange == 0, "%s: the file's %,d ids, found %,d; lost %d, doubled %d, not of the file %d".formatted(what, file.size(), found.size(), lost, doubled, strange));
    }

    private void marks(String what, Map<TopicPartition, Integer> marks, List<String> topics) throws Exception {
        var partitions = watch.partitions(topics);
        say(partitions.stream().allMatch(p -> marks.getOrDefault(p, 0) == 1), "%s: end marks on %d of %d partitions, one each".formatted(what, marks.size(), partitions.size()));
    }

    private void read(List<String> topics, Consumer<ConsumerRecord<String, String>> take) throws Exception {
        var all = watch.partitions(topics);
        try (var consumer = new KafkaConsumer<>(properties, new StringDeserializer(), new StringDeserializer())) {
            // Up to what is committed, by the isolation level.
            var ends = consumer.endOffsets(all);
            consumer.assign(all);
            consumer.seekToBeginning(all);
            var idle = 0;
            while (all.stream().anyMatch(p -> consumer.position(p) < ends.get(p))) {
                var records = consumer.poll(Duration.ofMillis(500));
                idle = records.isEmpty() ? idle + 1 : 0;
                if (idle > 60) throw new IOException("the consumer is stuck before the end of " + topics);
                for (var record : records) {
                    note(record);
                    take.accept(record);
                }
            }
        }
    }

    private void note(ConsumerRecord<String, String> record) {
        var number = header(record, "tppo-seq");
        if (number.isEmpty() || audited) return;
        var slash = number.lastIndexOf('/');
        var sequence = numbers.computeIfAbsent(record.topic() + " " + number.substring(0, slash), k -> new Numbers());
        sequence.seen.set(Integer.parseInt(number.substring(slash + 1)));
        sequence.count++;
    }


    private boolean isMark(ConsumerRecord<String, String> record, Map<TopicPartition, Integer> marks) {
        // Others say that a topic is quiet, or end a transaction that the broker left open: no events, and of no number that could be
        // told beforehand.
        if (header(record, "ce_type").equals("tppo.idle.v1") || header(record, "ce_type").equals("tppo.seal.v1")) return true;
        if (!header(record, "ce_type").equals("tppo.end.v1")) return false;
        marks.merge(new TopicPartition(record.topic(), record.partition()), 1, Integer::sum);
        return true;
    }

    private void say(boolean holds, String what) {
        differs |= !holds;
        System.out.println((holds ? "  ok       " : "  DIFFERS  ") + what);
    }

    private static String key(String user, String window) {
        return user + EventFile.withoutField(EventFile.withoutField(window, "user"), "window");
    }

    private static String header(ConsumerRecord<?, ?> record, String name) {
        var header = record.headers().lastHeader(name);
        return header == null ? "" : new String(header.value(), StandardCharsets.UTF_8);
    }
}
