import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Pattern;

/**
 * Disturbs Ingest while it works: kills it, restarts its broker, freezes it past its time-outs; then lets it end and compares.
 * Moments are drawn over the progress of the work, not over time, so that each one meets it under load, however fast it is.
 */
final class KillTest {
    private static final Pattern REFUSED = Pattern.compile("refused,|fenced:|fenced in a commit:|has been replaced|lost its partitions");
    private static final int FROZEN_SECONDS = 17;

    // Longer than Ingest's own patience with a broker: where that ends, its own line says so.
    private static final int GIVE_UP_SECONDS = 150;
    private final Random random;
    private final int events;
    private final Broker broker;
    private final LogWatch watch;
    private final IngestProcess.Site site;
    private IngestProcess ingest;
    private boolean failed, toolsShown;
    private int uncounted, done;
    private final List<Integer> exits = new ArrayList<>();

    private KillTest(Random random, int events, Broker broker, LogWatch watch, IngestProcess.Site site) {
        this.random = random;
        this.events = events;
        this.broker = broker;
        this.watch = watch;
        this.site = site;
    }

    /** Options as name and value; the script that starts this says which. */
    public static void main(String[] arguments) throws Exception {
        Map<String, String> options = new HashMap<>();
        for (int i = 0; i < arguments.length; i += 2) options.put(arguments[i], arguments[i + 1]);
        var seed = Long.parseLong(options.get("seed"));
        var events = Integer.parseInt(options.get("events"));
        var work = Path.of(options.get("work"));
        var file = work.resolve("events.jsonl");
        var sha256 = EventFile.write(file, events, seed);
        var config = work.resolve("config.json");
        Files.writeString(config, "{\"input\":{\"kind\":\"file\",\"path\":\"" + file + "\",\"sha256\":\"" + sha256 + "\"}}\n");
        System.out.printf("%,d events (sha256 %s…), seed %d%n", events, sha256.substring(0, 12), seed);

        var windows = work.resolve("windows.jsonl");
        var inspect = new ProcessBuilder("dotnet", options.get("tppo"), "inspect", "windows", "--events", file.toString(), "--targets", "3", "--history", "20").redirectOutput(windows.toFile()).redirectError(ProcessBuilder.Redirect.INHERIT);
        if (inspect.start().waitFor() != 0) throw new IllegalStateException("tppo inspect windows failed");

        var broker = Broker.start(options.get("broker"), work.resolve("broker"));
        var prefix = "kill-test.";
        var site = new IngestProcess.Site(options.get("tppo"), config, broker.bootstrap, prefix, work);
        Runtime.getRuntime().addShutdownHook(new Thread(IngestProcess::killAll));
        var good = false;
        try (var watch = new LogWatch(broker.bootstrap, prefix)) {
            if (options.get("mode").equals("share")) {
                good = new ShareTest(watch, site, file, windows, new Random(seed)).run();
            } else {
                var test = new KillTest(new Random(seed), events, broker, watch, site);
                var undisturbed = test.disturb(Integer.parseInt(options.get("kills")), Integer.parseInt(options.get("restarts")), Integer.parseInt(options.get("zombies")));
                var ended = finish(site);
                var same = compare(watch, site, file).run(windows);
                good = undisturbed && ended && same;
            }
        } finally {
            IngestProcess.killAll();
            broker.kill();
        }

        System.out.println(good ? "nothing lost, nothing doubled, order kept" : "NOT as it should be: see above");
        System.exit(good ? 0 : 1);
    }

    static Comparison compare(LogWatch watch, IngestProcess.Site site, Path file) throws Exception {
        System.out.println("\ncompared by Kafka's own consumer, read_committed:");
        return new Comparison(site.bootstrap(), site.prefix(), watch, file);
    }

    /** Runs to the end under one name; true where it ended by itself. */
    static boolean finish(IngestProcess.Site site) throws Exception {
        var begin = System.nanoTime();
        var code = IngestProcess.start(site, "a", "--until-idle").await(900);
        System.out.printf("to the end by itself: exit code %d after %.1f s%n", code, seconds(begin));
        long audit = 0;
        for (var life : IngestProcess.all()) audit += life.text().lines().filter(l -> l.contains("tppo-seq")).count();
        System.out.printf("lines in Ingest's own logs about numbers that are missing or came again: %d%n", audit);
        return code == 0 && audit == 0;
    }

    private boolean disturb(int kills, int restarts, int zombies) throws Exception {
        List<String> plan = new ArrayList<>();
        plan.addAll(Collections.nCopies(kills, "kill -9"));
        plan.addAll(Collections.nCopies(restarts, "broker"));
        plan.addAll(Collections.nCopies(zombies, "zombie"));
        Collections.shuffle(plan, random);
        System.out.printf("%n%4s  %-8s  %4s  %-7s  %10s  %-34s  %10s  %9s%n", "", "kind", "no.", "counted", "lag", "open transactions", "recovery/s", "committed");
        ingest = IngestProcess.start(site, "a");
        var numbers = new HashMap<String, Integer>();
        var left = plan.size();
        for (var kind : plan) {
            var number = numbers.merge(kind, 1, Integer::sum);
            awaitProgress(left--);
            switch (kind) {
                case "kill -9" -> kill(number);
                case "broker" -> restartBroker(number);
                default -> freeze(number);
            }

            if (failed) return false;
        }

        exits.add(ingest.stop());
        System.out.printf("%d kills did not meet both lag and an open transaction, and were repeated; ordered stops ended with %s%n", uncounted, exits);
        return exits.stream().allMatch(e -> e == 143);
    }

    // Somewhere before the next disturbance's share of what is left; most of it passes while disturbances are recovered from.
    private void awaitProgress(int left) throws Exception {
        var now = await(v -> true, "an answer");
        var remaining = Math.max(2L * events - now.progress(), events / 10);
        var goal = now.progress() + (long) (random.nextDouble() * 1.6 * 0.4 * remaining / (left + 1));
        await(v -> v.progress() > goal, "progress to " + goal);
    }

    private LogWatch.View awaitLoad() throws Exception {
        await(LogWatch.View::isUnderLoad, "lag with an open transaction");
        Thread.sleep(random.nextInt(120));
        return await(LogWatch.View::isUnderLoad, "lag with an open transaction");
    }

    private void kill(int number) throws Exception {
        while (!failed) {
            awaitLoad();
            ingest.kill();
            var view = look();
            var counted = view.isUnderLoad();
            if (counted && !toolsShown) showTools();
            var begin = System.nanoTime();
            ingest = IngestProcess.start(site, ingest.member);
            await(v -> v.progress() > view.progress(), "progress after a kill");
            if (failed) return;
            row("kill -9", number, counted ? "yes" : "no", view, seconds(begin));
            if (counted) return;
            uncounted++;
        }
    }

    private void restartBroker(int number) throws Exception {
        var view = awaitLoad();
        var begin = System.nanoTime();
        broker.kill();
        broker.restart();
        await(v -> v.progress() > view.progress(), "progress after the broker's restart");
        if (failed) return;
        row("broker", number, "yes", view, seconds(begin));
    }

    private void freeze(int number) throws Exception {
        LogWatch.View frozen;
        while (true) {
            awaitLoad();
            ingest.freeze();
            frozen = look();
            if (failed || frozen.isUnderLoad()) break;
            ingest.thaw();
        }

        var begin = System.nanoTime();
        var before = frozen;
        var zombie = ingest;
        var lines = zombie.text().length();
        var other = IngestProcess.start(site, zombie.member.equals("a") ? "b" : "a");
        await(v -> v.progress() > before.progress() && seconds(begin) > FROZEN_SECONDS, "progress of the other process");
        if (failed) return;
        var takenOver = seconds(begin);
        zombie.thaw();
        for (var wait = 0; wait < 300 && !REFUSED.matcher(zombie.text().substring(lines)).find(); wait++) Thread.sleep(100);

        // Its workers are refused one by one.
        Thread.sleep(2000);
        var refusals = zombie.text().substring(lines).lines().filter(l -> REFUSED.matcher(l).find() || l.contains(": failed")).toList();
        var refused = refusals.stream().anyMatch(l -> REFUSED.matcher(l).find());
        row("zombie", number, refused ? "yes" : "no", before, takenOver);
        refusals.stream().limit(6).forEach(l -> System.out.println("        " + zombie.member + ": " + l));
        if (!refused) fail("the zombie's refusal stands nowhere in its log");

        // Either goes on; the other's partitions come to it when the other's session lapses.
        var otherGoesOn = random.nextBoolean() || !zombie.isAlive();
        ingest = otherGoesOn ? other : zombie;
        var goes = otherGoesOn ? zombie : other;
        if (goes.isAlive()) exits.add(goes.stop());
        var now = look();
        await(v -> v.progress() > now.progress() || v.lag() < LogWatch.LAG_OF_MARKS, "progress of the one that goes on");
    }

    private void row(String kind, int number, String counted, LogWatch.View view, double recovery) {
        System.out.printf("%4d  %-8s  %4d  %-7s  %,10d  %-34s  %10.1f  %,9d%n", ++done, kind, number, counted, view.lag(), String.join(" ", view.open()), recovery, view.progress());
    }

    private LogWatch.View look() throws Exception {
        return await(v -> true, "an answer");
    }

    private LogWatch.View await(java.util.function.Predicate<LogWatch.View> condition, String what) throws Exception {
        var begin = System.nanoTime();
        while (true) {
            var view = watch.look();
            if (view != null && (failed || condition.test(view))) return view;
            if (seconds(begin) > GIVE_UP_SECONDS || (ingest != null && !ingest.isAlive() && !what.startsWith("an answer"))) {
                fail((ingest.isAlive() ? "waited in vain for " : "Ingest has ended by itself, waiting for ") + what + ": " + view);
                if (view != null) return view;
            }

            Thread.sleep(15);
        }
    }

    private void fail(String why) throws Exception {
        if (!failed) System.out.println("FAILED: " + why + "\nlast lines of " + ingest.log + ":\n" + String.join("\n", ingest.text().lines().skip(Math.max(0, ingest.text().lines().count() - 15)).toList()));
        failed = true;
    }

    // The same view by the tools that people use, once: they take seconds to start.
    private void showTools() throws Exception {
        toolsShown = true;
        System.out.println(broker.tool("org.apache.kafka.tools.TransactionsCommand", "--bootstrap-server", broker.bootstrap, "list").strip().replaceAll("(?m)^", "        | "));
        System.out.println(broker.tool("org.apache.kafka.tools.consumer.group.ConsumerGroupCommand", "--bootstrap-server", broker.bootstrap, "--describe", "--group", site.prefix() + "sequencer").strip().replaceAll("(?m)^", "        | "));
    }

    static double seconds(long begin) {
        return (System.nanoTime() - begin) / 1e9;
    }
}
