using Tppo.Streaming.Kafka;
using Tppo.Streaming.Log;
using Tppo.Streaming.Wire;
using Tppo.TestKit;

namespace Tppo.Streaming.Tests.Wire;

public class WaitersTests
{
    private readonly LeapingClock clock = new();

    [Fact]
    public void Who_waits_looks_now_and_then_and_gives_up_with_the_time()
    {
        var looked = 0;
        Assert.False(new Waiters(clock).Wait(() => ++looked < 0, TimeSpan.FromSeconds(1), TimeSpan.FromMilliseconds(300), CancellationToken.None));
        Assert.Equal(5, looked);
        Assert.Equal([300, 300, 300, 100], clock.Waits.Select(w => w.TotalMilliseconds));
    }

    [Fact]
    public void Without_end_it_waits_until_it_has_happened_or_is_cancelled()
    {
        var looked = 0;
        Assert.True(new Waiters(clock).Wait(() => ++looked == 100, Timeout.InfiniteTimeSpan, TimeSpan.FromMinutes(1), CancellationToken.None));
        using var cancel = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() => new Waiters(clock).Wait(Never, Timeout.InfiniteTimeSpan, TimeSpan.FromMinutes(1), cancel.Token));

        bool Never()
        {
            if (++looked == 200) cancel.Cancel();
            return false;
        }
    }

    [Fact]
    public async Task A_nudge_wakes_who_waits_at_once()
    {
        var waiters = new Waiters(TimeProvider.System);
        var happened = false;
        var waiting = Task.Run(() => waiters.Wait(() => Volatile.Read(ref happened), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(5), CancellationToken.None));
        Volatile.Write(ref happened, true);
        waiters.Nudge();
        Assert.True(await waiting);
        Assert.Equal(1, waiters.Nudges);
    }

    [Fact]
    public void Commits_are_told_by_the_ends_of_all_partitions()
    {
        var ends = 7L;
        var commits = new KafkaCommits(() => ends, clock);
        Assert.False(commits.Wait(7, TimeSpan.FromSeconds(10), CancellationToken.None));
        Assert.Equal(200, clock.Waits.Count);
        ends = 9;
        Assert.True(commits.Wait(7, TimeSpan.FromSeconds(10), CancellationToken.None));
        Assert.Equal(9, commits.Now());
    }

    [Fact]
    public void A_pause_by_a_clock_takes_its_time_and_ends_early_where_it_is_cancelled()
    {
        clock.Pause(TimeSpan.FromHours(3), TestContext.Current.CancellationToken);
        Assert.Equal([TimeSpan.FromHours(3)], clock.Waits);
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        TimeProvider.System.Pause(TimeSpan.FromHours(3), cancelled.Token);
        new ManualClock().Pause(TimeSpan.FromHours(3), cancelled.Token);
    }
}
