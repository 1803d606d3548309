using System.Text.Json;
using System.Text.Json.Nodes;
using Tppo.Core.Judging;
using Tppo.Core.Rewards;
using Tppo.Core.Settings;
using Tppo.Core.Text;

namespace Tppo.Cli.Inspect;

/// <summary>Reward shaping of one line; its input states every option.</summary>
internal static class ShapingLines
{
    public static JsonNode? Compute(JsonElement input)
    {
        var settings = new ShapingSettings
        {
            Map = Parsed<RewardMap>(input, "map"),
            Penalty = Parsed<LengthPenalty>(input, "penalty"),
            Granularity = input.TryGetProperty("granularity", out _) ? Parsed<RewardGranularity>(input, "granularity") : RewardGranularity.Token,
            RepeatRule = input.GetProperty("repeat_rule").GetBoolean(),
            RepeatValue = input.TryGetProperty("repeat_value", out var repeat) ? repeat.GetDouble() : -1,
            Alpha = input.GetProperty("alpha").GetDouble(),
            SoftLength = input.GetProperty("soft_length").GetDouble(),
            DivideByWords = input.GetProperty("divide_by_words").GetBoolean(),
            KlWeight = input.GetProperty("beta").GetDouble(),
        };
        ScoredToken[] tokens = [.. input.GetProperty("tokens").EnumerateArray().Select(Token)];
        var rewards = TokenRewards.Shape(tokens, [.. input.GetProperty("words").EnumerateArray().Select(w => w.GetString()!)], settings);
        var (old, reference) = (Numbers.Row(input.GetProperty("old_logprobs")), Numbers.Row(input.GetProperty("ref_logprobs")));
        return new JsonObject
        {
            ["rewards"] = Numbers.Row(rewards),
            ["rewards_with_kl"] = Numbers.Row(rewards.Select((r, l) => r - (settings.KlWeight * (old[l] - reference[l])))),
        };
    }

    private static T Parsed<T>(JsonElement input, string name)
        where T : struct, Enum
    {
        var text = input.GetProperty(name).GetString()!.Replace("_", "", StringComparison.Ordinal);
        if (Enum.TryParse<T>(text, ignoreCase: true, out var value)) return value;
        throw new FormatException($"{name}: expected one of {string.Join(", ", Enum.GetNames<T>())}");
    }

    private static ScoredToken Token(JsonElement t)
    {
        var p = Numbers.Row(t.GetProperty("probabilities"));
        var word = t.GetProperty("word");
        return new ScoredToken(
            Categories.Of(t.GetProperty("category").GetSByte()),
            word.ValueKind == JsonValueKind.Null ? Alignment.NoWord : word.GetInt32(),
            t.GetProperty("eos").GetBoolean(),
            p[1],
            p[2]);
    }
}
