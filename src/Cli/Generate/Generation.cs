using Tppo.Cli.Models;
using Tppo.Core.Models;
using Tppo.Core.Numerics;
using Tppo.Core.Rollouts;
using Tppo.Core.Text;
using Tppo.Core.Windows;
using Tppo.Learning.Checkpoints;
using Tppo.Learning.Models;
using Tppo.Learning.Prompts;
using Tppo.Learning.Sampling;
using Tppo.Learning.Tokenizing;
using Tppo.Learning.Training;

namespace Tppo.Cli.Generate;

/// <summary>Responses of a model to one history.</summary>
internal static class Generation
{
    private const int PromptTokensMax = 1024;

    /// <summary>The words of each response, with what a reward model says of them; NaN without one.</summary>
    /// <param name="folder">The model's folder.</param>
    /// <param name="reward">The reward model's folder.</param>
    /// <param name="history">What somebody did.</param>
    /// <param name="drawing">How it is drawn.</param>
    public static IEnumerable<IReadOnlyList<ScoredWord>> Of(string folder, string? reward, IReadOnlyList<HistoryEvent> history, Drawing drawing)
    {
        var (decoder, tokenizer, lines) = ModelChoice.Opened(folder, () => Open(folder));
        using var policy = decoder;
        var most = Math.Min(PromptTokensMax, policy.Settings.PromptTokensMax);
        var prompt = lines?.Prompt(history, most) ?? PromptBuilder.Prompt(history, tokenizer, most);
        var drawn = Sampler.Sample(
            policy, [prompt], drawing.Samples, drawing.TokensMax, (_, sample) => SeededRandom.For("generate", Digest.Seed(drawing.Seed, $"{sample}")),
            drawing.Temperature);
        RolloutRow[] rows = [.. drawn.Where(d => d.Ids.Length > 0).Select((d, i) => Row(prompt, d, i, tokenizer))];
        if (reward is null || rows.Length == 0)
            return [.. rows.Select(row => (IReadOnlyList<ScoredWord>)[.. Words.Split(row.Response).Select(w => new ScoredWord(w.Text, w.Query, double.NaN))])];
        using var judge = ModelChoice.Opened(reward, () => ModelFolder.Read(reward, DecoderHead.Category));
        var scores = RewardModelScorer.Score(judge, [rows])[0];
        return [.. rows.Select((row, i) => ScoredWord.Of(row.Response, scores[i]))];
    }

    private static (Decoder, Tokenizer, LinePrompts?) Open(string folder)
    {
        var root = ModelDescription.Of(folder).Root;
        var tokenizer = Tokenizer.OfFolder(root);
        if (tokenizer.HasEventTokens) return (ModelFolder.Read(folder, DecoderHead.None), tokenizer, null);
        var (end, pad) = ModelFolder.EndAndPad(root);
        var lines = new LinePrompts(tokenizer, end, pad);
        return (ModelFolder.Read(folder, DecoderHead.None, lines.Specials), tokenizer, lines);
    }

    private static RolloutRow Row(int[] prompt, Sample drawn, int number, Tokenizer tokenizer)
    {
        var text = tokenizer.Response(drawn.Ids);
        return new RolloutRow
        {
            RolloutId = "",
            WindowId = "",
            User = "",
            Purpose = Purposes.Evaluation,
            PolicyVersion = "",
            Sample = number,
            Seed = 0,
            PromptIds = prompt,
            ResponseIds = drawn.Ids,
            LogProbs = drawn.LogProbs,
            ByteStarts = text.ByteStarts,
            ByteEnds = text.ByteEnds,
            Response = text.Text,
            Finished = drawn.Finished,
        };
    }
}
