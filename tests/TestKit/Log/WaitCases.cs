using Tppo.Core.Log;
using Tppo.Streaming.Log;

namespace Tppo.TestKit;

/// <summary>Waiting for somebody to write.</summary>
internal static class WaitCases
{
    private static readonly TimeSpan Ample = TimeSpan.FromSeconds(30);

    internal static IEnumerable<ContractCase> All =>
    [
        ContractCase.Of(Commits_grow_with_appends_and_steps_and_with_nothing_else),
        ContractCase.Of(Waiting_for_a_commit_ends_with_it_with_the_time_or_with_the_token),
        ContractCase.Of(A_waiting_poll_wakes_for_a_record),
        ContractCase.Of(A_poll_can_be_cancelled),
    ];

    private static void Commits_grow_with_appends_and_steps_and_with_nothing_else(ILogFactory factory)
    {
        using var log = factory.Open(new LogSetup());
        var commits = log.Commits;
        log.AppendNumbers(Topics.Search, 0, 3);
        Check.True(log.Commits > commits, "an append counts");
        commits = log.Commits;
        using var consumer = log.Join("g", "a", [Topics.Search]);
        consumer.Drain();
        log.Append([]);
        using (var empty = consumer.Begin()) empty.Finish();
        using (var aborted = consumer.Begin()) aborted.Append(LogTools.Record(Topics.Timeline, "x"));
        log.EnforceRetention();
        Check.Equal(commits, log.Commits, "commits after reading, joining, an empty step, an aborted step and retention");
        using var step = consumer.Begin();
        step.Append(LogTools.Record(Topics.Timeline, "x"));
        Check.Equal(StepOutcome.Committed, step.Finish(), "outcome");
        Check.True(log.Commits > commits, "a step counts");
    }

    private static void Waiting_for_a_commit_ends_with_it_with_the_time_or_with_the_token(ILogFactory factory)
    {
        using var log = factory.Open(new LogSetup());
        var seen = log.Commits;
        Check.True(!log.WaitForCommit(seen, TimeSpan.FromMilliseconds(20), CancellationToken.None), "false where nobody wrote");
        var writer = new Thread(() => log.AppendNumbers(Topics.Search, 0, 1));
        writer.Start();
        Check.True(log.WaitForCommit(seen, Ample, CancellationToken.None), "true where somebody wrote");
        writer.Join();
        Check.True(log.WaitForCommit(seen, Timeout.InfiniteTimeSpan, CancellationToken.None), "true at once where somebody had written");
        using var source = new CancellationTokenSource();
        source.CancelAfter(20);
        Check.Throws<OperationCanceledException>(() => log.WaitForCommit(log.Commits, Timeout.InfiniteTimeSpan, source.Token), "a cancelled wait");
    }

    private static void A_waiting_poll_wakes_for_a_record(ILogFactory factory)
    {
        using var log = factory.Open(new LogSetup());
        using var consumer = log.Join("g", "a", [Topics.Search]);
        consumer.Drain();
        var writer = new Thread(() =>
        {
            log.AppendNumbers(Topics.Click, 0, 1);
            log.AppendNumbers(Topics.Search, 2, 1);
        });
        writer.Start();
        Check.Equal(1, consumer.Poll(10, Ample, CancellationToken.None).Count, "records of the poll that waited");
        writer.Join();
    }

    private static void A_poll_can_be_cancelled(ILogFactory factory)
    {
        using var log = factory.Open(new LogSetup());
        using var consumer = log.Join("g", "a", [Topics.Search]);
        consumer.Drain();
        using var source = new CancellationTokenSource();
        source.CancelAfter(20);
        Check.Throws<OperationCanceledException>(() => consumer.Poll(1, Ample, source.Token), "a cancelled poll");
    }
}
