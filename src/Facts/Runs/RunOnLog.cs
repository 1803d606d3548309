using System.Text.Json;
using Tppo.Core;
using Tppo.Core.Log;
using Tppo.Core.Settings;
using Tppo.Facts.Forms;
using Tppo.Facts.Models;
using Tppo.Streaming.Log;
using Tppo.Streaming.Records;

namespace Tppo.Facts.Runs;

/// <summary>The settings of the run that a log holds, as the first fact on its <c>models.v1</c>: topics belong to one run.</summary>
public static class RunOnLog
{
    /// <summary>The kind of such a fact.</summary>
    public const string Type = "tppo.run_settings.v1";

    private const string Id = "run/settings";

    /// <summary>The settings of the run on the log; null where there is none.</summary>
    public static RunSettings? Read(IEventLog log)
    {
        var record = log.Read(new TopicPartition(Topics.Models, 0), 0)
            .FirstOrDefault(r => r.Header(HeaderNames.Type) == Type && RecordForm.Fault(r) is null);
        return record is null ? null : Read(record);
    }

    /// <summary>The settings in such a fact.</summary>
    internal static RunSettings Read(LogRecord record)
    {
        using var fact = JsonDocument.Parse(record.Value);
        return RunSettingsJson.Read(fact.RootElement.GetProperty("settings").GetRawText(), $"{record.Topic}/{record.Partition}/{record.Offset}");
    }

    /// <summary>The fact that a log holds a run with these settings.</summary>
    public static OutgoingRecord Fact(RunSettings settings)
    {
        var json = $$"""{"v":1,"kind":"run_settings","settings":{{RunSettingsJson.Write(settings)}}}""";
        return ModelLog.Fact("run", Id, Type, System.Text.Encoding.UTF8.GetBytes(json));
    }

    /// <summary>Takes a log for a run with these settings: a new log, or one that holds the same run.</summary>
    /// <param name="log">The log.</param>
    /// <param name="settings">The run's settings.</param>
    /// <param name="where">The log's name in the message.</param>
    /// <exception cref="UserException">It holds a run with other settings; the message says which one differs.</exception>
    public static void Claim(IEventLog log, RunSettings settings, string where)
    {
        if (Read(log) is null) log.Append([Fact(settings)]);

        // Of several processes that start at once the first on the log is right.
        RunFolder.RequireSame(Read(log)!, settings, where, "give another --topics-prefix");
    }
}
