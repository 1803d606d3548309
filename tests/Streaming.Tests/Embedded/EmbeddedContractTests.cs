using Tppo.TestKit;

namespace Tppo.Streaming.Tests;

public class EmbeddedContractTests
{
    public static TheoryData<string> Cases => new(EventLogContract.Names(LogFeatures.All));

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_embedded_log_keeps_the_contract(string name)
    {
        using var factory = new EmbeddedLogFactory();
        EventLogContract.Run(name, factory);
    }

    [Fact]
    public void Every_case_is_run_here() => Assert.Equal(EventLogContract.Cases.Count, Cases.Count);
}
