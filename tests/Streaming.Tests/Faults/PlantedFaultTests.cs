using Tppo.Streaming.Log;
using Tppo.TestKit;

namespace Tppo.Streaming.Tests;

/// <summary>The contract is worth what it catches: backends that are broken on purpose must fail it, where they are broken.</summary>
public class PlantedFaultTests(ITestOutputHelper output)
{
    [Fact]
    public void A_pass_through_that_breaks_nothing_keeps_the_contract() => Assert.Empty(Broken(good => new PassThroughLog(good)));

    [Fact]
    public void Offsets_committed_before_outputs_are_caught() =>
        Assert.Contains("An_aborted_step_is_done_again_once", Broken(good => new OffsetsBeforeOutputs(good)));

    [Fact]
    public void State_outside_the_step_is_caught() =>
        Assert.Contains("An_unknown_outcome_that_was_not_written_loses_nothing", Broken(good => new StateOutsideTheStep(good)));

    [Fact]
    public void No_rewind_after_Unknown_is_caught()
    {
        var broken = Broken(good => new NoRewindAfterUnknown(good));
        Assert.Contains("An_unknown_outcome_that_was_not_written_loses_nothing", broken);
        Assert.DoesNotContain("An_aborted_step_is_done_again_once", broken);
    }

    [Fact]
    public void A_wrong_partitioner_is_caught() =>
        Assert.Equal(["A_key_goes_where_the_Java_client_puts_it"], Broken(good => new WrongPartitioner(good)));

    [Fact]
    public void Outputs_outside_the_step_are_caught() =>
        Assert.Contains("An_aborted_step_leaves_nothing", Broken(good => new OutputsOutsideTheStep(good)));

    [Fact]
    public void A_read_without_a_consistent_end_is_caught() =>
        Assert.Contains("A_read_does_not_see_what_is_appended_after_its_call", Broken(good => new ReadWithoutEnd(good)));

    private List<string> Broken(Func<IEventLog, IEventLog> plant)
    {
        var broken = new List<string>();
        foreach (var contractCase in EventLogContract.Cases)
        {
            using var factory = new PlantedFactory(plant);
            if (Failure(contractCase, factory) is not { } failure) continue;
            broken.Add(contractCase.Name);
            output.WriteLine($"{contractCase.Name}: {failure}");
        }

        return broken;
    }

    private static string? Failure(ContractCase contractCase, ILogFactory factory)
    {
        try
        {
            contractCase.Run(factory);
            return null;
        }
        catch (Exception e) when (e is ContractBrokenException or InvalidOperationException or ArgumentException)
        {
            return $"{e.GetType().Name} {e.Message}";
        }
    }

    private sealed class PlantedFactory(Func<IEventLog, IEventLog> plant) : ILogFactory
    {
        private readonly EmbeddedLogFactory good = new();

        public LogFeatures Features => good.Features;

        public IEventLog Open(LogSetup setup) => plant(good.Open(setup));

        public void Dispose() => good.Dispose();
    }
}
