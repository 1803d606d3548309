using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Tppo.Core.Log;
using Tppo.Core.Text;
using Tppo.Streaming.Log;
using Tppo.Streaming.Records;

namespace Tppo.Facts.Forms;

/// <summary>
/// Topics are open to the world: whether a record is one of ours is looked at each time before it is used. Whatever reads facts
/// passes over what is not, so that it stops nobody; <c>Auditor</c> sets it aside once, with its cause.
/// </summary>
public static class RecordForm
{
    private const int BucketCount = 1000;
    private const string OurSources = "tppo/";

    // Decoding is the dearest look, and a record that is kept is looked at again.
    private static readonly ConditionalWeakTable<LogRecord, string> Looked = [];

    // Of what is known by its key alone.
    private static readonly string[] AnyType = [];

    private static readonly Dictionary<string, Form> Forms = new(StringComparer.Ordinal)
    {
        [Topics.Search] = new(["tppo.search.v1"], EventContent, IsOurs: false),
        [Topics.Click] = new(["tppo.click.v1"], EventContent, IsOurs: false),
        [Topics.Purchase] = new(["tppo.purchase.v1"], EventContent, IsOurs: false),
        [Topics.Visit] = new(["tppo.visit.v1"], EventContent, IsOurs: false),
        [Topics.Timeline] = new(["tppo.search.v1", "tppo.click.v1", "tppo.purchase.v1", "tppo.visit.v1"], TimelineContent, IsOurs: false),
        [Topics.Late] = new(["tppo.search.v1", "tppo.click.v1", "tppo.purchase.v1", "tppo.visit.v1"], TimelineContent, IsOurs: false),
        [Topics.Windows] = new(["tppo.window.v1"], FactContents.Window),
        [Topics.Rollouts] = new(["tppo.rollouts.v1"], r => Remembered(r, FactContents.Rollouts)),
        [Topics.Judgements] = new(["tppo.judgement.v1"], FactContents.Judgement),
        [Topics.TokenRewards] = new(["tppo.token-rewards.v1"], r => Remembered(r, FactContents.TokenRewards)),
        [Topics.Cuts] = new(["tppo.cut.v1"], FactContents.Cut),
        [Topics.Models] = new(
            ["tppo.run_settings.v1", "tppo.checkpoint_produced.v1", "tppo.evaluation_recorded.v1", "tppo.alias_moved.v1"], FactContents.Model),
        [Topics.Evaluations] = new(["tppo.evaluation.v1", "tppo.judge-check.v1"], FactContents.Evaluation),
        [Topics.Presence] = new(["tppo.presence.v1"], FactContents.Presence),
        [Topics.Erasures] = new(AnyType, FactContents.Erasure),
        [Topics.WindowState] = new(AnyType, FactContents.StateChange),
    };

    /// <summary>What is not as in a record of its topic, in a few words; null where all is, or where nothing is known of the topic.</summary>
    public static string? Fault(LogRecord record)
    {
        if (Known(record.Topic) is not { } form) return null;
        if (form.Types.Length == 0) return FaultInContent(record, form);
        if (record.Header(HeaderNames.Type) is not { } type) return "expected a header ce_type, found none";
        if (type == EndMark.Type) return EndFault(record);
        if (type == IdleMark.Type && EventTypesHave(record.Topic))
            return IdleMark.Is(record, out _) ? null : "expected an idle mark: no value, a time in ce_time";
        if (!form.Types.Contains(type)) return $"ce_type: expected {string.Join(" or ", form.Types)}, found {Printable.Short(type)}";
        if (string.IsNullOrEmpty(record.Header(HeaderNames.Id))) return "expected a header ce_id, found none";
        if (form.IsOurs && record.Header(HeaderNames.Source) is var source && source?.StartsWith(OurSources, StringComparison.Ordinal) != true)
            return $"ce_source: expected {OurSources} and who wrote the fact, found {Printable.Short(source ?? "none")}";
        return FaultInContent(record, form);
    }

    private static string? FaultInContent(LogRecord record, Form form)
    {
        try
        {
            return form.Content(record);
        }
        catch (Exception e) when (
            e is FormatException or JsonException or KeyNotFoundException or InvalidOperationException or ArgumentException or OverflowException)
        {
            return Printable.Short(e.Message);
        }
    }

    private static Form? Known(string topic)
    {
        if (Forms.TryGetValue(topic, out var form)) return form;
        return topic.EndsWith(".dlq.v1", StringComparison.Ordinal) ? DeadLetterForm : null;
    }

    private static readonly Form DeadLetterForm = new(
        ["tppo.dead-letter.v1"], r => r.Header(HeaderNames.Cause) is null ? $"expected a header {HeaderNames.Cause}, found none" : null);

    private static bool EventTypesHave(string topic) => topic is Topics.Search or Topics.Click or Topics.Purchase or Topics.Visit;

    private static string? EndFault(LogRecord record)
    {
        var place = string.Create(CultureInfo.InvariantCulture, $"/{record.Topic}/{record.Partition}");
        return record.Value.Length > 0 ? $"expected an end mark to have no value, found {record.Value.Length} bytes"
            : record.Header(HeaderNames.Id)?.EndsWith(place, StringComparison.Ordinal) == true ? null
            : $"expected the id of an end mark to end with {place}";
    }

    // What else an event needs, the sequencer asks: it has the say on that topic.
    private static string? EventContent(LogRecord record) => null;

    private static string? TimelineContent(LogRecord record) =>
        record.Header(HeaderNames.From) is null ? $"expected a header {HeaderNames.From}, found none" : BucketFault(record);

    /// <summary>What is wrong with the bucket in a record's headers; null: nothing.</summary>
    internal static string? BucketFault(LogRecord record) =>
        int.TryParse(record.Header(HeaderNames.Bucket), NumberStyles.None, CultureInfo.InvariantCulture, out var bucket) && bucket < BucketCount
            ? null
            : $"expected a header {HeaderNames.Bucket} from 0 to {BucketCount - 1}";

    private static string? Remembered(LogRecord record, Func<LogRecord, string?> look)
    {
        if (!Looked.TryGetValue(record, out var fault))
        {
            try
            {
                fault = look(record) ?? "";
            }
            catch (FormatException e)
            {
                fault = Printable.Short(e.Message);
            }

            Looked.AddOrUpdate(record, fault);
        }

        return fault.Length == 0 ? null : fault;
    }

    // Ours: whoever writes it, it is one of the services, and the fact says which.
    private sealed record Form(string[] Types, Func<LogRecord, string?> Content, bool IsOurs = true);
}
