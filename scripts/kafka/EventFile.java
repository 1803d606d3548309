import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Random;

/**
 * A file of events that nobody had: as many as asked for, of 10,000 users or fewer, over 60 days of 2006, in the JSON of the
 * event topics. One event in eight has the second of the one before it and its user, so that types and ids decide the order.
 */
final class EventFile {
    private static final String[] TYPES = {"search", "click", "purchase", "visit"};
    private static final long FROM = Instant.parse("2006-03-01T00:00:00Z").getEpochSecond();
    private static final long SECONDS = 60L * 24 * 3600;

    /** What is known of an event without asking any log: line is what it says besides its user. */
    record Event(int user, long second, byte type, long line) {
    }

    private EventFile() {
    }

    /** Writes one; gives its SHA-256. */
    static String write(Path file, int events, long seed) throws IOException {
        var random = new Random(seed);
        var users = Math.max(20, Math.min(10_000, events / 100));
        int user = 0;
        long second = FROM;
        try (BufferedWriter out = Files.newBufferedWriter(file)) {
            for (int i = 0; i < events; i++) {
                if (random.nextInt(8) > 0) {
                    user = random.nextInt(users);
                    second = FROM + (long) i * SECONDS / events;
                }

                // Ids in another order than times.
                var id = String.format("%08x", Integer.reverse(i * 0x9E3779B1));
                var dice = random.nextInt(100);
                var type = dice < 60 ? 0 : dice < 85 ? 1 : dice < 90 ? 2 : 3;
                var text = "word" + letters(random.nextInt(400)) + (random.nextBoolean() ? " of" : "") + " thing" + letters(random.nextInt(40));
                out.write("{\"v\":1,\"id\":\"" + id + "\",\"user\":\"" + name(user) + "\",\"time\":\"" + Instant.ofEpochSecond(second) + "\",\"type\":\"" + TYPES[type]
                    + "\",\"text\":\"" + text + "\",\"url\":\"" + (type == 0 ? "" : "https://shop.example/" + text.replace(' ', '-')) + "\"}\n");
            }
        }

        return sha256(file);
    }

    /** Reads it back: events by id. */
    static Map<String, Event> read(Path file) throws IOException {
        var events = new HashMap<String, Event>();
        try (BufferedReader in = Files.newBufferedReader(file)) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                var known = events.put(field(line, "id"), new Event(user(field(line, "user")), second(line), type(line), contents(line)));
                if (known != null) throw new IOException(file + ": an id stands twice: " + line);
            }
        }

        return events;
    }

    static String name(int user) {
        return "user-" + letters(user);
    }

    /** A string field of one of our own lines: nothing in them is escaped. */
    static String field(String json, String name) {
        var from = json.indexOf("\"" + name + "\":\"") + name.length() + 4;
        return json.substring(from, json.indexOf('"', from));
    }

    static long second(String json) {
        return Instant.parse(field(json, "time")).getEpochSecond();
    }

    static byte type(String json) {
        var type = field(json, "type");
        for (byte t = 0; t < TYPES.length; t++) if (TYPES[t].equals(type)) return t;
        throw new IllegalArgumentException(json);
    }

    /** Tells one content from another, users aside: a pseudonym stands in the place of the name. */
    static long contents(String json) {
        return hash(withoutField(json, "user"));
    }

    static String withoutField(String json, String name) {
        var from = json.indexOf("\"" + name + "\":\"");
        var to = json.indexOf('"', from + name.length() + 4) + 1;
        return json.substring(0, from) + json.substring(to);
    }

    static long hash(String text) {
        long hash = 0xcbf29ce484222325L;
        for (int i = 0; i < text.length(); i++) hash = (hash ^ text.charAt(i)) * 0x100000001b3L;
        return hash;
    }

    static int user(String name) {
        int number = 0;
        for (int i = 5; i < name.length(); i++) number = number * 26 + (name.charAt(i) - 'a');
        return number;
    }

    // No digits: redaction takes long numbers for what they might be.
    private static String letters(int number) {
        var text = new StringBuilder();
        for (int left = number, i = 0; i < 3; i++, left /= 26) text.insert(0, (char) ('a' + left % 26));
        return text.toString();
    }

    private static String sha256(Path file) throws IOException {
        try (var in = Files.newInputStream(file)) {
            var digest = MessageDigest.getInstance("SHA-256");
            var buffer = new byte[1 << 16];
            for (int n = in.read(buffer); n > 0; n = in.read(buffer)) digest.update(buffer, 0, n);
            return HexFormat.of().formatHex(digest.digest());
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
