using Tppo.Core.Privacy;
using Tppo.Core.Settings;
using Tppo.Core.World;
using Tppo.TestKit;

namespace Tppo.Steps.Tests;

public sealed class PromptPlanTests
{
    private static readonly RunSettings Settings = TinyRun.Settings;

    [Fact]
    public void Nobody_who_is_held_out_is_in_the_plan()
    {
        var pseudonyms = Pseudonyms.ForDemo(Settings.Seed);
        var names = new SearchWorld(Settings.Seed, Settings.Input.World).Events().Select(e => e.User).Distinct().ToList();
        var heldOut = names.Where(u => Settings.OneFold().IsHeldOut(pseudonyms.Bucket(u))).Select(pseudonyms.Pseudonym).ToHashSet();
        Assert.NotEmpty(heldOut);
        var plan = Plan(Settings with { Labels = Settings.Labels with { Windows = 10_000 } });
        Assert.DoesNotContain(plan.Labels.Concat(plan.Rounds), w => heldOut.Contains(w.User));
        Assert.Equal(names.Count - heldOut.Count, plan.Labels.Select(w => w.User).Distinct().Count());
    }

    [Theory]
    [InlineData(4)]
    [InlineData(7)]
    [InlineData(2000)]
    public void No_window_stands_twice_in_a_round_however_many_rounds_there_are(int size)
    {
        var plan = Plan(Settings with { Tppo = Settings.Tppo with { Prompts = size } });
        for (var round = 0; round < 300; round++)
        {
            var windows = plan.Round(round, size);
            Assert.Equal(Math.Min(size, plan.Rounds.Count), windows.Count);
            Assert.Equal(windows.Count, windows.Select(w => w.Id).Distinct().Count());
        }
    }

    [Fact]
    public void Rounds_take_turns_and_come_round_again()
    {
        var plan = Plan(Settings);
        Assert.Equal(5 * 4, plan.Rounds.Count);
        Assert.Equal(plan.Rounds, Enumerable.Range(0, 5).SelectMany(r => plan.Round(r, 4)));
        Assert.Equal(plan.Round(0, 4), plan.Round(5, 4));
    }

    [Fact]
    public void The_plan_comes_from_seed_and_windows_and_not_from_how_they_lie_in_partitions()
    {
        var one = Plan(Settings);
        var other = Plan(Settings with { Partitions = 5 });
        Assert.Equal(one.Labels.Select(w => w.Id), other.Labels.Select(w => w.Id));
        Assert.Equal(one.Rounds.Select(w => w.Id), other.Rounds.Select(w => w.Id));
        Assert.Equal(16, one.Labels.Count);
        Assert.NotEqual(one.Labels.Select(w => w.Id), one.Rounds.Take(16).Select(w => w.Id));
    }

    private static PromptPlan Plan(RunSettings settings)
    {
        using var kit = new ServiceKit(settings);
        kit.Log.AppendWindows(settings);
        return PromptPlan.Of(new StepContext(kit.Log, settings, kit.Artifacts), kit.Log.AppendWindowCut(settings), settings.OneFold());
    }
}
