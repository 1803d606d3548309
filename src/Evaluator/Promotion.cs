using System.Text.Json;
using Tppo.Core.Models;
using Tppo.Core.Statistics;
using Tppo.Facts.Models;
using Tppo.Hosting.Instruments;
using Tppo.Streaming.Log;

namespace Tppo.Evaluator;

/// <summary>Moves the alias <c>champion</c> to a policy whose relevance is above its SFT policy's beyond chance.</summary>
public static class Promotion
{
    /// <summary>The facts for <c>models.v1</c>: that it was evaluated, and that the alias has moved where it has.</summary>
    /// <param name="checkpoint">The policy.</param>
    /// <param name="difference">How much better it is than its SFT policy.</param>
    /// <param name="isJudgeDoubted">Whether the judge that it learned from got wrong what is known.</param>
    public static IEnumerable<OutgoingRecord> Of(CheckpointProduced checkpoint, PairedDifference difference, bool isJudgeDoubted = false)
    {
        var promoted = difference.Low > 0 && !isJudgeDoubted;
        EvaluationInstruments.Promotions.WithLabels(promoted ? "promoted" : "kept").Inc();
        var measured = new { mean = difference.Mean, low = Figure.Known(difference.Low), high = Figure.Known(difference.High) };
        yield return Fact(checkpoint, "evaluation_recorded", new { difference = measured });
        if (promoted) yield return Fact(checkpoint, "alias_moved", new { alias = "champion" });
    }

    private static OutgoingRecord Fact(CheckpointProduced checkpoint, string kind, object detail) => ModelLog.Fact(
        checkpoint.Model,
        $"{checkpoint.Made}/{kind}",
        $"tppo.{kind}.v1",
        JsonSerializer.SerializeToUtf8Bytes(
            new { v = 1, kind, model = checkpoint.Model, version = checkpoint.Version, checkpoint = checkpoint.Checkpoint, detail }));
}
