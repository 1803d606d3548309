using Tppo.Core.Judging.Checks;
using Tppo.Core.Log;
using Tppo.Streaming.Log;
using Tppo.Streaming.Records;

namespace Tppo.Facts.Evaluations;

/// <summary>The checks of judges on <c>evaluations.v1</c>.</summary>
/// <param name="log">The log.</param>
public sealed class JudgeCheckLog(IEventLog log)
{
    /// <summary>What kind of fact a check is.</summary>
    public const string Type = "tppo.judge-check.v1";

    /// <summary>All checks, in order.</summary>
    public IReadOnlyList<JudgeCheck> All() =>
        [.. new TopicTail(log, Topics.Evaluations).Read().Where(r => r.Header(HeaderNames.Type) == Type).Select(r => JudgeCheck.FromJson(r.Value.Span))];

    /// <summary>The check of a judge under a template; null where there is none.</summary>
    public JudgeCheck? Find(string judge, string template) => All().FirstOrDefault(c => c.Judge == judge && c.Template == template);

    /// <summary>The record of a check.</summary>
    public static OutgoingRecord Fact(JudgeCheck check) => new()
    {
        Topic = Topics.Evaluations,
        Key = check.Judge,
        Partition = 0,
        Value = check.ToJson(),
        Headers = CloudEvent.Headers(check.Id, "tppo/labeler", Type, "", CloudEvent.Json),
    };
}
