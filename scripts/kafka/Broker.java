import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** A broker of our own, by its script. */
final class Broker {
    private final String script;
    private final Path data;
    final String bootstrap;

    private Broker(String script, Path data, String bootstrap) {
        this.script = script;
        this.data = data;
        this.bootstrap = bootstrap;
    }

    static Broker start(String script, Path data) throws IOException, InterruptedException {
        var random = new Random();
        var port = 20_000 + 2 * random.nextInt(4_000);
        while (!isFree(port) || !isFree(port + 1)) port = 20_000 + 2 * random.nextInt(4_000);
        var printed = run(script, "start", data.toString(), "--port", Integer.toString(port), "--heap", "1024").strip().split("\n");
        return new Broker(script, data, printed[printed.length - 1]);
    }

    void kill() throws IOException, InterruptedException {
        run(script, "kill", data.toString());
    }

    void restart() throws IOException, InterruptedException {
        run(script, "restart", data.toString());
    }

    /** What one of Kafka's own tools says. */
    String tool(String... command) throws IOException, InterruptedException {
        var all = new ArrayList<>(List.of("tool"));
        all.addAll(List.of(command));
        return run(script, all.toArray(String[]::new));
    }

    private static String run(String script, String... arguments) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of(script));
        command.addAll(List.of(arguments));
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) throw new IOException("broker " + String.join(" ", arguments) + ": " + output);
        return output;
    }

    private static boolean isFree(int port) {
        try (var socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.isBound();
        } catch (IOException e) {
            return false;
        }
    }
}
