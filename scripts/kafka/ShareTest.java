import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Two processes share the partitions; one is killed under load; its users' windows go on with their state. */
final class ShareTest {
    private static final int GIVE_UP_SECONDS = 120;
    private static final Pattern OWNS = Pattern.compile("([a-z]+)-([ab]): owns partitions ([0-9, ]+|none) of (.*)$", Pattern.MULTILINE);
    private final LogWatch watch;
    private final IngestProcess.Site site;
    private final Path file, windows;
    private final Random random;

    ShareTest(LogWatch watch, IngestProcess.Site site, Path file, Path windows, Random random) {
        this.watch = watch;
        this.site = site;
        this.file = file;
        this.windows = windows;
        this.random = random;
    }

    boolean run() throws Exception {
        var a = IngestProcess.start(site, "a");
        var b = IngestProcess.start(site, "b");
        if (!await(() -> owned(a, "sequencer").size() == 2 && owned(b, "sequencer").size() == 2 && owned(a, "windower").size() == 2 && owned(b, "windower").size() == 2, "two partitions each", a, b)) return false;
        if (!await(() -> sees(v -> v.isUnderLoad() && v.progress() > 0), "load", a, b)) return false;
        var goal = watch.look().progress() + random.nextInt(60_000);
        if (!await(() -> sees(v -> v.isUnderLoad() && v.progress() > goal), "progress", a, b)) return false;
        var partitions = owned(a, "windower");
        var moment = System.currentTimeMillis();
        a.kill();
        var begin = System.nanoTime();
        var view = watch.look();
        System.out.printf("a killed: lag %,d, open transactions %s%n", view.lag(), view.open());
        if (!await(() -> owned(b, "sequencer").size() == 4 && owned(b, "windower").size() == 4, "b to own all", b, b)) return false;
        System.out.printf("b owns all %.1f s later%n", KillTest.seconds(begin));
        show("a", a);
        show("b", b);
        if (!await(() -> sees(v -> v.progress() > view.progress()), "progress of b", b, b)) return false;
        System.out.printf("b stopped: exit code %d%n", b.stop());
        var ended = KillTest.finish(site);
        var comparison = KillTest.compare(watch, site, file);
        var same = comparison.run(windows);
        System.out.println(comparison.takenOver(partitions, moment));
        return ended && same;
    }

    private boolean sees(Predicate<LogWatch.View> condition) throws Exception {
        var view = watch.look();
        return view != null && condition.test(view);
    }

    private interface Condition {
        boolean holds() throws Exception;
    }

    private static boolean await(Condition condition, String what, IngestProcess... needed) throws Exception {
        var begin = System.nanoTime();
        while (!condition.holds()) {
            var ended = Arrays.stream(needed).filter(p -> !p.isAlive()).findFirst();
            if (ended.isPresent() || KillTest.seconds(begin) > GIVE_UP_SECONDS) {
                System.out.println("FAILED: " + (ended.isPresent() ? ended.get().member + " has ended by itself, waiting for " : "waited in vain for ") + what);
                for (var process : needed) System.out.println(process.text());
                return false;
            }

            Thread.sleep(20);
        }

        return true;
    }

    // What a process said last that one of its workers owns.
    private static Set<Integer> owned(IngestProcess process, String group) throws Exception {
        Set<Integer> owned = Set.of();
        for (var matcher = OWNS.matcher(process.text()); matcher.find(); ) {
            if (matcher.group(1).equals(group)) owned = matcher.group(3).equals("none") ? Set.of() : Arrays.stream(matcher.group(3).split(", ")).map(Integer::valueOf).collect(Collectors.toSet());
        }

        return owned;
    }

    private static void show(String name, IngestProcess process) throws Exception {
        List<String> lines = process.text().lines().filter(l -> l.contains("owns partitions")).toList();
        lines.forEach(l -> System.out.println("  " + name + "  " + l));
    }
}
