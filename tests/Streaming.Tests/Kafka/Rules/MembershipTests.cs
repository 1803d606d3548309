using Tppo.Core.Log;
using Tppo.Streaming.Kafka;
using Tppo.Streaming.Kafka.Cluster;
using Tppo.Streaming.Kafka.Membership;
using Tppo.Streaming.Kafka.State;
using Tppo.Streaming.Log;
using Tppo.Streaming.Records;
using Tppo.TestKit;
using Driver = Confluent.Kafka;

namespace Tppo.Streaming.Tests.Rules;

public class MembershipTests
{
    private readonly LeapingClock clock = new();
    private readonly NotedObserver observer = new();

    [Fact]
    public void A_name_under_which_nobody_stands_is_free_again()
    {
        var name = Name(() => null);
        name.Lose("fenced");
        name.Lose("fenced again");
        Assert.Equal("fenced", name.LostBy);
        Assert.True(name.IsFreeAgain());
        Assert.Null(name.LostBy);
        Assert.Contains("nobody else is there (fenced)", Assert.Single(observer.Notices), StringComparison.Ordinal);
    }

    [Fact]
    public void Who_still_stands_under_a_name_after_a_session_has_taken_it()
    {
        var name = Name(() => "w-1");
        name.Lose("fenced");
        Assert.False(name.IsFreeAgain());
        clock.Move(TimeSpan.FromSeconds(12));
        Assert.False(name.IsFreeAgain());
        clock.Move(TimeSpan.FromSeconds(0.1));
        Assert.Contains(
            "replaced by another of that name: fenced", Assert.Throws<MemberFencedException>(() => name.IsFreeAgain()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_holder_and_a_broker_that_was_away_are_counted_anew()
    {
        var holder = "w-1";
        var answerTakes = TimeSpan.Zero;
        var name = Name(() =>
        {
            clock.Move(answerTakes);
            return holder;
        });
        name.Lose("fenced");
        Assert.False(name.IsFreeAgain());
        clock.Move(TimeSpan.FromSeconds(11));
        holder = "w-2";
        Assert.False(name.IsFreeAgain());
        clock.Move(TimeSpan.FromSeconds(11));
        answerTakes = TimeSpan.FromSeconds(3);
        Assert.False(name.IsFreeAgain());
        answerTakes = TimeSpan.Zero;
        clock.Move(TimeSpan.FromSeconds(11));
        Assert.False(name.IsFreeAgain());
        clock.Move(TimeSpan.FromSeconds(2));
        Assert.Throws<MemberFencedException>(() => name.IsFreeAgain());
    }

    [Fact]
    public void A_name_is_another_s_only_where_another_stands_under_it()
    {
        Assert.False(Name(() => null).IsHeldByOtherThan("w-1"));
        Assert.False(Name(() => "w-1").IsHeldByOtherThan("w-1"));
        Assert.True(Name(() => "w-2").IsHeldByOtherThan("w-1"));
    }

    [Theory]
    [InlineData("worker-6b29fc40-ca47-1067-b31d-00dd010662da", true)]
    [InlineData("worker-2-6b29fc40-ca47-1067-b31d-00dd010662da", false)]
    [InlineData("worker", false)]
    [InlineData("worker-1", false)]
    [InlineData("other-6b29fc40-ca47-1067-b31d-00dd010662da", false)]
    public void A_static_member_is_known_by_its_name_and_a_uuid(string id, bool isIts) =>
        Assert.Equal(isIts ? id : null, MemberName.Among(["x", id], "worker"));

    [Fact]
    public void Missing_and_doubled_numbers_are_told_until_reading_starts_elsewhere()
    {
        var watch = new MemberWatch("g", observer, clock);
        watch.Audit([Numbered(0, "w/0/1"), Numbered(1, "w/0/2"), Numbered(2, "w/0/5"), Numbered(3, "w/0/5")]);
        Assert.Equal(["gap search.v1 2", "again search.v1"], observer.Told);
        watch.Forget([0]);
        watch.Audit([Numbered(9, "w/0/1")]);
        Assert.Equal(2, observer.Told.Count);
    }

    [Fact]
    public void Lag_and_age_are_told_once_a_second()
    {
        var watch = new MemberWatch("g", observer, clock);
        var queue = new PartitionQueue(new TopicPartition(Topics.Search, 0), new Driver.TopicPartition("x.search.v1", 0), 5);
        watch.TellLag([queue], _ => 12);
        watch.TellLag([queue], _ => 13);
        Assert.Equal(["lag g search.v1/0 7", "age g search.v1 0"], observer.Told);
        clock.Move(TimeSpan.FromSeconds(1));
        queue.Enqueue(Numbered(5, "w/0/1") with { Timestamp = clock.GetUtcNow() - TimeSpan.FromSeconds(30) });
        watch.TellLag([queue], _ => 4);
        watch.TellLag([queue], _ => 12);
        Assert.Equal(["lag g search.v1/0 0", "age g search.v1 0"], observer.Told.Skip(2));
        clock.Move(TimeSpan.FromSeconds(1));
        watch.TellLag([queue], _ => 12);
        Assert.Equal(["lag g search.v1/0 7", "age g search.v1 31"], observer.Told.Skip(4));
    }

    [Fact]
    public void A_poll_ends_with_its_time_where_nothing_lies_before_the_ends()
    {
        var wait = new PollWait(Options(), TimeSpan.FromMilliseconds(50), due: false);
        Assert.Equal(TimeSpan.FromMilliseconds(20), wait.Next(false, NotAsked).Slice);
        clock.Move(TimeSpan.FromMilliseconds(40));
        Assert.Equal(TimeSpan.FromMilliseconds(10), wait.Next(false, NotAsked).Slice);
        clock.Move(TimeSpan.FromMilliseconds(10));
        Assert.Null(wait.Next(false, () => false).Slice);

        static bool NotAsked() => throw new InvalidOperationException("asked before its time");
    }

    [Fact]
    public void What_was_committed_before_a_poll_is_waited_for_looked_for_and_joined_for()
    {
        var wait = new PollWait(Options(), TimeSpan.Zero, due: false);
        Assert.Equal((false, false), Turn(0.2));
        Assert.Equal((true, false), Turn(0.2));
        Assert.Equal((false, false), Turn(0.3));
        Assert.Equal((true, false), Turn(0.2));
        Assert.Equal((true, true), Turn(10));
        Assert.Equal((false, false), Turn(1));
        clock.Move(TimeSpan.FromSeconds(30));
        Assert.Null(wait.Next(false, () => true).Slice);

        (bool Probe, bool Rejoin) Turn(double seconds)
        {
            clock.Move(TimeSpan.FromSeconds(seconds));
            var turn = wait.Next(false, () => true);
            Assert.NotNull(turn.Slice);
            return (turn.Probe, turn.Rejoin);
        }
    }

    [Fact]
    public void An_assignment_that_is_due_is_waited_for_as_long_as_joins_are()
    {
        var wait = new PollWait(Options(), TimeSpan.Zero, due: true);
        clock.Move(TimeSpan.FromSeconds(29));
        Assert.Equal((true, false), (wait.Next(true, () => false) is { Slice: not null, Probe: true }, wait.Next(true, () => false).Rejoin));
        clock.Move(TimeSpan.FromSeconds(2));
        Assert.True(wait.Next(true, () => false).Rejoin);
        clock.Move(TimeSpan.FromSeconds(29));
        Assert.Null(wait.Next(true, () => true).Slice);
    }

    [Theory]
    [InlineData("id", 100, 0, 100, true)]
    [InlineData("id", 101, 0, 100, false)]
    [InlineData("other", 50, 0, 100, false)]
    [InlineData("id", 50, (12 * 3600) - 1, 100, true)]
    [InlineData("id", 50, 12 * 3600, 100, false)]
    public void A_copy_of_state_is_of_use_while_it_is_young_of_this_changelog_and_not_ahead_of_it(string id, long next, long age, long end, bool isOfUse) =>
        Assert.Equal(isOfUse, StateChangelog.IsOfUse((id, next, 1_000_000 - age), "id", 1_000_000, end));

    private MemberName Name(Func<string?> ask) => new("worker", ask, Options());

    private KafkaOptions Options() => new()
    {
        BootstrapServers = "b:1",
        StateFolder = "",
        SessionTimeout = TimeSpan.FromSeconds(10),
        JoinPatience = TimeSpan.FromSeconds(60),
        Patience = TimeSpan.FromSeconds(40),
        Clock = clock,
        Observer = observer,
    };

    private static LogRecord Numbered(long offset, string sequence) => new()
    {
        Topic = Topics.Search,
        Partition = 0,
        Offset = offset,
        Timestamp = DateTimeOffset.UnixEpoch,
        Headers = [new Header(HeaderNames.Sequence, sequence)],
    };
}
