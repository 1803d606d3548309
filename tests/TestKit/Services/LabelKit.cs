using System.Text;
using Tppo.Core.Cuts;
using Tppo.Core.Log;
using Tppo.Core.Models;
using Tppo.Core.Numerics;
using Tppo.Core.Rollouts;
using Tppo.Core.Settings;
using Tppo.Core.Windows;
using Tppo.Facts.Rollouts;

namespace Tppo.TestKit;

/// <summary>Rollouts that are to be labelled, and what they rest on.</summary>
public static class LabelKit
{
    public const int Samples = 2;

    public static StepId Step { get; } = new(ModelFamilies.Reward, 0);

    /// <summary>Windows of the world, a policy of which only the tokenizer's file is needed, and responses.</summary>
    /// <param name="windows">The windows by id.</param>
    /// <param name="settings">The run's settings; those of <see cref="TinyRun"/> where none are given.</param>
    /// <param name="windowsMost">How many windows have responses.</param>
    /// <param name="samples">Responses a window.</param>
    /// <param name="wordsOf">The words of a window's nth response, commas among them; by default of two kinds.</param>
    public static ServiceKit Ready(
        out Dictionary<string, Window> windows, RunSettings? settings = null, int windowsMost = 330, int samples = Samples,
        Func<Window, int, string[]>? wordsOf = null)
    {
        var kit = new ServiceKit(settings ?? TinyRun.Settings);
        var all = kit.Log.AppendWindows(kit.Settings);
        windows = all.ToDictionary(w => w.Id);
        kit.Log.AppendWindowCut(kit.Settings);
        var checkpoint = kit.Artifacts.Add(draft =>
        {
            File.WriteAllText(Path.Combine(draft, "model.safetensors"), "weights");
            File.WriteAllText(Path.Combine(draft, "tokenizer.json"), "tokenizer");
        });
        kit.Log.AppendCheckpoint(kit.Settings, ModelFamilies.Policy, checkpoint.Name);
        // More than one record a partition.
        wordsOf ??= TwoKinds;
        RolloutRow[] rows = [.. all.Take(windowsMost).SelectMany(w => Enumerable.Range(0, samples).Select(s => Row(w, s, Purposes.Label, wordsOf)))];
        kit.Log.Append([.. RowRecords.Rollouts(kit.Log, rows, Step, Purposes.Label)]);
        RolloutRow[] others = [.. all.Take(3).Select(w => Row(w, 9, Purposes.Update, TwoKinds))];
        kit.Log.Append([.. RowRecords.Rollouts(kit.Log, others, new StepId("policy", 1), Purposes.Update)]);
        kit.Log.AppendEnds(ModelFamilies.Reward, Topics.Rollouts);
        return kit;
    }

    private static string[] TwoKinds(Window window, int sample)
    {
        var words = window.History[^1].Text.Split(' ').Append(sample == 1 ? "zebra" : window.Targets[0].Split(' ')[0]).ToArray();
        return [.. words.SelectMany((w, i) => i == 1 ? [",", w] : new[] { w })];
    }

    // One token a word, its space before it, and commas of their own; at the end the end token.
    private static RolloutRow Row(Window window, int sample, string purpose, Func<Window, int, string[]> wordsOf)
    {
        string[] tokens = [.. wordsOf(window, sample).Select(w => w == "," ? w : " " + w)];
        var ends = tokens.Select((_, i) => tokens.Take(i + 1).Sum(Encoding.UTF8.GetByteCount)).ToList();
        return new RolloutRow
        {
            RolloutId = Digest.Sha256Hex(purpose, window.Id, $"{sample}"),
            WindowId = window.Id,
            User = window.User,
            Purpose = purpose,
            PolicyVersion = "policy/0",
            Sample = sample,
            Seed = sample,
            PromptIds = [3, 10],
            ResponseIds = [.. Enumerable.Range(20, tokens.Length), 1],
            LogProbs = new float[tokens.Length + 1],
            ByteStarts = [.. ends.Select((_, i) => i == 0 ? 0 : ends[i - 1]), ends[^1]],
            ByteEnds = [.. ends, ends[^1]],
            Response = string.Concat(tokens),
            Finished = true,
        };
    }
}
