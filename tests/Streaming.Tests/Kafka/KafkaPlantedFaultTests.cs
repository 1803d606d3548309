using Tppo.Streaming.Kafka.Cluster;
using Tppo.Streaming.Log;
using Tppo.TestKit;

namespace Tppo.Streaming.Tests;

/// <summary>The contract catches on a real broker what is broken on purpose there.</summary>
[Collection(Broker.Collection), Trait(Broker.Trait, Broker.Collection)]
public class KafkaPlantedFaultTests
{
    [Fact]
    public void A_reader_of_what_is_not_committed_is_caught() => Caught(
        "An_unknown_outcome_that_was_not_written_loses_nothing", change: o => o with { ReadUncommitted = true });

    [Fact]
    public void Offsets_committed_before_outputs_are_caught() => Caught("An_aborted_step_is_done_again_once", log => new OffsetsBeforeOutputs(log));

    [Fact]
    public void State_outside_the_step_is_caught() =>
        Caught("An_unknown_outcome_that_was_not_written_loses_nothing", log => new StateOutsideTheStep(log));

    [Fact]
    public void No_rewind_after_Unknown_is_caught() =>
        Caught("An_unknown_outcome_that_was_not_written_loses_nothing", log => new NoRewindAfterUnknown(log));

    [Fact]
    public void A_wrong_partitioner_is_caught() => Caught("A_key_goes_where_the_Java_client_puts_it", log => new WrongPartitioner(log));

    // The same case must hold where nothing is broken, else its failing tells nothing: KafkaContractTests holds it to that.
    private static void Caught(string contractCase, Func<IEventLog, IEventLog>? plant = null, Func<KafkaOptions, KafkaOptions>? change = null)
    {
        Broker.Require();
        using var factory = new Planted(new KafkaLogFactory(change), plant ?? (log => log));
        var caught = Assert.ThrowsAny<Exception>(() => EventLogContract.Run(contractCase, factory));
        Assert.True(caught is ContractBrokenException or InvalidOperationException or ArgumentException, caught.ToString());
        TestContext.Current.TestOutputHelper?.WriteLine($"{contractCase}: {caught.Message}");
    }

    private sealed class Planted(KafkaLogFactory good, Func<IEventLog, IEventLog> plant) : ILogFactory
    {
        public LogFeatures Features => good.Features;

        public IEventLog Open(LogSetup setup) => plant(good.Open(setup));

        public void Dispose() => good.Dispose();
    }
}
