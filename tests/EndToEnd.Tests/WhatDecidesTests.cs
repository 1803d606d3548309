using Tppo.Core.Events;
using Tppo.Core.Privacy;
using Tppo.Core.Settings;
using Tppo.Core.Windows;
using Tppo.Core.World;
using Tppo.TestKit;

namespace Tppo.EndToEnd.Tests;

/// <summary>What a checkpoint depends on, by runs of the smallest size.</summary>
public sealed class WhatDecidesTests(UnbrokenRun unbroken)
{
    // All windows of users who train go into SFT.
    private static readonly RunSettings Settings = TinyRun.Settings with { Sft = TinyRun.Settings.Sft with { Windows = 2000 } };

    [Fact]
    public void Another_seed_gives_another_checkpoint_and_the_same_one_gives_the_same()
    {
        var one = PolicyOf(TinyRun.Settings);
        Assert.Equal(one, PolicyOf(TinyRun.Settings));
        Assert.NotEqual(one, PolicyOf(TinyRun.Settings with { Seed = 2 }));
    }

    [Fact]
    public void One_changed_query_text_gives_another_checkpoint_and_another_place_of_the_file_does_not()
    {
        UserEvent[] events = [.. new SearchWorld(Settings.Seed, Settings.Input.World).Events()];
        var pseudonyms = Pseudonyms.ForDemo(Settings.Seed);
        var window = Windower.Windows(events, Settings.Windows).First(w => !Settings.OneFold().IsHeldOut(pseudonyms.Bucket(w.User)));
        UserEvent[] changed = [.. events.Select(e => e.User == window.User && e.Text == window.Targets[0] ? e with { Text = e.Text + " zither" } : e)];
        Assert.NotEqual(events, changed);

        var one = PolicyOf(FromFile(events));
        Assert.Equal(one, PolicyOf(FromFile(events)));
        Assert.NotEqual(one, PolicyOf(FromFile(changed)));
    }

    private RunSettings FromFile(IEnumerable<UserEvent> events)
    {
        var file = unbroken.NewFolder() + ".tsv";
        File.WriteAllLines(
            file, ["user\tts\ttype\ttext\turl", .. events.Select(e => $"{e.User}\t{EventTime.Format(e.Time)}\t{e.Type.Name()}\t{e.Text}\t{e.Url}")]);
        return Settings with { Input = new InputSettings { Kind = InputKind.File, Path = file } };
    }

    private string PolicyOf(RunSettings settings)
    {
        var folder = unbroken.NewFolder();
        var config = folder + ".json";
        File.WriteAllText(config, RunSettingsJson.Write(settings));
        var result = TppoProcess.Run(UnbrokenRun.Run("all", folder, "--config", config));
        Assert.True(result.Code == 0, result.Error);
        var policy = UnbrokenRun.NewestPolicy(folder);
        Assert.True(policy.Final);
        return policy.WeightsSha256;
    }
}
