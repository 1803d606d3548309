using Tppo.Streaming.Faults;
using Tppo.Streaming.Kafka.Cluster;
using Tppo.Streaming.Kafka.Native;
using Tppo.Streaming.Kafka.Steps;
using Tppo.TestKit;
using Driver = Confluent.Kafka;

namespace Tppo.Streaming.Tests.Rules;

public sealed class ProducerTests : IDisposable
{
    private static readonly Driver.TopicPartition Place = new("t", 0);
    private static readonly KafkaMessage Message = new(Place, "k", new byte[] { 1 }, IsGone: false, []);
    private readonly NotedProducer inner = new();
    private readonly Queue<FaultMark?> plan = new();

    public void Dispose() => inner.Dispose();

    [Theory]
    [InlineData(FaultMark.AbortBeforeWrite, typeof(Driver.KafkaTxnRequiresAbortException), "begin produce")]
    [InlineData(FaultMark.UnknownBeforeWrite, typeof(Driver.KafkaException), "begin produce")]
    [InlineData(FaultMark.CrashBeforeWrite, typeof(InjectedCrashException), "begin produce")]
    [InlineData(FaultMark.UnknownAfterWrite, typeof(Driver.KafkaException), "begin produce commit answered")]
    [InlineData(FaultMark.CrashAfterWrite, typeof(InjectedCrashException), "begin produce commit answered")]
    public void A_planned_fault_strikes_at_the_commit_before_or_after_it(FaultMark fault, Type expected, string did)
    {
        plan.Enqueue(fault);
        var producer = Producer();
        producer.Begin();
        producer.Produce([Message], new Dictionary<Driver.TopicPartition, int> { [Place] = 0 });
        Assert.IsType(expected, Record.Exception(producer.Commit));
        Assert.Equal(did, string.Join(' ', inner.Did));
    }

    [Fact]
    public void A_fault_strikes_one_step_and_the_seals_of_a_step_take_none()
    {
        plan.Enqueue(FaultMark.CrashBeforeWrite);
        var producer = Producer();
        producer.Produce([Seal.Of(Place, 3)], new Dictionary<Driver.TopicPartition, int> { [Place] = 0 });
        producer.Commit();
        producer.Produce([Message], new Dictionary<Driver.TopicPartition, int> { [Place] = 0 });
        Assert.Throws<InjectedCrashException>(producer.Commit);
        producer.Produce([Message], new Dictionary<Driver.TopicPartition, int> { [Place] = 0 });
        producer.Commit();
        Assert.Equal(2, inner.Did.Count(d => d == "commit"));
    }

    [Fact]
    public void A_call_that_does_not_come_back_is_given_up_after_eight_seconds()
    {
        var clock = new LeapingClock();
        using var never = new ManualResetEventSlim();
        Assert.False(new StuckCalls(clock).ComesBack(() => never.Wait(), TimeSpan.Zero));
        Assert.Equal([TimeSpan.FromSeconds(8)], clock.Waits);
        never.Set();
        Assert.Contains("does not come back from its commit after 8 s", StuckCalls.NotBack("commit").Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_call_that_comes_back_is_repeated_where_the_library_says_so_and_its_errors_are_thrown()
    {
        var calls = 0;
        var stuck = new StuckCalls(TimeProvider.System);
        Assert.True(stuck.ComesBack(() => Fail(++calls < 3), TimeSpan.FromMinutes(1)));
        Assert.Equal(3, calls);
        Assert.Throws<Driver.KafkaRetriableException>(() => stuck.ComesBack(() => Fail(true), TimeSpan.Zero));
        Assert.Throws<Driver.KafkaException>(
            () => stuck.ComesBack(() => throw new Driver.KafkaException(Driver.ErrorCode.Local_Fail), TimeSpan.FromMinutes(1)));

        static void Fail(bool fails)
        {
            if (fails) throw new Driver.KafkaRetriableException(new Driver.Error(Driver.ErrorCode.Local_TimedOut));
        }
    }

    private FaultyProducer Producer() => new(inner, () => plan.TryDequeue(out var fault) ? fault : null, () => inner.Did.Add("answered"));

    private sealed class NotedProducer : ITransactionalProducer
    {
        public List<string> Did { get; } = [];

        public bool IsReady => true;

        public void Initialise() => Did.Add("initialise");

        public void Begin() => Did.Add("begin");

        public Dictionary<Driver.TopicPartition, long> Produce(IReadOnlyList<KafkaMessage> messages, Dictionary<Driver.TopicPartition, int> last)
        {
            Did.Add("produce");
            return last.ToDictionary(l => l.Key, l => (long)l.Value);
        }

        public void SendOffsets(IReadOnlyList<Driver.TopicPartitionOffset> offsets, Driver.IConsumerGroupMetadata consumer) => Did.Add("offsets");

        public void Commit() => Did.Add("commit");

        public void Abort() => Did.Add("abort");

        public void Dispose() => Did.Add("dispose");
    }
}
