using Tppo.TestKit;

namespace Tppo.Streaming.Tests;

/// <summary>The contract of the log, on a real broker.</summary>
[Collection(Broker.Collection), Trait(Broker.Trait, Broker.Collection)]
public class KafkaContractTests
{
    public static TheoryData<string> Cases => [.. EventLogContract.Names(KafkaLogFactory.CanArrange)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_contract_holds_on_Kafka(string name)
    {
        Broker.Require();
        using var factory = new KafkaLogFactory();
        EventLogContract.Run(name, factory);
    }
}
