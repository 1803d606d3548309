using Tppo.Core.Rollouts;
using Tppo.Facts.Judgements;
using Tppo.Hosting.Judges;
using Tppo.Streaming.Log;

namespace Tppo.Labeler;

/// <summary>A record of <c>rollouts.v1</c> that was taken and whose labels are not written yet.</summary>
/// <param name="record">The record.</param>
/// <param name="step">What its labels need; null: it has none (an end mark, rollouts for something else, no record of ours).</param>
/// <param name="rows">The rows that are to be judged.</param>
internal sealed class PendingRecord(LogRecord record, LabelStep? step, IReadOnlyList<RolloutRow> rows)
{
    private readonly PendingAnswer?[] answers = new PendingAnswer?[rows.Count];

    public LogRecord Record { get; } = record;

    public LabelStep? Step { get; } = step;

    public IReadOnlyList<RolloutRow> Rows { get; } = rows;

    /// <summary>Rows that cannot be: the window that they name is not there.</summary>
    public IReadOnlyList<RolloutRow> Lost { get; init; } = [];

    /// <summary>How many rows were asked about.</summary>
    public int Asked { get; private set; }

    public bool IsAsked => Asked == Rows.Count;

    public bool IsAnswered => IsAsked && Array.TrueForAll(answers, a => a!.Answer is not null);

    /// <summary>The answers, in the rows' order, once all stand.</summary>
    public IReadOnlyList<StandingAnswer> Answers => [.. answers.Select(a => a!.Answer!)];

    /// <summary>A record of rows that are to be judged, as far as their windows are there.</summary>
    public static PendingRecord OfLabels(LogRecord record, LabelStep step, IReadOnlyList<RolloutRow> rows)
    {
        var known = rows.Where(r => step.Histories.ContainsKey(r.WindowId)).ToList();
        return new PendingRecord(record, step, known) { Lost = known.Count == rows.Count ? [] : [.. rows.Except(known)] };
    }

    /// <summary>The next row was asked about.</summary>
    public void Take(PendingAnswer answer) => answers[Asked++] = answer;
}
