using Tppo.Core.Settings;

namespace Tppo.Core.Tests;

public class RunSettingsJsonTests
{
    [Fact]
    public void Settings_come_back_from_JSON_and_keys_left_out_keep_their_defaults()
    {
        var settings = new RunSettings { Seed = 7, Tppo = new TppoSettings { Updates = 3, Shaping = new ShapingSettings { Map = RewardMap.PaperLiteral } } };
        Assert.Equal(settings, RunSettingsJson.Read(RunSettingsJson.Write(settings), "run.json"));
        Assert.Equal(new RunSettings { Seed = 7 }, RunSettingsJson.Read("""{ "seed": 7 }""", "run.json"));
    }

    [Theory]
    [InlineData("{\n  \"seedling\": 7\n}", "run.json:2: ", "seedling")]
    [InlineData("{\n  \"tppo\": { \"shaping\": { \"alfa\": 1 } }\n}", "run.json:2: ", "alfa")]
    [InlineData("""{ "seed": 1, "seed": 2 }""", "run.json", "seed")]
    [InlineData("""{ "windows": { "targets": 3, "targets": 4 } }""", "run.json", "targets")]
    [InlineData("""{ "seed": -1 }""", "run.json: seed: expected 0 to ", "found -1")]
    [InlineData("""{ "windows": { "targets": 0 } }""", "run.json: windows.targets: expected 1 to 100, found 0", "")]
    [InlineData("""{ "tppo": { "shaping": { "alpha": 0 } } }""", "run.json: tppo.shaping.alpha: expected 0.001 to 100, found 0", "")]
    [InlineData("""{ "model": { "width": 130 } }""", "run.json: model.width: expected a multiple of model.heads (4), found 130", "")]
    [
        InlineData(
            """{ "model": { "heads": 4, "key_value_heads": 3 } }""", "run.json: model.heads: expected a multiple of model.key_value_heads (3), found 4", ""),
    ]
    [
        InlineData(
            """{ "windows": { "history_days_max": 401 } }""",
            "run.json: windows.state_days_max: expected at least windows.history_days_max (401), found 400", ""),
    ]
    [InlineData("""{ "idle_seconds": -1 }""", "run.json: idle_seconds: expected 0 to ", "found -1")]
    [InlineData("""{ "windows": null }""", "run.json: windows: expected a value, found null", "")]
    [InlineData("""{ "numerics": "fast" }""", "run.json", "")]
    [InlineData("""{ "numerics": 7 }""", "run.json", "")]
    [InlineData("""{ "seed": "one" }""", "run.json", "")]
    [
        InlineData(
            """{ "tppo": { "shaping": { "map": "signed,paper_literal" } } }""",
            "run.json:1: tppo.shaping.map: expected signed, paper_literal or probability_difference, found \"signed,paper_literal\"", ""),
    ]
    [InlineData("""{ "tppo": { "shaping": { "penalty": "1" } } }""", "run.json:1: tppo.shaping.penalty: expected", "found \"1\"")]
    [InlineData("""{ "tppo": { "shaping": { "penalty": 1 } } }""", "run.json:1: tppo.shaping.penalty: expected", "found a Number")]
    [InlineData("""{ "tppo": { "shaping": { "granularity": " token" } } }""", "run.json:1: tppo.shaping.granularity: expected", "")]
    [InlineData("""{ "tppo": { "loss_tokens": "" } }""", "run.json:1: tppo.loss_tokens: expected", "")]
    [InlineData("""{ "input": { "kind": "world, file" } }""", "run.json:1: input.kind: expected", "")]
    [InlineData("""{ "numerics": null }""", "run.json:1: numerics: expected", "")]
    [InlineData("null", "run.json: expected an object, found null", "")]
    [InlineData("", "run.json", "")]
    public void What_cannot_be_used_is_refused_by_one_line_that_names_file_and_key(string json, string start, string named)
    {
        var error = Assert.Throws<FormatException>(() => RunSettingsJson.Read(json, "run.json"));
        Assert.StartsWith(start, error.Message, StringComparison.Ordinal);
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public void The_hash_names_every_setting_but_the_path()
    {
        var settings = new RunSettings();
        Assert.Equal(RunSettingsJson.Hash(settings), RunSettingsJson.Hash(settings with { Input = settings.Input with { Path = "/elsewhere" } }));
        Assert.NotEqual(RunSettingsJson.Hash(settings), RunSettingsJson.Hash(settings with { Input = settings.Input with { Sha256 = "ab" } }));
        Assert.NotEqual(RunSettingsJson.Hash(settings), RunSettingsJson.Hash(settings with { Seed = 2 }));
        Assert.NotEqual(RunSettingsJson.Hash(settings), RunSettingsJson.Hash(settings with { Tppo = settings.Tppo with { Lambda = 0.9 } }));
    }

    [Fact]
    public void Differences_name_key_and_both_values_and_pass_over_the_path()
    {
        var ours = new RunSettings();
        var theirs = ours with
        {
            Seed = 2,
            Input = ours.Input with { Path = "x" },
            Tppo = ours.Tppo with { Shaping = ours.Tppo.Shaping with { Map = RewardMap.PaperLiteral } },
        };
        Assert.Equal([("seed", "1", "2"), ("tppo.shaping.map", "signed", "paper_literal")], RunSettingsJson.Differences(ours, theirs));
        Assert.Empty(RunSettingsJson.Differences(ours, ours));
    }
}
