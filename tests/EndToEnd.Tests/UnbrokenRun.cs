using System.Diagnostics;
using System.Text.Json;
using Tppo.Core.Log;
using Tppo.Core.Models;
using Tppo.Facts.Models;
using Tppo.Streaming.Embedded;
using Tppo.Streaming.Log;
using Tppo.TestKit;
using Xunit.Sdk;
using Xunit.v3;

[assembly: AssemblyFixture(typeof(Tppo.EndToEnd.Tests.UnbrokenRun))]
// Every test runs processes of two threads each on a machine that may have two cores; while one starts or waits, another computes.
[assembly: Parallelization(Mode = ParallelMode.Collections, MaxThreads = 2)]

namespace Tppo.EndToEnd.Tests;

/// <summary>One demo that nobody disturbed: what all others are compared with.</summary>
public sealed class UnbrokenRun : IDisposable
{
    private static readonly string[] Services = ["ingest", "policy-trainer", "labeler", "reward-trainer", "evaluator"];
    private readonly string root = Directory.CreateTempSubdirectory("tppo-end-to-end-").FullName;

    public UnbrokenRun()
    {
        Folder = NewFolder();
        var watch = Stopwatch.StartNew();
        Result = TppoProcess.Run(Demo(Folder, "--verbose", "--json", Folder + ".json"));
        Took = watch.Elapsed;
        Assert.True(Result.Code == 0, Result.Error + Result.Output);
        Records = RecordsOf(Folder);
    }

    public string Folder { get; }

    public TimeSpan Took { get; }

    public CommandResult Result { get; }

    public string Checkpoint => CheckpointOf(Folder);

    public Dictionary<string, string[]> Records { get; }

    public static string[] Demo(string folder, params string[] more) => ["demo", "--size", "tiny", "--data", folder, .. more];

    public static string[] Run(string service, string folder, params string[] more) =>
        ["run", service, "--data", folder, "--until-idle", "--metrics-port", "0", "--log-level", "warning", .. more];

    public string NewFolder() => Path.Combine(root, Guid.NewGuid().ToString("N"));

    public void Dispose() => Directory.Delete(root, recursive: true);

    /// <summary>The figures' checkpoint of a finished demo.</summary>
    public static string CheckpointOf(string folder)
    {
        using var json = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "result.json")));
        return json.RootElement.GetProperty("figures").GetProperty("checkpoint_sha256").GetString()!;
    }

    /// <summary>The last policy on a folder's log, and whether the run's plan ends with it.</summary>
    public static CheckpointProduced NewestPolicy(string folder)
    {
        using var log = EmbeddedLog.OpenReadOnly(folder);
        return NewestPolicy(log);
    }

    public static CheckpointProduced NewestPolicy(IEventLog log)
    {
        var models = new ModelLog(log);
        models.Refresh();
        return models.Newest(ModelFamilies.Policy)!;
    }

    /// <summary>Per topic the ids of its records as a multiset.</summary>
    public static Dictionary<string, string[]> RecordsOf(string folder)
    {
        using var log = EmbeddedLog.OpenReadOnly(folder);
        return ServiceKit.AllIds(log, Services);
    }

    /// <summary>Same checkpoint, same records.</summary>
    public void AssertEqual(string folder)
    {
        Assert.Equal(Checkpoint, CheckpointOf(folder));
        AssertSameRecords(folder);
    }

    public void AssertSameRecords(string folder)
    {
        using var log = EmbeddedLog.OpenReadOnly(folder);
        AssertSameRecords(log);
    }

    /// <summary>
    /// Same records; who was present when is nobody's result, and of processes that start at once each may name the run's settings.
    /// </summary>
    public void AssertSameRecords(IEventLog log)
    {
        foreach (var (topic, ids) in ServiceKit.AllIds(log, Services).Where(t => t.Key != Topics.Presence))
            Assert.True(Once(Records[topic]).SequenceEqual(Once(ids)), $"{topic}: other records than in the unbroken run");
        Assert.NotEmpty(Records[Topics.Evaluations]);
    }

    private static IEnumerable<string> Once(string[] ids) => ids.Where((id, i) => id != "run/settings" || i == 0 || ids[i - 1] != id);
}
