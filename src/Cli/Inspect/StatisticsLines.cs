using System.Text.Json;
using System.Text.Json.Nodes;
using Tppo.Core.Statistics;

namespace Tppo.Cli.Inspect;

/// <summary>Statistics of one line; which, is told by the input's fields. What is undefined for it is null.</summary>
internal static class StatisticsLines
{
    // Two of them are still a whole number.
    private const int CountMax = 1_000_000_000;

    public static JsonNode? Compute(JsonElement input)
    {
        if (Fields.Has(input, "successes", out var successes))
        {
            var n = Fields.Whole(Fields.Of(input, "n"), "n");
            var interval = Wilson.Of(Fields.Whole(successes, "successes", 0, n), n);
            return new JsonObject { ["low"] = Numbers.Value(interval.Low), ["high"] = Numbers.Value(interval.High) };
        }

        if (Fields.Has(input, "only_first", out var onlyFirst))
        {
            var onlySecond = Fields.Whole(Fields.Of(input, "only_second"), "only_second", 0, CountMax);
            var result = PairedTest.McNemar(Fields.Whole(onlyFirst, "only_first", 0, CountMax), onlySecond);
            return new JsonObject { ["exact_p"] = result.ExactP, ["chi2_corrected"] = result.Chi2, ["chi2_corrected_p"] = result.Chi2P };
        }

        if (Fields.Has(input, "first", out var first)) return Paired(Fields.Row(first, "first"), Fields.Of(input, "second"));
        return Fields.Has(input, "scores", out var scored) ? Ranked(Fields.Row(scored, "scores"), Fields.Of(input, "labels")) : new JsonObject();
    }

    // first − second.
    private static JsonObject Paired(double[] first, JsonElement second)
    {
        var result = PairedTest.T(Fields.Row(second, "second", (first.Length, "numbers", "first")), first);
        return new JsonObject
        {
            ["mean_difference"] = Numbers.Value(result.Mean),
            ["t"] = Numbers.Value(result.T),
            ["p"] = Numbers.Value(result.P),
            ["low"] = Numbers.Value(result.Low),
            ["high"] = Numbers.Value(result.High),
        };
    }

    // Scores that are no probabilities have an order only.
    private static JsonObject Ranked(double[] scores, JsonElement given)
    {
        bool[] labels = [.. Fields.List(given, "labels", (scores.Length, "items", "scores")).Select((l, i) => Fields.Whole(l, $"labels[{i}]", 0, 1) == 1)];
        var output = new JsonObject { ["auc"] = Ranking.Auc(scores, labels) };
        if (scores.Any(s => s is < 0 or > 1)) return output;
        output["brier"] = Numbers.Value(Ranking.Brier(scores, labels));
        output["log_loss"] = Numbers.Value(Ranking.LogLoss(scores, labels));
        return output;
    }
}
