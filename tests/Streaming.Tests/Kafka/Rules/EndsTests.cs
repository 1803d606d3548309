using Tppo.Streaming.Kafka.Cluster;
using Tppo.Streaming.Log;
using Tppo.TestKit;
using Driver = Confluent.Kafka;

namespace Tppo.Streaming.Tests.Rules;

public class EndsTests
{
    private static readonly Driver.TopicPartition A = new("t", 0), B = new("t", 1);
    private readonly LeapingClock clock = new();
    private int asked;

    [Fact]
    public void Who_wrote_waits_for_the_marks_and_who_did_not_does_not()
    {
        // The mark of a transaction whose last record is 9 stands at 10: the end behind it is 11.
        var ends = Ends(_ => new() { [A] = asked < 4 ? 10 : 11, [B] = 5 });
        Assert.Equal(10, ends.Stable(A));
        Assert.Empty(clock.Waits);
        ends.Written(A, 9);
        ends.Written(A, 3);
        Assert.Equal(11, ends.Stable([A, B])[A]);
        Assert.Equal(4, asked);
        Assert.Equal(2, clock.Waits.Count);
    }

    [Fact]
    public void Marks_that_never_come_end_in_one_line()
    {
        var ends = Ends(_ => new() { [A] = 10 });
        ends.Written(A, 9);
        Assert.Contains("no answer for 30 s (the end of a transaction)", Assert.Throws<LogException>(() => ends.Stable(A)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_sum_counts_marks_of_ours_before_they_stand()
    {
        var ends = Ends(_ => new() { [A] = 10, [B] = 7 });
        Assert.Equal(17, ends.Sum([A, B]));
        ends.Written(A, 9);
        ends.Written(B, 2);
        Assert.Equal(18, ends.Sum([A, B]));
    }

    [Fact]
    public void Partitions_stay_undecided_only_after_the_time_in_which_they_should_have_been_decided()
    {
        var ends = Ends(_ => new() { [A] = 11, [B] = asked < 6 ? 20 : 21 });
        Assert.Empty(ends.Undecided(new Dictionary<Driver.TopicPartition, long> { [A] = 10, [B] = 20 }, TimeSpan.FromSeconds(3)));
        Assert.Equal(6, asked);
        Assert.Equal([2, 4, 8, 16, 32], clock.Waits.Select(w => w.TotalMilliseconds));
        asked = -1_000_000;
        Assert.Equal([B], ends.Undecided(new Dictionary<Driver.TopicPartition, long> { [A] = 10, [B] = 20 }, TimeSpan.FromSeconds(3)));
        Assert.Equal(100, clock.Waits[^1].TotalMilliseconds);
    }

    [Fact]
    public void A_broker_that_answers_slowly_is_no_transaction_that_hangs()
    {
        // Each answer takes a minute; only the waits between them count.
        var ends = Ends(_ =>
        {
            clock.Move(TimeSpan.FromMinutes(1));
            return new() { [A] = asked < 10 ? 10 : 11 };
        });
        Assert.Empty(ends.Undecided(new Dictionary<Driver.TopicPartition, long> { [A] = 10 }, TimeSpan.FromSeconds(3)));
    }

    [Fact]
    public void Nothing_appended_since_a_time_has_no_offset() => Assert.Null(Ends(_ => new() { [A] = -1 }).At(A, 1_000));

    private KafkaEnds Ends(Func<IReadOnlyCollection<Driver.TopicPartition>, Dictionary<Driver.TopicPartition, long>> answer) => new(
        (partitions, _, _) =>
        {
            asked++;
            return answer(partitions);
        },
        new KafkaPatience(
            new KafkaOptions { BootstrapServers = "b:1", StateFolder = "", Patience = TimeSpan.FromSeconds(30), Clock = clock }, new HeardErrors(), () => { }),
        clock);
}
