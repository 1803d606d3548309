using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Tppo.Core;
using Tppo.Core.Log;
using Tppo.Core.Models;
using Tppo.Core.Rollouts;
using Tppo.Core.Settings;
using Tppo.Core.Statistics;
using Tppo.Evaluator;
using Tppo.Facts.Evaluations;
using Tppo.Facts.Forms;
using Tppo.Facts.Models;
using Tppo.Facts.Runs;
using Tppo.Hosting.Progress;
using Tppo.Streaming.Log;
using Tppo.Streaming.Records;

namespace Tppo.Cli.Demo;

/// <summary>The figures of a finished demo; its JSON is the form of <c>--json</c>, with the samples beside them in the folder.</summary>
internal sealed record DemoResult(
    long Seed,
    long Events,
    long Windows,
    long DeadLetters,
    double? JudgeAuc,
    double? RmAucToken,
    JudgeCalls JudgeCalls,
    Summary Sft,
    Summary Tppo,
    Difference Difference,
    string CheckpointSha256,
    double Seconds,
    double PeakRssMb,
    IReadOnlyList<StageTime> Stages)
{
    private static readonly JsonSerializerOptions Options = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, WriteIndented = true };

    /// <summary>Histories with the queries before and after; kept in the folder, not part of the figures.</summary>
    [JsonIgnore]
    public IReadOnlyList<SampleHistory> Samples { get; init; } = [];

    /// <summary>Whose word the relevance is, where that is a language model's; null: the world's truth, or statistics of the log.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? RelevanceBy { get; init; }

    /// <summary>Who labelled, where that is no judge in this process.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? LabelsBy { get; init; }

    /// <summary>Why nobody should believe what was learned from this judge; null: no reason is known.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? JudgeWarning { get; init; }

    /// <summary>Reads off the log what a finished run has left.</summary>
    /// <exception cref="UserException">The run has not come to its end.</exception>
    public static DemoResult Collect(IEventLog log, RunSettings settings, StageBoard board, TimeSpan elapsed)
    {
        var evaluations = new EvaluationLog(log);
        evaluations.Refresh();
        var models = new ModelLog(log);
        models.Refresh();
        var sft = evaluations.All.Where(e => IsPolicy(e) && e.Version == 0).OrderBy(e => e.Fold.Index).ToList();
        var tppo = evaluations.All.Where(e => IsPolicy(e) && e.Version > 0).OrderBy(e => e.Fold.Index).ToList();
        if (sft.Count == 0 || tppo.Count != sft.Count)
            throw new InvalidOperationException("the services are idle, but the run has not come to its end");
        var rewards = evaluations.All.Where(e => e.TokenAuc is not null).ToList();
        List<ResponseMeasure> before = [.. sft.SelectMany(e => e.Responses)], after = [.. tppo.SelectMany(e => e.Responses)];
        var difference = Summary.Difference(before, after);
        return new DemoResult(
            settings.Seed,
            Count(log, Topics.Search) + Count(log, Topics.Click) + Count(log, Topics.Purchase) + Count(log, Topics.Visit),
            Count(log, Topics.Windows),
            Services.Names.Sum(s => Count(log, Topics.DeadLetters(s))),
            Mean(sft.Select(e => e.JudgeAuc)),
            Mean(rewards.Select(e => e.TokenAuc)),
            Calls(log),
            Summary.Of(before),
            Summary.Of(after),
            new Difference(difference.Mean, Figure.Known(difference.Low), Figure.Known(difference.High)),
            models.Find(tppo[0].Model, tppo[0].Version)!.WeightsSha256,
            Math.Round(elapsed.TotalSeconds, 1),
            Math.Round(StageBoard.PeakMemoryMegabytes()),
            [.. board.Snapshot().Select(StageTime.Of)])
        {
            Samples = [.. tppo.SelectMany(e => e.Samples).Take(3)],
            RelevanceBy = settings.Judge.Kind.IsModel() && settings.Judge.Evaluates ? sft[0].Judge : null,
            LabelsBy = settings.Judge.Kind switch { JudgeKind.Openai or JudgeKind.Gguf => settings.Judge.Model, JudgeKind.None => "others", _ => null },
            JudgeWarning = new JudgeCheckLog(log).All().Select(c => c.Fault).OfType<string>().FirstOrDefault(),
        };
    }

    /// <summary>The figures of a folder whose run is finished; null where it is not, or where the file is no longer what was written.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="warn">Told of a file that is damaged: its figures are to be read off the log again.</param>
    public static DemoResult? Read(RunFolder folder, Action<string> warn)
    {
        if (!File.Exists(folder.Result)) return null;
        try
        {
            var stored = JsonSerializer.Deserialize<Stored>(File.ReadAllBytes(folder.Result), Options);
            if (stored is { Figures: { } figures, Samples: { } samples } && (stored.Sha256 is null || stored.Sha256 == (stored with { Sha256 = null }).Hash()))
                return figures with { Samples = samples };
            warn($"{folder.Result}: expected figures with SHA-256 {stored?.Sha256}, found others: read off the log again");
        }
        catch (JsonException e)
        {
            warn($"{folder.Result}: expected the figures of a run, found no JSON of them ({e.Message}): read off the log again");
        }

        return null;
    }

    /// <summary>Keeps the figures in the folder: the run is finished.</summary>
    public void Write(RunFolder folder)
    {
        var stored = new Stored(this, Samples);
        RunFolder.WriteWhole(folder.Result, JsonSerializer.Serialize(stored with { Sha256 = stored.Hash() }, Options));
    }

    /// <summary>Whose word the relevance is, in words.</summary>
    public string Truth() => RelevanceBy is not null ? RelevanceBy
        : JudgeAuc is null ? "the world's truth"
        : $"log statistics, AUC {Figure.Text(JudgeAuc, "F3")} on held-out users";

    /// <summary>The figures as <c>--json</c> has them.</summary>
    public string Figures() => JsonSerializer.Serialize(this, Options) + "\n";

    private static bool IsPolicy(Evaluation e) => e.Model == e.Fold.Model(ModelFamilies.Policy);

    private static double? Mean(IEnumerable<double?> values)
    {
        var known = values.OfType<double>().ToList();
        return known.Count == 0 ? null : known.Average();
    }

    private static IEnumerable<LogRecord> All(IEventLog log, string topic) =>
        Enumerable.Range(0, log.Partitions(topic)).SelectMany(p => log.Read(new TopicPartition(topic, p), 0));

    private static long Count(IEventLog log, string topic) => All(log, topic).LongCount(r => !Marks.Is(r) && RecordForm.Fault(r) is null);

    private static JudgeCalls Calls(IEventLog log)
    {
        var byPurpose = All(log, Topics.Judgements).GroupBy(r => r.Header(HeaderNames.Purpose) ?? "").ToDictionary(g => g.Key, g => g.Count());
        return new JudgeCalls(
            byPurpose.GetValueOrDefault(Purposes.Label), byPurpose.GetValueOrDefault(Purposes.Update), byPurpose.GetValueOrDefault(Purposes.Evaluation));
    }

    /// <param name="Figures">The figures.</param>
    /// <param name="Samples">Histories with queries.</param>
    /// <param name="Sha256">Hash of both, so that a damaged file is not believed; null in older folders.</param>
    private sealed record Stored(
        DemoResult? Figures,
        IReadOnlyList<SampleHistory>? Samples,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Sha256 = null)
    {
        public string Hash() => Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(this with { Sha256 = null }, Options)));
    }
}

/// <summary>Judge calls by what they were for.</summary>
internal sealed record JudgeCalls(int Labels, int Updates, int Evaluation);

/// <summary>A difference with its 95 % interval, which a single pair does not have.</summary>
internal sealed record Difference(double Mean, double? Low, double? High);

/// <summary>How long a stage took.</summary>
internal sealed record StageTime(
    string Name,
    double Seconds,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? EventsPerSecond,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? TokensPerSecond)
{
    public static StageTime Of(StageSnapshot stage)
    {
        var rate = Math.Round(stage.Count / Math.Max(1e-3, stage.Elapsed.TotalSeconds));
        return new StageTime(
            stage.Name, Math.Round(stage.Elapsed.TotalSeconds, 2), stage.Unit == StageUnit.Events ? rate : null, stage.Unit == StageUnit.Tokens ? rate : null);
    }
}
