using System.Text.Json;
using System.Text.Json.Nodes;
using Tppo.Core.Statistics;

namespace Tppo.Cli.Inspect;

/// <summary>Statistics of one line; which, is told by the input's fields.</summary>
internal static class StatisticsLines
{
    public static JsonNode? Compute(JsonElement input)
    {
        if (input.TryGetProperty("successes", out var successes))
        {
            var interval = Wilson.Of(successes.GetInt32(), input.GetProperty("n").GetInt32());
            return new JsonObject { ["low"] = interval.Low, ["high"] = interval.High };
        }

        if (input.TryGetProperty("only_first", out var onlyFirst))
        {
            var result = PairedTest.McNemar(onlyFirst.GetInt32(), input.GetProperty("only_second").GetInt32());
            return new JsonObject { ["exact_p"] = result.ExactP, ["chi2_corrected"] = result.Chi2, ["chi2_corrected_p"] = result.Chi2P };
        }

        if (input.TryGetProperty("first", out var first))
        {
            // first − second.
            var result = PairedTest.T(Numbers.Row(input.GetProperty("second")), Numbers.Row(first));
            return new JsonObject { ["mean_difference"] = result.Mean, ["t"] = result.T, ["p"] = result.P, ["low"] = result.Low, ["high"] = result.High };
        }

        if (!input.TryGetProperty("scores", out var scored)) return new JsonObject();
        bool[] labels = [.. input.GetProperty("labels").EnumerateArray().Select(l => l.GetInt32() == 1)];
        var scores = Numbers.Row(scored);
        var auc = Ranking.Auc(scores, labels);
        var output = new JsonObject { ["auc"] = auc };
        if (auc is null || scores.Any(s => s is < 0 or > 1)) return output;
        output["brier"] = Ranking.Brier(scores, labels);
        output["log_loss"] = Ranking.LogLoss(scores, labels);
        return output;
    }
}
