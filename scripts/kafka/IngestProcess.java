import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** One life of <code>tppo run ingest</code>, with its log in a file. */
final class IngestProcess {
    private static final List<IngestProcess> ALL = new ArrayList<>();
    private static int lives;
    private final Process process;
    final String member;
    final Path log;

    /** Where processes are started: the command line, the settings, the broker, and a folder for data and logs. */
    record Site(String tppo, Path config, String bootstrap, String prefix, Path work) {
    }

    private IngestProcess(Process process, String member, Path log) {
        this.process = process;
        this.member = member;
        this.log = log;
    }

    static IngestProcess start(Site site, String member, String... more) throws IOException {
        var log = site.work.resolve("ingest-%03d-%s.log".formatted(++lives, member));
        var command = new ArrayList<>(List.of(
            "dotnet", site.tppo, "run", "ingest", "--config", site.config.toString(), "--data", site.work.resolve("data-" + member).toString(),
            "--kafka", site.bootstrap, "--topics-prefix", site.prefix, "--member", member, "--metrics-port", "0"));
        command.addAll(List.of(more));
        var process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
        var life = new IngestProcess(process, member, log);
        ALL.add(life);
        return life;
    }

    /** Whatever is still running goes. */
    static void killAll() {
        ALL.forEach(p -> p.process.destroyForcibly());
    }

    static List<IngestProcess> all() {
        return ALL;
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** SIGKILL; returns when it is gone. */
    void kill() throws InterruptedException {
        process.destroyForcibly();
        process.waitFor();
    }

    /** SIGTERM; gives the exit code, or kills it after a while. */
    int stop() throws InterruptedException {
        process.destroy();
        return await(60);
    }

    void freeze() throws IOException, InterruptedException {
        signal("STOP");
    }

    void thaw() throws IOException, InterruptedException {
        signal("CONT");
    }

    /** Its exit code; -1 where it had to be killed. */
    int await(int seconds) throws InterruptedException {
        if (process.waitFor(seconds, TimeUnit.SECONDS)) return process.exitValue();
        kill();
        return -1;
    }

    String text() throws IOException {
        return Files.readString(log, StandardCharsets.UTF_8);
    }

    private void signal(String name) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).inheritIO().start().waitFor();
    }
}
