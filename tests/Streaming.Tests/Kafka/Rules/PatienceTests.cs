using Tppo.Streaming.Kafka.Cluster;
using Tppo.Streaming.Log;
using Tppo.TestKit;
using Driver = Confluent.Kafka;

namespace Tppo.Streaming.Tests.Rules;

public class PatienceTests
{
    private readonly LeapingClock clock = new();
    private readonly HeardErrors heard = new();
    private int revived;

    [Fact]
    public void A_call_is_made_again_until_it_is_answered()
    {
        var calls = 0;
        Assert.Equal(42, Patience().Try("offsets", () => ++calls < 20 ? throw Error(Driver.ErrorCode.Local_Transport) : 42));
        Assert.Equal(20, calls);
        Assert.Equal(19, clock.Waits.Count);
        Assert.Equal(0, revived);
    }

    [Fact]
    public void Clients_are_revived_every_five_seconds_and_who_waits_is_told()
    {
        var stuck = new List<TimeSpan>();
        var started = clock.GetTimestamp();
        Patience().Try(
            "offsets", () => clock.GetElapsedTime(started) < TimeSpan.FromSeconds(21) ? throw Error(Driver.ErrorCode.Local_AllBrokersDown) : true, stuck.Add);
        Assert.Equal(4, revived);
        Assert.Equal([5, 10, 15, 20], stuck.Select(s => Math.Round(s.TotalSeconds)));
    }

    [Fact]
    public void After_its_patience_one_line_says_what_was_asked_and_what_was_last_heard()
    {
        heard.Hear(new Driver.Error(Driver.ErrorCode.Local_Transport, "b:1/bootstrap:  Connect to\n b:1 failed"));
        var calls = 0;
        var error = Assert.Throws<LogException>(() => Patience().Try<int>("the topics", () =>
        {
            calls++;
            throw Error(Driver.ErrorCode.Local_TimedOut);
        }));
        Assert.Equal("b:1: no answer for 30 s (the topics): went wrong; last heard: b:1/bootstrap: Connect to b:1 failed", error.Message);
        Assert.InRange(calls, 290, 310);
    }

    [Fact]
    public void What_does_not_pass_is_thrown_at_once()
    {
        Assert.Throws<Driver.KafkaException>(() => Patience().Try<int>("the topics", () => throw Error(Driver.ErrorCode.TopicException)));
        Assert.Throws<Driver.KafkaException>(() =>
            Patience().Try<int>(
                "the topics", () => throw new Driver.KafkaException(new Driver.Error(Driver.ErrorCode.Local_Transport, "fatal", isFatal: true))));
        Assert.Empty(clock.Waits);
    }

    [Fact]
    public void Who_is_not_let_in_does_not_wait()
    {
        heard.Hear(new Driver.Error(Driver.ErrorCode.SaslAuthenticationFailed, "bad password"));
        var error = Assert.Throws<LogException>(() => Patience().Wait("the topics", () => throw Error(Driver.ErrorCode.Local_Transport)));
        Assert.Equal("b:1: not let in: bad password", error.Message);
        Assert.Empty(clock.Waits);
    }

    [Fact]
    public void A_topic_that_brokers_who_answer_do_not_know_for_ten_seconds_is_gone_and_named()
    {
        var error = Assert.Throws<LogException>(() => Patience().Try<int>(
            "offsets", () => throw Unknown()));
        Assert.Equal("b:1: a.windows.v1: there is no such topic any more: somebody deleted it; what stood on it is lost", error.Message);
        Assert.InRange(clock.Waits.Count, 99, 102);
    }

    [Fact]
    public void A_topic_that_a_broker_does_not_know_right_after_it_was_away_is_not_gone()
    {
        var started = clock.GetTimestamp();
        Assert.True(Patience().Try("offsets", () => clock.GetElapsedTime(started).TotalSeconds switch
        {
            < 15 => throw Error(Driver.ErrorCode.Local_Transport),
            < 20 => throw Unknown(),
            _ => true,
        }));
    }

    [Fact]
    public void What_is_not_there_yet_is_looked_for_again_and_what_is_there_is_not_waited_for()
    {
        var looks = 0;
        Patience().Until("the new topics", TimeSpan.FromMilliseconds(20), () => ++looks == 4);
        Assert.Equal([20, 20, 20], clock.Waits.Select(w => w.TotalMilliseconds));
        Patience().Until("the new topics", TimeSpan.FromMilliseconds(20), () => true);
        Assert.Equal(3, clock.Waits.Count);
    }

    [Fact]
    public void What_never_comes_is_looked_for_as_long_as_patience_lasts()
    {
        var looks = 0;
        var error = Assert.Throws<LogException>(() => Patience().Until("the new topics", TimeSpan.FromSeconds(1), () => ++looks < 0));
        Assert.Equal("b:1: no answer for 30 s (the new topics)", error.Message);
        Assert.Equal(32, looks);
    }

    [Theory]
    [InlineData(Driver.ErrorCode.Local_Transport, true)]
    [InlineData(Driver.ErrorCode.Local_AllBrokersDown, true)]
    [InlineData(Driver.ErrorCode.NotCoordinatorForGroup, true)]
    [InlineData(Driver.ErrorCode.LeaderNotAvailable, true)]
    [InlineData(Driver.ErrorCode.ConcurrentTransactions, true)]
    [InlineData(Driver.ErrorCode.TopicAuthorizationFailed, false)]
    [InlineData(Driver.ErrorCode.InvalidProducerEpoch, false)]
    [InlineData(Driver.ErrorCode.OffsetOutOfRange, false)]
    [InlineData(Driver.ErrorCode.Local_Fatal, false)]
    public void What_a_restart_explains_may_pass(Driver.ErrorCode code, bool passes) =>
        Assert.Equal(passes, KafkaPatience.MayPass(new Driver.Error(code)));

    [Fact]
    public void A_client_that_says_nothing_makes_way_after_five_seconds_and_is_counted_from_when_it_was_asked()
    {
        var silence = new Silence(clock);
        clock.Move(TimeSpan.FromSeconds(4.9));
        Assert.False(silence.WantsAnotherClient);
        clock.Move(TimeSpan.FromSeconds(0.1));
        Assert.True(silence.WantsAnotherClient);
        silence.AskedAnew();
        Assert.False(silence.WantsAnotherClient);
        clock.Move(TimeSpan.FromSeconds(5));
        Assert.Equal((true, TimeSpan.FromSeconds(10)), (silence.WantsAnotherClient, silence.Lasts));
        silence.Broken();
        Assert.Equal((false, TimeSpan.Zero), (silence.WantsAnotherClient, silence.Lasts));
    }

    private static UnknownTopicException Unknown() =>
        new("a.windows.v1", new Driver.Error(Driver.ErrorCode.UnknownTopicOrPart, "Broker: Unknown topic or partition"));

    private KafkaPatience Patience() => new(
        new KafkaOptions { BootstrapServers = "b:1", StateFolder = "", Patience = TimeSpan.FromSeconds(30), Clock = clock }, heard, () => revived++);

    private static Driver.KafkaException Error(Driver.ErrorCode code) => new(new Driver.Error(code, "went\n  wrong"));
}
