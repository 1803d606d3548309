using System.Diagnostics;
using Tppo.Core.Judging;
using Tppo.Core.Judging.Reading;

namespace Tppo.Cli.Label;

/// <summary>What came of many labels.</summary>
internal sealed class LabelSummary
{
    private readonly long begun = Stopwatch.GetTimestamp();
    private readonly SortedDictionary<RejectReason, int> reasons = [];
    private double covered;

    /// <summary>Answers of which all words could be used.</summary>
    public int Ok { get; private set; }

    /// <summary>Answers of which some words could be used.</summary>
    public int Partial { get; private set; }

    /// <summary>Answers of which nothing could be used.</summary>
    public int Rejected { get; private set; }

    /// <summary>Why they were rejected, and how many.</summary>
    public IReadOnlyDictionary<RejectReason, int> Reasons => reasons;

    /// <summary>Of all words the share that has a score, a mean over responses; rejected ones count as 0.</summary>
    public double Coverage => covered / Math.Max(1, Ok + Partial + Rejected);

    /// <summary>What all of them took.</summary>
    public JudgeUsage Usage { get; private set; }

    /// <summary>A mean of how long an answer took.</summary>
    public TimeSpan MeanLatency => Latency / Math.Max(1, Ok + Partial + Rejected);

    /// <summary>How long all of them took.</summary>
    public TimeSpan Elapsed => Stopwatch.GetElapsedTime(begun);

    private TimeSpan Latency { get; set; }

    /// <summary>Counts one.</summary>
    public void Add(JudgeReply reply)
    {
        Usage += reply.Usage;
        Latency += reply.Latency;
        switch (reply.Reading.Outcome)
        {
            case ReadingOutcome.Reject:
                Rejected++;
                reasons[reply.Reading.Reason] = reasons.GetValueOrDefault(reply.Reading.Reason) + 1;
                return;
            case ReadingOutcome.Partial:
                Partial++;
                break;
            default:
                Ok++;
                break;
        }

        covered += reply.Reading.CoverageRatio;
    }
}
