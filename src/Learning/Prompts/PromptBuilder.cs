using Tppo.Core.Text;
using Tppo.Core.Windows;
using Tppo.Learning.Tokenizing;
using Tppo.Learning.Training;

namespace Tppo.Learning.Prompts;

/// <summary>
/// A window as token ids. Prompt: per event a special token of its type, then its text behind a space, oldest first, whole
/// events cut from the left to fit (the response token is fed by whoever reads on). Response: the targets and the end token.
/// </summary>
public static class PromptBuilder
{
    /// <summary>The prompt of a history. Of a single event that does not fit, the beginning is kept.</summary>
    public static int[] Prompt(IReadOnlyList<HistoryEvent> history, Tokenizer tokenizer, int tokensMax)
    {
        var parts = new Stack<int[]>();
        var length = 0;
        for (var i = history.Count - 1; i >= 0; i--)
        {
            int[] part = [tokenizer.Specials.Before(history[i].Type), .. tokenizer.Encode(" " + QueryText.WithoutCommas(history[i].Text))];
            if (length + part.Length > tokensMax)
            {
                if (parts.Count == 0) parts.Push(part[..tokensMax]);
                break;
            }

            parts.Push(part);
            length += part.Length;
        }

        return [.. parts.SelectMany(p => p)];
    }

    /// <summary>A window to learn from.</summary>
    public static TrainingText Text(Window window, Tokenizer tokenizer, int promptTokensMax) => new(
        window.Id,
        Prompt(window.History, tokenizer, promptTokensMax),
        [.. tokenizer.Encode(QueryText.Response(window.Targets)), tokenizer.Specials.End]);

    /// <summary>The texts that a tokenizer is trained on: the targets, and the newest events of the history.</summary>
    public static IEnumerable<string> TokenizerTexts(Window window, int newestEvents = 4)
    {
        foreach (var e in window.History.TakeLast(newestEvents)) yield return " " + QueryText.WithoutCommas(e.Text);
        yield return QueryText.Response(window.Targets);
    }
}
