using System.Globalization;
using Tppo.Core.Log;
using Tppo.Core.Models;
using Tppo.Facts.Evaluations;
using Tppo.Streaming.Log;
using Tppo.Streaming.Records;
using Tppo.TestKit;

namespace Tppo.EndToEnd.Tests;

/// <summary>Others write to every topic of services that run on a broker.</summary>
[Collection(Broker.Collection)]
[Trait(Broker.Trait, Broker.Collection)]
public sealed class StrangersTests(UnbrokenRun unbroken)
{
    private const int Rounds = 10;
    private static readonly string[] Services = ["ingest", "policy-trainer", "labeler", "reward-trainer", "evaluator"];
    private static readonly string[] Auditing = ["ingest", "policy-trainer"];

    [Fact]
    public async Task No_process_ends_the_models_are_the_same_and_each_foreign_record_is_set_aside_counted_and_named_once()
    {
        Broker.Require();
        var (prefix, folder) = ($"{Guid.NewGuid():N}.strangers", unbroken.NewFolder());
        using var log = DemoOnKafka.Open(prefix, "stranger");
        var config = Path.Combine(unbroken.Folder, "run.json");
        var processes = Services.ToDictionary(s => s, s => RunningService.Start(s, unbroken, prefix, "a", config, folder));
        try
        {
            var written = 0;
            for (var round = 0; round < Rounds; round++)
            {
                foreach (var topic in Topics.All.Select(t => t.Name).Concat(Services.Select(Topics.DeadLetters)))
                {
                    OutgoingRecord[] foreign = [.. ForeignRecords.Of(topic)];
                    log.Append(foreign);
                    written += foreign.Length;
                }

                await Task.Delay(500, TestContext.Current.CancellationToken);
            }

            Await(() => HasEnded(log), "the last evaluation");
            Await(() => SetAside(log).Count >= written, "dead letters");
            var aside = SetAside(log);
            Assert.Equal(written, aside.Count);
            Assert.Equal(written, aside.Distinct().Count());
            Assert.Equal(unbroken.Checkpoint, UnbrokenRun.NewestPolicy(log).Weights);

            Assert.Equal(written, Auditing.Sum(s => processes[s].Lines.Count(l => l.Contains("set aside", StringComparison.Ordinal))));
            var counted = await Task.WhenAll(Auditing.Select(s => Counted(processes[s].Metrics!)));
            Assert.Equal(written, counted.Sum());
            Assert.All(processes, p => Assert.False(p.Value.HasEnded, string.Join('\n', p.Value.Lines)));
            Assert.All(processes, p => Assert.Equal(143, p.Value.Stop()));
        }
        finally
        {
            foreach (var process in processes.Values) process.Dispose();
        }

        void Await(Func<bool> condition, string what) => RunningService.Await(condition, what, processes.Values);
    }

    private static bool HasEnded(IEventLog log)
    {
        if (UnbrokenRun.NewestPolicy(log) is not { Final: true } last) return false;
        var evaluations = new EvaluationLog(log);
        evaluations.Refresh();
        return evaluations.Find(ModelFamilies.Policy, last.Version) is not null;
    }

    // Places of what was set aside.
    private static List<string> SetAside(IEventLog log) =>
    [
        .. Auditing.SelectMany(s => ServiceKit.Records(log, Topics.DeadLetters(s)))
            .Where(r => r.Header(HeaderNames.Type) == "tppo.dead-letter.v1").Select(r => r.Header(HeaderNames.From)!),
    ];

    private static async Task<double> Counted(Uri metrics)
    {
        using var client = new HttpClient();
        var page = await client.GetStringAsync(metrics, TestContext.Current.CancellationToken);
        return page.Split('\n').Where(l => l.StartsWith("tppo_dlq_records_total{", StringComparison.Ordinal))
            .Sum(l => double.Parse(l[(l.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture));
    }
}
