using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using Tppo.Streaming.Wire;
using Tppo.TestKit;

namespace Tppo.Streaming.Tests;

/// <summary>The kit's broker itself, and what Kafka's own tools do with it.</summary>
[Collection(Broker.Collection)]
[Trait(Broker.Trait, Broker.Collection)]
public class TestBrokerTests
{
    private const string Producer = "org.apache.kafka.tools.ConsoleProducer";
    private const string Consumer = "org.apache.kafka.tools.consumer.ConsoleConsumer";

    [Fact]
    public void What_was_written_before_a_kill_is_read_after_the_restart_from_the_same_address()
    {
        var broker = Broker.Shared;
        var address = broker.BootstrapServers;
        Assert.Equal($"127.0.0.1:{broker.Port}", address);
        Assert.True(Answers(broker.Port));
        broker.CreateTopic("kit.kill", partitions: 1, "retention.ms=-1");
        TestBroker.ToolWithInput(Producer, "one\ntwo\n", "--bootstrap-server", address, "--topic", "kit.kill");

        broker.Kill();
        Assert.False(Answers(broker.Port));
        broker.Restart();
        Assert.Equal(address, broker.BootstrapServers);
        Assert.Equal(["one", "two"], Read(broker, "kit.kill", 2));
    }

    [Fact]
    public void Keys_of_Kafkas_own_producer_lie_in_the_partitions_that_our_partitioner_says()
    {
        const int Partitions = 7;
        var broker = Broker.Shared;
        broker.CreateTopic("kit.keys", Partitions);
        string[] keys = [.. Enumerable.Range(0, 200).Select(i => new string('k', i % 9) + i.ToString(CultureInfo.InvariantCulture)), "żółć", "日本語", "🜁", " "];
        TestBroker.ToolWithInput(
            Producer, string.Concat(keys.Select(k => $"{k}|v\n")), "--bootstrap-server", broker.BootstrapServers, "--topic", "kit.keys",
            "--reader-property", "parse.key=true", "--reader-property", "key.separator=|");

        var placed = Read(broker, "kit.keys", keys.Length, "--formatter-property", "print.partition=true", "--formatter-property", "print.key=true")
            .Select(l => l.Split('\t')).Select(f => (Key: f[1], Partition: int.Parse(f[0]["Partition:".Length..], CultureInfo.InvariantCulture))).ToList();
        Assert.Equal(keys.Order(StringComparer.Ordinal), placed.Select(p => p.Key).Order(StringComparer.Ordinal));
        Assert.Equal(Partitions, placed.Select(p => p.Partition).Distinct().Count());
        Assert.All(placed, p => Assert.Equal(Murmur2.Partition(System.Text.Encoding.UTF8.GetBytes(p.Key), Partitions), p.Partition));
    }

    [Fact]
    public void A_broker_of_its_own_takes_settings_and_goes_with_its_folder()
    {
        int port;
        string folder;
        using (var broker = TestBroker.Start(new TestBrokerOptions
        {
            HeapMegabytes = 256,
            Settings = ["listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}", "message.max.bytes=4711"],
            Prepare = f => File.WriteAllText(Path.Combine(f, "prepared"), ""),
        }))
        {
            (port, folder) = (broker.Port, broker.Folder);
            Assert.True(File.Exists(Path.Combine(folder, "prepared")));
            var settings = TestBroker.Tool(
                "kafka.admin.ConfigCommand", "--bootstrap-server", broker.BootstrapServers, "--describe", "--all", "--entity-type",
                "brokers", "--entity-name", "1");
            foreach (var expected in new[] { "message.max.bytes=4711", "group.min.session.timeout.ms=1000", "log.retention.check.interval.ms=1000" })
                Assert.Contains(expected, settings, StringComparison.Ordinal);
        }

        Assert.False(Answers(port));
        Assert.False(Directory.Exists(folder));
    }

    [Fact]
    public void A_tool_that_fails_says_what_it_said() =>
        Assert.Contains("does not exist", Assert.Throws<ToolFailedException>(() => TestBroker.Tool(
            "org.apache.kafka.tools.TopicCommand", "--bootstrap-server", Broker.Shared.BootstrapServers, "--describe", "--topic",
            "kit.none")).Message, StringComparison.Ordinal);

    [Fact]
    public void After_a_killed_test_process_the_watchdog_takes_its_broker_along()
    {
        Broker.Require();
        using var child = Process.Start(
            new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Tppo.LogChild.dll"), "--broker"]) { RedirectStandardOutput = true })!;
        var said = child.StandardOutput.ReadLine()!.Split(' ');
        var port = int.Parse(said[0], CultureInfo.InvariantCulture);
        Assert.True(Answers(port));
        child.Kill();
        child.WaitForExit();
        for (var waited = 0; waited < 200 && Directory.Exists(said[1]); waited++) Thread.Sleep(100);
        Assert.False(Directory.Exists(said[1]));
        Assert.False(Answers(port));
    }

    private static string[] Read(TestBroker broker, string topic, int count, params string[] more) =>
        TestBroker.Tool(
            Consumer,
            [
                "--bootstrap-server", broker.BootstrapServers, "--topic", topic, "--from-beginning", "--max-messages",
                count.ToString(CultureInfo.InvariantCulture), .. more,
            ])
            .Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static bool Answers(int port)
    {
        try
        {
            using var client = new TcpClient("127.0.0.1", port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
