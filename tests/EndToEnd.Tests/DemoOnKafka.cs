using System.Diagnostics;
using Tppo.Streaming.Kafka;
using Tppo.Streaming.Kafka.Cluster;
using Tppo.TestKit;

namespace Tppo.EndToEnd.Tests;

/// <summary>The same demo on a broker, run when it is first asked for; and one that nobody answers.</summary>
public sealed class DemoOnKafka : IDisposable
{
    private readonly UnbrokenRun unbroken;
    private readonly Lazy<(string Folder, CommandResult Result)> run;
    private readonly Process unanswered;

    public DemoOnKafka(UnbrokenRun unbroken)
    {
        this.unbroken = unbroken;
        run = new Lazy<(string, CommandResult)>(() =>
        {
            var folder = unbroken.NewFolder();
            return (folder, TppoProcess.Run(UnbrokenRun.Demo(folder, On(Prefix))));
        });

        // It gives up after a minute: that goes by beside the other tests.
        unanswered = TppoProcess.Start("demo", "--size", "tiny", "--data", unbroken.NewFolder(), "--kafka", "127.0.0.1:1");
    }

    public static string Prefix { get; } = $"{Guid.NewGuid():N}.demo";

    public (string Folder, CommandResult Result) Run => run.Value;

    public CommandResult Unanswered => TppoProcess.End(unanswered);

    /// <summary>Options that put a command on the broker's topics of a prefix.</summary>
    public static string[] On(string prefix) => ["--kafka", Broker.Shared.BootstrapServers, "--topics-prefix", prefix];

    /// <summary>Options of that demo.</summary>
    public static string[] Here() => On(Prefix);

    /// <summary>Topics of a prefix, for reading.</summary>
    public static KafkaLog Read(string prefix) => KafkaLog.Open(Options(prefix, client: null));

    /// <summary>The same for one who writes too, beside the processes.</summary>
    public static KafkaLog Open(string prefix, string client) => KafkaLog.Open(Options(prefix, client));

    public void Dispose()
    {
        if (!unanswered.HasExited) unanswered.Kill();
        unanswered.Dispose();
    }

    private static KafkaOptions Options(string prefix, string? client) => new()
    {
        BootstrapServers = Broker.Shared.BootstrapServers,
        Prefix = prefix + ".",
        Client = client,
        StateFolder = Path.GetTempPath(),
    };
}
