using Tppo.Core.Cuts;
using Tppo.Core.Log;
using Tppo.Core.Numerics;
using Tppo.Core.Settings;
using Tppo.Streaming.Log;
using Tppo.Streaming.Records;

namespace Tppo.Hosting.Cuts;

/// <summary>Makes the cut of a step from what lies on the log.</summary>
public static class CutBuilder
{
    /// <summary>Version of the code, as it stands in cuts.</summary>
    public static string CodeVersion { get; } = typeof(CutBuilder).Assembly.GetName().Version!.ToString(3);

    /// <summary>The cut over all records of the step's kind in the given ranges.</summary>
    /// <param name="log">The log.</param>
    /// <param name="settings">The run's settings.</param>
    /// <param name="model">The model.</param>
    /// <param name="ordinal">The step.</param>
    /// <param name="ranges">Partitions with first and one past last offset.</param>
    /// <param name="rewardModel">Checkpoint of the reward model that the step uses, or empty.</param>
    /// <param name="referencePolicy">Checkpoint of the reference policy that the step uses, or empty.</param>
    public static Cut Build(
        IEventLog log,
        RunSettings settings,
        string model,
        int ordinal,
        IEnumerable<(TopicPartition Partition, long From, long To)> ranges,
        string rewardModel = "",
        string referencePolicy = "")
    {
        var cutRanges = new List<CutRange>();
        var hashes = new List<string>();
        foreach (var (partition, from, to) in ranges.OrderBy(r => r.Partition.Topic, StringComparer.Ordinal).ThenBy(r => r.Partition.Partition))
        {
            var before = hashes.Count;
            foreach (var record in log.Read(partition, from, to))
            {
                if (Belongs(record, $"{model}/{ordinal}")) hashes.Add(RecordHash.Of(record.Header(HeaderNames.Id) ?? "", record.Value.Span));
            }

            cutRanges.Add(new CutRange(partition.Topic, partition.Partition, from, to, hashes.Count - before));
        }

        return new Cut(
            1, model, ordinal, ordinal - 1, cutRanges, hashes, RecordHash.Digest(hashes),
            Digest.Seed(settings.Seed, model, ordinal.ToString(System.Globalization.CultureInfo.InvariantCulture)),
            RunSettingsJson.Hash(settings), CodeVersion, settings.Threads, rewardModel, referencePolicy);
    }

    /// <summary>Whether a record is of a cut's kind: a window, or made for that step; marks never are.</summary>
    public static bool Belongs(LogRecord record, string cutId) =>
        !Marks.Is(record) && (record.Topic == Core.Log.Topics.Windows || record.Header(HeaderNames.Step) == cutId);
}
